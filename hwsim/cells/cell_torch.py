"""What the trainable cells share: a candidate, and parameters that stay positive."""

from __future__ import annotations

import abc
import math

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
        candidates: Tensor = self.candidate(inputs)
        return candidates

    def crowding(self, inputs: Tensor, margin: float) -> Tensor:
        """How close candidates come to the thresholds: 1 on one, 0 beyond a margin.

        Args:
            inputs: the cell's inputs u, [N, T, units].
            margin: how far a threshold's neighbourhood reaches, as a fraction of the threshold.

        Returns:
            The sum over a unit's thresholds, [N, T, units].
        """
        sizes = self.candidates(inputs).abs()
        thresholds = [value for name, value in self.vectors().items() if name.startswith("beta")]
        distances = torch.stack([(sizes / threshold - 1).abs() for threshold in thresholds])
        return torch.relu(1 - distances / margin).sum(dim=0)
