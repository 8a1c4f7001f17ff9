"""What the trainable cells share: a candidate, and parameters that stay positive."""

from __future__ import annotations

import abc
import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from hwsim.cells.kinds import KINDS, CellKind


class Positive(nn.Module):
    """A positive value a unit, learned through softplus.

    Args:
        units: how many.
        initial: their first value, more than 0.
    """

    def __init__(self, units: int, initial: float) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.full((units,), initial + math.log(-math.expm1(-initial))))

    def forward(self) -> Tensor:
        """The values, [units]."""
        return nn.functional.softplus(self.raw)


class RecurrentCell(nn.Module, abc.ABC):
    """A cell in the network: inputs [N, T, units] to states of that shape."""

    kind: CellKind

    @abc.abstractmethod
    def forward(self, inputs: Tensor) -> Tensor:
        """States h, [N, T, units], for the cell's inputs u of the same shape."""

    def vectors(self) -> dict[str, Tensor]:
        """The learned positive parameters by the names that `CellTraits.vectors` lists."""
        return {name: getattr(self, name)() for name in KINDS[self.kind].vectors}

    def plain_parameters(self) -> dict[str, Tensor]:
        """Parameters outside its linear layers that a checkpoint holds as they are, by name."""
        return {}


class TorchCell(RecurrentCell):
    """A cell with thresholds and the candidate layer that they see.

    Args:
        units: number of units.
        beta: the threshold to begin with, dimensionless as everything before the compiler.
    """

    def __init__(self, units: int, beta: float) -> None:
        super().__init__()
        self.candidate = nn.Linear(units, units)
        nn.init.normal_(self.candidate.weight, std=units**-0.5)
        nn.init.zeros_(self.candidate.bias)
        self.beta = Positive(units, beta)

    def candidates(self, inputs: Tensor) -> Tensor:
        """Candidates c, [N, T, units], as the thresholds see them."""
        return self.seen(self.candidate(inputs))

    def seen(self, sums: Tensor) -> Tensor:
        """Candidates as the thresholds see them, for sums of the candidate layer of any shape."""
        return sums

    def crowding(self, inputs: Tensor, margin: float) -> Tensor:
        """`crowding` of the cell's candidates around its own thresholds.

        Args:
            inputs: the cell's inputs u, [N, T, units].
            margin: how far a threshold's neighbourhood reaches, as a fraction of the threshold.

        Returns:
            The sum over a unit's thresholds, [N, T, units].
        """
        return crowding(self.candidates(inputs), self.vectors(), margin)


class RestoringCell(TorchCell):
    """A cell whose states follow from its candidates and its positive parameters alone.

    What a circuit makes of a candidate is restored to one of few states, so a chip is such a cell
    with other numbers.
    """

    def forward(self, inputs: Tensor) -> Tensor:  # noqa: D102
        return self.respond(self.candidates(inputs), self.vectors())

    @abc.abstractmethod
    def respond(self, candidates: Tensor, vectors: Mapping[str, Tensor]) -> Tensor:
        """States h for candidates and for other parameters than those that it learned.

        Args:
            candidates: as the thresholds see them, [..., T, units]; chips, for one, stand in front.
            vectors: what `vectors` gives, broadcast against the candidates. Signed cells take
                `beta_down` too, the magnitude of the negative trip point where it is not `beta`.

        Returns:
            States, of the candidates' shape.
        """


def crowding(candidates: Tensor, vectors: Mapping[str, Tensor], margin: float) -> Tensor:
    """How close candidates come to the thresholds: 1 on one, 0 beyond a margin.

    Args:
        candidates: as the thresholds see them, [..., units].
        vectors: positive parameters of the cell, of which those that begin with `beta` count.
        margin: how far a threshold's neighbourhood reaches, as a fraction of the threshold.

    Returns:
        The sum over a unit's thresholds, of the candidates' shape.
    """
    sizes = candidates.abs()
    thresholds = [value for name, value in vectors.items() if name.startswith("beta")]
    distances = torch.stack([(sizes / threshold - 1).abs() for threshold in thresholds])
    return torch.relu(1 - distances / margin).sum(dim=0)
