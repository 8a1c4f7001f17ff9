"""The trainable CMRU; `cmru.py` defines it."""

from __future__ import annotations

from torch import Tensor

from hwsim.cells.cell_torch import Positive, TorchCell
from hwsim.cells.surrogate_torch import ternary_steps


def cmru_levels(candidates: Tensor, threshold: Tensor) -> Tensor:
    """Levels as whole numbers, [N, T, units]: the running sum of the ternary steps."""
    return ternary_steps(candidates, threshold).cumsum(dim=1)


class Cmru(TorchCell):
    """h = alpha level on a ladder without ends."""

    kind = "cmru"

    def __init__(self, units: int, *, alpha: float, beta: float) -> None:
        super().__init__(units, beta)
        self.alpha = Positive(units, alpha)

    def forward(self, inputs: Tensor) -> Tensor:  # noqa: D102
        states: Tensor = self.alpha() * cmru_levels(self.candidates(inputs), self.beta())
        return states
