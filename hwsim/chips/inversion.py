"""How much a threshold voltage counts at a current: what is lost on the way to strong inversion.

In weak inversion a drain current follows the gate by ``gm / I = 1 / (n Ut)``. Towards strong
inversion that falls, and with it the mismatch that a threshold voltage makes. Datasheets hold
sensitivities at the currents of their testbench; cells of other thresholds work at others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hwsim.circuits.mismatch import DeviceType

UNIT_SQUARES = 1 / 5
"""W / L of the transistor that the technology's ``device_current`` is of."""

END = 0.7
"""``gm / I`` at the ``device_current`` over that of weak inversion (`Technology`)."""

SOFTNESS = 0.55
"""Power of the current in the way down. 1 would be the interpolation of C. C. Enz, F. Krummenacher,
E. A. Vittoz (Analog Integrated Circuits and Signal Processing 8, 1995); the transistors of both
technologies lose their first tenth earlier than that, and follow this within two percent."""

LARGER: Mapping[DeviceType, float] = {"nfet": 3.0, "pfet": 1.0}
"""``device_current`` of a type over that of the slower one: the ratio of the mobilities."""


@dataclass(frozen=True, slots=True)
class Drive:
    """Currents through a transistor of a cell, A.

    Attributes:
        here: that it works at.
        measured: that gives it the current density at which the datasheet was measured.
    """

    here: float
    measured: float


@dataclass(frozen=True, slots=True)
class Inversion:
    """The transistors of a technology.

    Attributes:
        device_current: A, `Technology.device_current`.
    """

    device_current: float

    def change(self, device: DeviceType, squares: float, drive: Drive) -> float:
        """``gm / I`` here over that in the datasheet.

        Args:
            device: its type.
            squares: W / L of all parallel transistors.
            drive: both currents.
        """
        end = LARGER[device] * self.device_current * squares / UNIT_SQUARES
        return _efficiency(drive.here / end) / _efficiency(drive.measured / end)


def _efficiency(current: float) -> float:
    """``gm / I`` over that of weak inversion, at a current over the end of weak inversion."""
    at_end = ((2 / END - 1) ** 2 - 1) / 4
    return 2 / (1 + math.sqrt(1 + 4 * at_end * current**SOFTNESS))
