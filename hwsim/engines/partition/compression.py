"""Recorded voltages with as few points as a tolerance allows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.interpolate import PchipInterpolator

from hwsim.circuits.partition.part_testbench import LineVoltage
from hwsim.engines.trace import Floats

TOLERANCE = 1e-6
"""V. A mirror below threshold turns it into a deviation of its current of `dV / (n Vt)`: 30 parts
in a million at an n Vt of 35 mV. Candidates are differences of currents that may be a hundred
thresholds, so that it is a third of a percent of a threshold at most."""


_BISECTIONS = 5
"""How often an interval between two points of the solver is halved at most."""


def recorded(
    time: Floats, volts: Mapping[str, Floats], tolerance: float = TOLERANCE
) -> dict[str, LineVoltage]:
    """Lines of a run.

    The solver's points are far apart where lines die slowly, as `n Vt ln t`, and a straight line
    between two of them lies above: as much as 1 % of the current. So points of a smooth curve
    through them (monotone cubics, which do not swing at corners) are added first.

    Args:
        time: s, [point], rising.
        volts: node -> V, [point].
        tolerance: V.
    """
    if not volts:
        return {}
    grid, values = _refined(time, np.stack(list(volts.values()), axis=1), tolerance)
    return {
        node: compressed(grid, values[:, column], tolerance) for column, node in enumerate(volts)
    }


def _refined(time: Floats, values: Floats, tolerance: float) -> tuple[Floats, Floats]:
    """Points on the smooth curves until straight lines between them are within the tolerance."""
    if len(time) < 3:
        return time, values
    curve = PchipInterpolator(time, values, axis=0)
    for _ in range(_BISECTIONS):
        between = (time[1:] + time[:-1]) / 2
        there = curve(between)
        bent = np.abs(there - (values[1:] + values[:-1]) / 2).max(axis=1) > tolerance
        if not bent.any():
            break
        where = np.flatnonzero(bent) + 1
        time = np.insert(time, where, between[bent])
        values = np.insert(values, where, there[bent], axis=0)
    return time, values


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
