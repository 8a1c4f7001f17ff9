"""The trainable BMRU; `bmru.py` defines it."""

from __future__ import annotations

from torch import Tensor

from hwsim.cells.cell_torch import Positive, TorchCell
from hwsim.cells.scan_torch import latch_scan
from hwsim.cells.surrogate_torch import heaviside


def bmru_states(candidates: Tensor, threshold: Tensor) -> Tensor:
    """-1 or +1, 0 until the first write, [N, T, units]."""
    up, down = heaviside(candidates - threshold), heaviside(-candidates - threshold)
    return latch_scan(up - down, 1 - up - down)


class Bmru(TorchCell):
    """h = alpha state."""

    kind = "bmru"

    def __init__(self, units: int, *, alpha: float, beta: float) -> None:
        super().__init__(units, beta)
        self.alpha = Positive(units, alpha)

    def forward(self, inputs: Tensor) -> Tensor:  # noqa: D102
        states: Tensor = self.alpha() * bmru_states(self.candidates(inputs), self.beta())
        return states
