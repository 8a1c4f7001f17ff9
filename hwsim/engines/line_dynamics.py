"""How the current of a line follows its drive.

A line is the gate of a diode that drives mirrors. In weak inversion ``I ~ exp(V / n Ut)``, so that
a drive ``D`` that charges the capacitance ``C`` of all the gates on it moves the current as

    dI/dt = I (D - I) / Q,    Q = C n Ut.

Large currents settle in ``Q / D``; a line whose drive is gone dies as ``Q / t`` wherever it began,
and a dead one takes ``Q / D ln(D / I)`` to wake. `Q` of a unit transistor is measured
(``tail_charge_source``, ``tail_charge_sink`` of a mirror's datasheet).
"""

from __future__ import annotations

import array_api_compat

from hwsim.engines.arrays import Array

LEAST = 1e-6
"""Current of a dead line, unit currents, where nothing is known of its leakage."""


def settled(
    start: Array, drive: Array, time_over_charge: Array, least: Array | float = LEAST
) -> Array:
    """The current of lines some time after a step of their drives: the solution of the above.

    Args:
        start: current at the step, unit currents.
        drive: constant from then on, unit currents.
        time_over_charge: time since the step over `Q`, 1 / unit currents; broadcast.
        least: what mirrors copy of a line without any gate voltage, unit currents; broadcast.

    Returns:
        Currents, of the shape of the drives.
    """
    xp = array_api_compat.array_namespace(start, drive)
    before, after = xp.maximum(start, least), xp.maximum(drive, least)
    # expm1 keeps what a nearly dead line has lost: the difference of two nearly equal numbers.
    lost = xp.expm1(-after * time_over_charge)
    return after * before / (after + (after - before) * lost)


def follow(drive: Array, time_over_charge: Array, start: Array | float, least: Array) -> Array:
    """Currents of lines at every moment.

    Args:
        drive: [chip, step, moment, sample, line], taken as constant from the moment before.
        time_over_charge: time from the moment before over the charge, [moment, line].
        start: before the first moment, broadcast to [chip, sample, line].
        least: see `settled`, [line].

    Returns:
        Currents of the shape of the drives.
    """
    xp = array_api_compat.array_namespace(drive)
    currents = xp.empty_like(drive)
    current = start + xp.zeros_like(drive[:, 0, 0, ...])
    for step in range(drive.shape[1]):
        for moment in range(drive.shape[2]):
            target = drive[:, step, moment, ...]
            current = settled(current, target, time_over_charge[moment, ...], least)
            currents[:, step, moment, ...] = current
    return currents


def bent(current: Array, full: float, bend: Array) -> Array:
    """What mirrors copy of lines, but for their gain.

    A diode's own drain voltage follows its gate, a mirror's does not: small currents are copied a
    little larger, ``I (I / full) ** -bend``.

    Args:
        current: of the lines, [..., line].
        full: current at which the gain was measured.
        bend: [line].
    """
    xp = array_api_compat.array_namespace(current)
    least = xp.clip(current, LEAST, None)
    return current * xp.exp(-bend * xp.log(least / full))


def crossed(total: Array, times: Array, charge: float) -> Array:
    """What flows on through splitters while their nodes swing between the signs.

    A current that changes its sign first has to move the node from one pass device to the other,
    ``dq/dt = I`` for `q` from 0 to `charge`; it flows on once it has.

    Args:
        total: sum currents, [chip, step, moment, sample, unit].
        times: from the moment before, s, [moment].
        charge: of the swing, unit current s.

    Returns:
        Signed currents into the diodes, of the shape of `total`.
    """
    xp = array_api_compat.array_namespace(total)
    currents = xp.empty_like(total)
    stored = charge * xp.astype(total[:, 0, 0, ...] > 0, xp.float64)
    for step in range(total.shape[1]):
        for moment in range(total.shape[2]):
            current = total[:, step, moment, ...]
            stored = xp.clip(stored + current * float(times[moment]), 0.0, charge)
            arrived = xp.where(current > 0, stored >= charge, stored <= 0.0)
            currents[:, step, moment, ...] = xp.where(arrived, current, xp.zeros_like(current))
    return currents
