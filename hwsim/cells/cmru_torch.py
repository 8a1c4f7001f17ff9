"""The trainable CMRU; `cmru.py` defines it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from torch import Tensor

from hwsim.cells.cell_torch import Positive, RestoringCell
from hwsim.cells.compiled_torch import compiled_ladder, runs_compiled
from hwsim.cells.surrogate_torch import ternary_steps


def cmru_levels(
    candidates: Tensor, threshold_up: Tensor, threshold_down: Tensor | None = None
) -> Tensor:
    """Levels as whole numbers, [..., T, units]: the running sum of the ternary steps."""
    down = threshold_up if threshold_down is None else threshold_down
    if runs_compiled(candidates, threshold_up, down):
        return compiled_ladder(candidates, threshold_up, -down, math.inf)
    return ternary_steps(candidates, threshold_up, down).cumsum(dim=-2)


class Cmru(RestoringCell):
    """h = alpha level on a ladder without ends."""

    kind = "cmru"

    def __init__(self, units: int, *, alpha: float, beta: float) -> None:
        super().__init__(units, beta)
        self.alpha = Positive(units, alpha)

    def respond(self, candidates: Tensor, vectors: Mapping[str, Tensor]) -> Tensor:  # noqa: D102
        levels = cmru_levels(candidates, vectors["beta"], vectors.get("beta_down"))
        return vectors["alpha"] * levels
