"""The cells of many chips compiled with numba: `hwsim.engines.recurrence` with the same results.

Samples and units of a chip are one long row, along which its trip points are laid out once: every
loop is a plain one over such a row. Candidates within reach of the noise are marked while they are
compared and drawn for afterwards, one by one. The interpreter's lock is released: threads over
chips use all cores.

Nothing here may be compiled with `fastmath`: the roundings are those of the array form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from hwsim.engines.recurrence import (
    column_of_zero,
    noise_reach,
    rectified_trip_points,
    require_half_range,
)
from hwsim.engines.step_noise import (
    BODY_BITS,
    FRACTION_BITS,
    FRACTION_UNIT,
    GOLDEN,
    LAST_OF_BODY,
    MIX_A,
    MIX_B,
    NODES,
    TAIL_BITS,
    StepNoise,
)

Floats = NDArray[np.float64]
Levels = NDArray[np.int8]
Keys = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., object])

ABOVE, BELOW, UNSURE = 1, 2, 4

# Unsigned arithmetic wants all of its operands unsigned: numba makes floats out of a mixture.
_GOLDEN, _MIX_A, _MIX_B = (np.uint64(factor % (1 << 64)) for factor in (GOLDEN, MIX_A, MIX_B))
_SHIFT_1, _SHIFT_2, _SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
_BODY_SHIFT, _BODY_MASK = np.uint64(63 - BODY_BITS), np.uint64(LAST_OF_BODY)
_TAIL_SHIFT = np.uint64(63 - BODY_BITS - TAIL_BITS)
_TAIL_MASK = np.uint64((1 << TAIL_BITS) - 1)
_BODY_FRACTION_SHIFT = np.uint64(63 - BODY_BITS - FRACTION_BITS)
_TAIL_FRACTION_SHIFT = np.uint64(63 - BODY_BITS - TAIL_BITS - FRACTION_BITS)
_FRACTION_MASK = np.uint64((1 << FRACTION_BITS) - 1)


def compiled(function: Function) -> Function:
    """Compiled at the first call; seconds for all of them, so that no cache on disk is needed.

    Divisions follow IEEE 754 as in NumPy: a check of every divisor would keep loops from becoming
    vector code.
    """
    return cast("Function", numba.njit(nogil=True, error_model="numpy")(function))


def inlined(function: Function) -> Function:
    """A part of compiled functions that is written into each of them."""
    return cast("Function", numba.njit(inline="always", error_model="numpy")(function))


def run_ladder(
    candidate: Floats,
    upper: Floats,
    lower: Floats,
    half_range: int,
    noise: StepNoise | None = None,
) -> Levels:
    """See `hwsim.engines.recurrence.run_ladder`."""
    require_half_range(half_range)
    marks = _crossings(candidate, upper, lower, noise)
    _climb(marks, half_range)
    return marks.reshape(candidate.shape)


def run_comparator(
    candidate: Floats, upper: Floats, lower: Floats, noise: StepNoise | None = None
) -> Levels:
    """See `hwsim.engines.recurrence.run_comparator`."""
    marks = _crossings(candidate, *rectified_trip_points(upper, lower), noise)
    _latch(marks)
    return marks.reshape(candidate.shape)


def level_currents(levels: Levels, table: Floats) -> Floats:
    """See `hwsim.engines.recurrence.level_currents`."""
    steps, chips, samples, units = levels.shape
    columns = table.shape[-1]
    currents = np.empty((steps, chips, samples * units))
    places = np.tile(np.arange(units) * columns + column_of_zero(columns), samples)
    _look_up(levels.reshape(currents.shape), table.reshape(chips, -1), places, currents)
    return currents.reshape(levels.shape)


def noise_currents(noise: StepNoise, steps: int) -> Floats:
    """See `hwsim.engines.step_noise.noise_currents`."""
    currents = np.empty((steps, *noise.keys.shape, noise.rms.shape[-1]))
    _draw_all(noise.keys, noise.rms, NODES, currents)
    return currents


def _crossings(candidate: Floats, upper: Floats, lower: Floats, noise: StepNoise | None) -> Levels:
    """Marks of every candidate: `ABOVE`, `BELOW` or both, [step, chip, sample * unit]."""
    steps, chips, samples, units = candidate.shape
    rows = np.ascontiguousarray(candidate).reshape(steps, chips, samples * units)
    trips = np.tile(upper, (1, samples)), np.tile(lower, (1, samples))
    marks = np.empty(rows.shape, dtype=np.int8)
    if noise is None:
        _mark(rows, *trips, marks)
    else:
        rms = np.tile(noise.rms, (1, samples))
        _mark_noisy(rows, *trips, noise_reach(rms), marks)
        _settle(rows, *trips, rms, noise.keys, NODES, marks)
    return marks


@compiled
def _normal(key: int, counter: int, nodes: Floats) -> float:
    """One standard normal: `hwsim.engines.step_noise.standard_normals`."""
    x = np.uint64(key) + np.uint64(counter) * _GOLDEN
    x = (x ^ (x >> _SHIFT_1)) * _MIX_A
    x = (x ^ (x >> _SHIFT_2)) * _MIX_B
    x = x ^ (x >> _SHIFT_3)
    index = np.int64((x >> _BODY_SHIFT) & _BODY_MASK)
    fraction = x >> _BODY_FRACTION_SHIFT
    if index == LAST_OF_BODY:
        index += np.int64((x >> _TAIL_SHIFT) & _TAIL_MASK)
        fraction = x >> _TAIL_FRACTION_SHIFT
    part = np.float64(np.int64(fraction & _FRACTION_MASK)) * FRACTION_UNIT
    magnitude: float = nodes[index] + part * (nodes[index + 1] - nodes[index])
    return -magnitude if np.int64(x) < 0 else magnitude


@compiled
def _mark(candidate: Floats, upper: Floats, lower: Floats, marks: Levels) -> None:
    for step in range(marks.shape[0]):
        for chip in range(marks.shape[1]):
            row, high, low = candidate[step, chip], upper[chip], lower[chip]
            for place in range(marks.shape[2]):
                above = np.int8(row[place] > high[place])
                below = np.int8(row[place] < low[place])
                marks[step, chip, place] = above | (below << 1)


@compiled
def _mark_noisy(
    candidate: Floats, upper: Floats, lower: Floats, reach: Floats, marks: Levels
) -> None:
    for step in range(marks.shape[0]):
        for chip in range(marks.shape[1]):
            row, high, low, near = candidate[step, chip], upper[chip], lower[chip], reach[chip]
            for place in range(marks.shape[2]):
                over = row[place] - high[place]
                under = row[place] - low[place]
                unsure = (abs(over) < near[place]) | (abs(under) < near[place])
                sure = np.int8(over > 0.0) | (np.int8(under < 0.0) << 1)
                marks[step, chip, place] = sure | (np.int8(unsure) << 2)


@compiled
def _settle(
    candidate: Floats,
    upper: Floats,
    lower: Floats,
    rms: Floats,
    keys: Keys,
    nodes: Floats,
    marks: Levels,
) -> None:
    """Draw the noise of what is unsure."""
    units = marks.shape[2] // keys.shape[1]
    for step in range(marks.shape[0]):
        for chip in range(marks.shape[1]):
            for place in range(marks.shape[2]):
                if marks[step, chip, place] & UNSURE:
                    sample, unit = place // units, place % units
                    normal = _normal(keys[chip, sample], step * units + unit, nodes)
                    noisy = candidate[step, chip, place] + rms[chip, place] * normal
                    above = np.int8(noisy > upper[chip, place])
                    below = np.int8(noisy < lower[chip, place])
                    marks[step, chip, place] = above | (below << 1)


@compiled
def _climb(marks: Levels, half_range: int) -> None:
    """Marks become the levels of ladders, in place."""
    largest, smallest = np.int8(half_range), np.int8(-half_range)
    before = np.zeros(marks.shape[1:], dtype=np.int8)
    for step in range(marks.shape[0]):
        for chip in range(marks.shape[1]):
            row, level = marks[step, chip], before[chip]
            for place in range(row.size):
                mark = row[place]
                moved = np.int8(level[place] + (mark & ABOVE) - ((mark & BELOW) >> 1))
                level[place] = min(max(moved, smallest), largest)
                row[place] = level[place]


@compiled
def _latch(marks: Levels) -> None:
    """Marks become the states of comparators, in place."""
    before = np.zeros(marks.shape[1:], dtype=np.int8)
    for step in range(marks.shape[0]):
        for chip in range(marks.shape[1]):
            row, state = marks[step, chip], before[chip]
            for place in range(row.size):
                mark = row[place]
                state[place] = (mark & ABOVE) | (state[place] & ~((mark & BELOW) >> 1))
                row[place] = state[place]


@compiled
def _look_up(levels: Levels, table: Floats, places: Keys, currents: Floats) -> None:
    for step in range(levels.shape[0]):
        for chip in range(levels.shape[1]):
            row, level, current = table[chip], levels[step, chip], currents[step, chip]
            for place in range(places.size):
                current[place] = row[places[place] + level[place]]


@compiled
def _draw_all(keys: Keys, rms: Floats, nodes: Floats, currents: Floats) -> None:
    steps, chips, samples, units = currents.shape
    for step in range(steps):
        for chip in range(chips):
            for sample in range(samples):
                for unit in range(units):
                    normal = _normal(keys[chip, sample], step * units + unit, nodes)
                    currents[step, chip, sample, unit] = rms[chip, unit] * normal
