"""The trainable FQ-BMRU; `fq_bmru.py` defines it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from hwsim.cells.cell_torch import Positive, RestoringCell
from hwsim.cells.compiled_torch import compiled_latch, runs_compiled
from hwsim.cells.scan_torch import latch_scan
from hwsim.cells.surrogate_torch import heaviside


def fq_bmru_states(candidates: Tensor, threshold_high: Tensor, threshold_low: Tensor) -> Tensor:
    """1 (on) or 0 (off, also before the first step), [..., T, units]."""
    if runs_compiled(candidates, threshold_high, threshold_low):
        return compiled_latch(candidates, threshold_high, threshold_low, 0.0)
    rise, fall = heaviside(candidates - threshold_high), heaviside(threshold_low - candidates)
    return latch_scan(rise, 1 - rise - fall)


class FqBmru(RestoringCell):
    """h = alpha state of the rectified candidate.

    The falling threshold is learned as a fraction of the rising one, `beta_low_ratio` to begin
    with, so that it can neither reach zero nor pass it.
    """

    kind = "fq_bmru"

    def __init__(self, units: int, *, alpha: float, beta: float, beta_low_ratio: float) -> None:
        super().__init__(units, beta)
        self.alpha = Positive(units, alpha)
        self.ratio = nn.Parameter(torch.logit(torch.full((units,), beta_low_ratio)))

    def beta_low(self) -> Tensor:
        """The falling threshold, [units]."""
        threshold: Tensor = self.beta() * torch.sigmoid(self.ratio)
        return threshold

    @torch.no_grad()
    def raise_beta_low(self, floor: float) -> None:
        """Lift every falling threshold to at least `floor` times its rising one."""
        self.ratio.clamp_(min=torch.logit(torch.tensor(floor)).item())

    def seen(self, sums: Tensor) -> Tensor:
        """Rectified candidates."""
        return torch.relu(sums)

    def respond(self, candidates: Tensor, vectors: Mapping[str, Tensor]) -> Tensor:  # noqa: D102
        states = fq_bmru_states(candidates, vectors["beta"], vectors["beta_low"])
        return vectors["alpha"] * states
