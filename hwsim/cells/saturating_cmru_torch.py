"""The trainable saturating CMRU; `saturating_cmru.py` defines it."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from hwsim.cells.cell_torch import Positive, RestoringCell
from hwsim.cells.compiled_torch import compiled_ladder, runs_compiled
from hwsim.cells.scan_torch import saturating_scan
from hwsim.cells.surrogate_torch import ternary_steps


def saturating_cmru_levels(
    candidates: Tensor,
    threshold_up: Tensor,
    half_range: int,
    threshold_down: Tensor | None = None,
) -> Tensor:
    """Levels from -K to K as whole numbers, [..., T, units]."""
    down = threshold_up if threshold_down is None else threshold_down
    if runs_compiled(candidates, threshold_up, down):
        return compiled_ladder(candidates, threshold_up, -down, half_range)
    return saturating_scan(ternary_steps(candidates, threshold_up, down), half_range)


class SaturatingCmru(RestoringCell):
    """h = alpha level on a ladder of 2 `half_range` + 1 levels.

    A chip's levels are not evenly spaced: `level_ratios` among the vectors of `respond`,
    [..., 2K+1, units], is each level's current over that of its even place.
    """

    kind = "saturating_cmru"

    def __init__(self, units: int, *, alpha: float, beta: float, half_range: int) -> None:
        super().__init__(units, beta)
        self.alpha = Positive(units, alpha)
        self.half_range = half_range

    def respond(self, candidates: Tensor, vectors: Mapping[str, Tensor]) -> Tensor:  # noqa: D102
        levels = saturating_cmru_levels(
            candidates, vectors["beta"], self.half_range, vectors.get("beta_down")
        )
        states = vectors["alpha"] * levels
        if "level_ratios" not in vectors:
            return states
        places = levels.detach().long() + self.half_range
        ratios = vectors["level_ratios"].expand(*states.shape[:-2], -1, -1)
        return states * ratios.gather(-2, places)
