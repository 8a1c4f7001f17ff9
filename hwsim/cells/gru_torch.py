"""The trainable GRU, by torch; `gru.py` defines it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hwsim.cells.cell_torch import RecurrentCell
from hwsim.cells.slow_gates_torch import slow_gates

_NAMES = {
    "input.weight": "weight_ih_l0",
    "input.bias": "bias_ih_l0",
    "state.weight": "weight_hh_l0",
    "state.bias": "bias_hh_l0",
}


class Gru(RecurrentCell):
    """A GRU as torch begins it, but with slow update gates (`slow_gates`).

    Args:
        units: number of units.
        memory: longest time constant to begin with, steps.
    """

    kind = "gru"

    def __init__(self, units: int, *, memory: float) -> None:
        super().__init__()
        self.gru = nn.GRU(units, units, batch_first=True)
        with torch.no_grad():
            update = slice(units, 2 * units)
            self.plain_parameters()["input.bias"][update] = slow_gates(units, memory)
            self.plain_parameters()["state.bias"][update] = 0.0

    def forward(self, inputs: Tensor) -> Tensor:  # noqa: D102
        states: Tensor = self.gru(inputs)[0]
        return states

    def plain_parameters(self) -> dict[str, Tensor]:
        """All that it learns."""
        of_torch = dict(self.gru.named_parameters())
        return {name: of_torch[theirs] for name, theirs in _NAMES.items()}
