"""The trainable alphaCMRU; `alpha_cmru.py` defines it."""

from __future__ import annotations

import math

from torch import Tensor, nn

from hwsim.cells.cell_torch import TorchCell
from hwsim.cells.surrogate_torch import ternary_steps


def alpha_cmru_states(candidates: Tensor, increments: Tensor, threshold: Tensor) -> Tensor:
    """Continuous states, [N, T, units]: the running sum of signed increments."""
    return (increments * ternary_steps(candidates, threshold)).cumsum(dim=1)


class AlphaCmru(TorchCell):
    """A CMRU whose step is softplus of a second linear layer, `alpha` to begin with."""

    kind = "alpha_cmru"

    def __init__(self, units: int, *, alpha: float, beta: float) -> None:
        super().__init__(units, beta)
        self.increment = nn.Linear(units, units)
        nn.init.normal_(self.increment.weight, std=0.1 * units**-0.5)
        nn.init.constant_(self.increment.bias, alpha + math.log(-math.expm1(-alpha)))

    def forward(self, inputs: Tensor) -> Tensor:  # noqa: D102
        increments = nn.functional.softplus(self.increment(inputs))
        return alpha_cmru_states(self.candidates(inputs), increments, self.beta())
