"""What mirrors carry beyond the current of their diode.

A mirror whose line has no drive still carries the leakage ``L`` of its transistor: its drain is not
on the line. With a drive ``D`` into the diode, its current ``C`` obeys, in weak inversion with the
slope factor ``n``, ``C - L (C / L) ** (1 - n) = D``. The solution is close to

    C = D + E(D),    E(D) = L / (1 + D / (2 L)),

within 0.15 L at all drives for the transistors of both shipped technologies when hot, whose
effective slope factors lie between 1.6 and 2.
"""

from __future__ import annotations

import numpy as np

from hwsim.engines.trace import Floats


def excess(drive: Floats, idle: float) -> Floats:
    """The excess ``E`` over the drive.

    Args:
        drive: into the diode, none negative, in any unit of current.
        idle: leakage ``L`` of a mirror as large as the diode, in the same unit.
    """
    if not idle:
        return np.zeros_like(drive)
    return np.asarray(idle * idle / (idle + 0.5 * drive))


def excess_of(drive: float, idle: float) -> float:
    """`excess` of one drive."""
    return float(excess(np.asarray(drive), idle))
