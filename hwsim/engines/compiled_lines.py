"""Lines, splitters and settling comparators compiled with numba: the same results as on arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.compiled import compiled
from hwsim.engines.compiled_exponentials import exponential_less_one, logarithm
from hwsim.engines.line_dynamics import LEAST
from hwsim.engines.step_noise import StepNoise, noise_currents

Floats = NDArray[np.float64]
Levels = NDArray[np.int8]


def follow(drive: Floats, time_over_charge: Floats, start: Floats | float, least: Floats) -> Floats:
    """See `hwsim.engines.line_dynamics.follow`."""
    chips, steps, moments, samples, lines = drive.shape
    rows = np.ascontiguousarray(drive).reshape(chips, steps * moments, samples * lines)
    first = np.array(np.broadcast_to(start, (chips, samples, lines))).reshape(chips, -1)
    times = np.tile(time_over_charge, (1, samples))
    currents = np.empty_like(rows)
    _follow(rows, times, first, np.tile(least, samples), currents)
    return currents.reshape(drive.shape)


def bent(current: Floats, full: float, bend: Floats) -> Floats:
    """See `hwsim.engines.line_dynamics.bent`."""
    samples, lines = current.shape[-2:]
    rows = np.ascontiguousarray(current).reshape(-1, samples * lines)
    found = np.empty_like(rows)
    _bend(rows, full, np.tile(bend, samples), found)
    return found.reshape(current.shape)


def crossed(total: Floats, times: Floats, charge: float) -> Floats:
    """See `hwsim.engines.line_dynamics.crossed`."""
    chips, steps, moments, samples, units = total.shape
    rows = np.ascontiguousarray(total).reshape(chips, steps * moments, samples * units)
    currents = np.empty_like(rows)
    _cross(rows, np.tile(times, steps), charge, currents)
    return currents.reshape(total.shape)


def run_settling_comparator(
    candidate: Floats,
    upper: Floats,
    lower: Floats,
    times: Floats,
    charges: tuple[float, float],
    noise: StepNoise | None = None,
    before: Levels | None = None,
) -> Levels:
    """See `hwsim.engines.comparator_settling.run_settling_comparator`."""
    if noise is not None:
        candidate = candidate + noise_currents(noise, candidate.shape[0])
    rows = np.ascontiguousarray(candidate)
    state = np.zeros(rows.shape[1:], dtype=np.int8)
    if before is not None:
        state[...] = before > 0
    states = np.empty(rows.shape, dtype=np.int8)
    _decide(rows, upper, lower, times, charges[0], charges[1], state, states)
    return states


@compiled
def _follow(drive: Floats, times: Floats, current: Floats, least: Floats, currents: Floats) -> None:
    for chip in range(drive.shape[0]):
        for row in range(drive.shape[1]):
            moment = row % times.shape[0]
            for place in range(drive.shape[2]):
                before = max(current[chip, place], least[place])
                after = max(drive[chip, row, place], least[place])
                lost = exponential_less_one(-after * times[moment, place])
                found = after * before / (after + (after - before) * lost)
                current[chip, place] = found
                currents[chip, row, place] = found


@compiled
def _bend(current: Floats, full: float, bend: Floats, found: Floats) -> None:
    places = current.shape[1]
    for row in range(current.shape[0]):
        # Both functions in one loop want more registers than there are.
        for place in range(places):
            found[row, place] = logarithm(max(current[row, place], LEAST) / full)
        for place in range(places):
            factor = exponential_less_one(-bend[place] * found[row, place])
            found[row, place] = current[row, place] * (1.0 + factor)


@compiled
def _cross(total: Floats, times: Floats, charge: float, currents: Floats) -> None:
    for chip in range(total.shape[0]):
        for place in range(total.shape[2]):
            stored = charge if total[chip, 0, place] > 0 else 0.0
            for moment in range(total.shape[1]):
                current = total[chip, moment, place]
                stored = min(max(stored + current * times[moment], 0.0), charge)
                arrived = stored >= charge if current > 0 else stored <= 0.0
                currents[chip, moment, place] = current if arrived else 0.0


@compiled
def _decide(
    candidate: Floats,
    upper: Floats,
    lower: Floats,
    times: Floats,
    rise: float,
    fall: float,
    state: Levels,
    states: Levels,
) -> None:
    for chip in range(candidate.shape[1]):
        for sample in range(candidate.shape[2]):
            for unit in range(candidate.shape[3]):
                charge = 0.0
                on = state[chip, sample, unit] > 0
                for moment in range(candidate.shape[0]):
                    current = max(candidate[moment, chip, sample, unit], 0.0)
                    excess = lower[chip, unit] - current if on else current - upper[chip, unit]
                    charge = charge + excess * times[moment] if excess > 0 else 0.0
                    if excess > 0 and charge >= (fall if on else rise):
                        on = not on
                        charge = 0.0
                    states[moment, chip, sample, unit] = on
