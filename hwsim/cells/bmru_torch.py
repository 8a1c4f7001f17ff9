"""The trainable BMRU; `bmru.py` defines it."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from hwsim.cells.cell_torch import Positive, RestoringCell
from hwsim.cells.compiled_torch import compiled_latch, runs_compiled
from hwsim.cells.scan_torch import latch_scan
from hwsim.cells.surrogate_torch import heaviside


def bmru_states(
    candidates: Tensor, threshold_up: Tensor, threshold_down: Tensor | None = None
) -> Tensor:
    """-1 or +1, 0 until the first write, [..., T, units]."""
    threshold_down = threshold_up if threshold_down is None else threshold_down
    if runs_compiled(candidates, threshold_up, threshold_down):
        return compiled_latch(candidates, threshold_up, -threshold_down, -1.0)
    up, down = heaviside(candidates - threshold_up), heaviside(-candidates - threshold_down)
    return latch_scan(up - down, 1 - up - down)


class Bmru(RestoringCell):
    """h = alpha state."""

    kind = "bmru"

    def __init__(self, units: int, *, alpha: float, beta: float) -> None:
        super().__init__(units, beta)
        self.alpha = Positive(units, alpha)

    def respond(self, candidates: Tensor, vectors: Mapping[str, Tensor]) -> Tensor:  # noqa: D102
        states = bmru_states(candidates, vectors["beta"], vectors.get("beta_down"))
        return vectors["alpha"] * states
