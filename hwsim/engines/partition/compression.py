"""Recorded voltages with as few points as a tolerance allows."""

from __future__ import annotations

import numpy as np

from hwsim.circuits.partition.part_testbench import LineVoltage
from hwsim.engines.trace import Floats

TOLERANCE = 5e-6
"""V. A mirror below threshold turns it into a deviation of its current of `dV / (n Vt)`: 0.015 %
at an n Vt of 35 mV, a tenth of what tells two runs of one deck with other time steps apart."""


def compressed(time: Floats, volts: Floats, tolerance: float = TOLERANCE) -> LineVoltage:
    """Leave out points that the straight line between their neighbours replaces.

    From each kept point the slopes that pass all later ones within the tolerance form a door,
    which each further point narrows; the last point that is seen through it is kept (Bristol's
    swinging door, ended at points of the record, so that no sample is missed by more).

    Args:
        time: s, [point], rising.
        volts: V, [point].
        tolerance: how far any sample may be from the result, V.
    """
    if len(time) < 3:
        return LineVoltage(time.copy(), volts.copy())
    at, value = time.tolist(), volts.tolist()
    kept = [0]
    start, low, high = 0, -np.inf, np.inf
    index = 1
    while index < len(at):
        run = at[index] - at[start]
        rise = value[index] - value[start]
        if low <= rise / run <= high or index == start + 1:
            low = max(low, (rise - tolerance) / run)
            high = min(high, (rise + tolerance) / run)
            index += 1
        else:
            start = index - 1
            kept.append(start)
            low, high = -np.inf, np.inf
    kept.append(len(at) - 1)
    return LineVoltage(time[kept], volts[kept])
