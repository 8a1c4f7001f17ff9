"""The trainable LRU; `lru.py` defines it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from hwsim.cells.cell_torch import RecurrentCell
from hwsim.cells.scan_torch import linear_scan

_SMALLEST_PHASE = 1e-4


class Lru(RecurrentCell):
    """A linear recurrent unit with as many complex states as units.

    The start is the paper's: lambda even over a ring of the complex plane, whose outer radius is
    that of a state which fades by 1/e over `memory` steps; gamma so that the states have the
    variance of what drives them; B and C Gaussian, of variance 1 / units.

    Args:
        units: number of units.
        memory: longest time constant to begin with, steps.
    """

    kind = "lru"

    def __init__(self, units: int, *, memory: float) -> None:
        super().__init__()
        outer = math.exp(-1 / memory)
        squared_radius = outer**2 * torch.rand(units).clamp(min=_SMALLEST_PHASE)
        phase = 2 * math.pi * torch.rand(units).clamp(min=_SMALLEST_PHASE)
        self.nu_log = nn.Parameter(torch.log(-0.5 * torch.log(squared_radius)))
        self.theta_log = nn.Parameter(torch.log(phase))
        self.gamma_log = nn.Parameter(0.5 * torch.log1p(-squared_radius))
        spread = units**-0.5
        self.input_real = nn.Parameter(torch.randn(units, units) * spread / math.sqrt(2))
        self.input_imaginary = nn.Parameter(torch.randn(units, units) * spread / math.sqrt(2))
        self.output_real = nn.Parameter(torch.randn(units, units) * spread)
        self.output_imaginary = nn.Parameter(torch.randn(units, units) * spread)
        self.direct = nn.Parameter(torch.randn(units))

    def forward(self, inputs: Tensor) -> Tensor:  # noqa: D102
        decay = torch.exp(torch.complex(-torch.exp(self.nu_log), torch.exp(self.theta_log)))
        # Real and imaginary parts side by side: products of real numbers alone, half as many.
        into = torch.stack([self.input_real, self.input_imaginary], dim=1).flatten(0, 1)
        into = torch.exp(self.gamma_log).repeat_interleave(2)[:, None] * into
        driven = nn.functional.linear(inputs, into).reshape(*inputs.shape, 2)
        states = linear_scan(decay, torch.view_as_complex(driven))
        out = torch.stack([self.output_real, -self.output_imaginary], dim=2).flatten(1)
        given = nn.functional.linear(torch.view_as_real(states).flatten(-2), out)
        return given + self.direct * inputs

    def plain_parameters(self) -> dict[str, Tensor]:
        """All that it learns."""
        return dict(self.named_parameters())
