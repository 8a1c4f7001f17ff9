"""The trainable minGRU; `mingru.py` defines it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hwsim.cells.cell_torch import RecurrentCell
from hwsim.cells.scan_torch import linear_scan
from hwsim.cells.slow_gates_torch import slow_gates


def mingru_states(candidates: Tensor, gates: Tensor) -> Tensor:
    """Continuous states, [N, T, units]."""
    opened = torch.sigmoid(gates)
    return linear_scan(1 - opened, opened * candidates)


class MinGru(RecurrentCell):
    """A minGRU; its gates begin slow (`slow_gates`), its candidates as those of the other cells.

    Args:
        units: number of units.
        memory: longest time constant to begin with, steps.
    """

    kind = "mingru"

    def __init__(self, units: int, *, memory: float) -> None:
        super().__init__()
        self.candidate = nn.Linear(units, units)
        nn.init.normal_(self.candidate.weight, std=units**-0.5)
        nn.init.zeros_(self.candidate.bias)
        self.gate = nn.Linear(units, units)
        with torch.no_grad():
            self.gate.bias.copy_(-slow_gates(units, memory))

    def forward(self, inputs: Tensor) -> Tensor:  # noqa: D102
        return mingru_states(self.candidate(inputs), self.gate(inputs))
