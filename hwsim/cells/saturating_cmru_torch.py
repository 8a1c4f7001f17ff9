"""The trainable saturating CMRU; `saturating_cmru.py` defines it."""

from __future__ import annotations

from torch import Tensor

from hwsim.cells.cell_torch import Positive, TorchCell
from hwsim.cells.scan_torch import saturating_scan
from hwsim.cells.surrogate_torch import ternary_steps


def saturating_cmru_levels(candidates: Tensor, threshold: Tensor, half_range: int) -> Tensor:
    """Levels from -K to K as whole numbers, [N, T, units]."""
    return saturating_scan(ternary_steps(candidates, threshold), half_range)


class SaturatingCmru(TorchCell):
    """h = alpha level on a ladder of 2 `half_range` + 1 levels."""

    kind = "saturating_cmru"

    def __init__(self, units: int, *, alpha: float, beta: float, half_range: int) -> None:
        super().__init__(units, beta)
        self.alpha = Positive(units, alpha)
        self.half_range = half_range

    def forward(self, inputs: Tensor) -> Tensor:  # noqa: D102
        levels = saturating_cmru_levels(self.candidates(inputs), self.beta(), self.half_range)
        states: Tensor = self.alpha() * levels
        return states
