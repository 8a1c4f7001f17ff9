"""The cells of one chip compiled with numba: `hwsim.engines.recurrence` with the same results.

Arrays are [unit, row, sample]; rows are the moments of all steps in their order. Every loop is a
plain one along samples that have not ended, of one row where it follows time, else of spans.
Candidates within reach of the noise are marked while they are compared and drawn for afterwards,
one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.compiled import compiled, normal, within
from hwsim.engines.step_block import Rows

Floats = NDArray[np.float64]
Levels = NDArray[np.int8]
Integers = NDArray[np.int64]
Noise = tuple[Integers, Floats, Floats, Floats]
"""Keys, [sample]; rms and how far it reaches, [unit]; the nodes of the normal distribution."""

ABOVE, BELOW, UNSURE = 1, 2, 4


@compiled
def climb(
    total: Floats,
    bias: Floats,
    trips: tuple[Floats, Floats],
    half_range: int,
    rows: Rows,
    noise: Noise,
    place: int,
    level: Levels,
    levels: Levels,
) -> None:
    """Levels of ladders.

    Args:
        total: candidates without their bias, [unit, row, sample].
        bias: [unit].
        trips: upper and lower trip points, [unit].
        half_range: K.
        rows: where the ladders decide, one a step.
        noise: of the candidates.
        place: of the first candidate in the noise.
        level: before; afterwards that of the last step, [unit, sample].
        levels: for the results, [unit, step, sample].
    """
    largest, smallest = np.int8(half_range), np.int8(-half_range)
    marks = np.empty(total.shape[1:], dtype=np.int8)
    for unit in range(total.shape[0]):
        _compare(total[unit], bias[unit], trips, unit, rows, noise, place, marks)
        for step in range(rows.rows.size):
            start = rows.first[step]
            mark = marks[rows.rows[step], start:]
            now, after = level[unit, start:], levels[unit, step, start:]
            for sample in range(mark.size):
                up, down = mark[sample] & ABOVE, (mark[sample] & BELOW) >> 1
                moved = np.int8(now[sample] + up - down)
                now[sample] = min(max(moved, smallest), largest)
                after[sample] = now[sample]


@compiled
def latch(
    total: Floats,
    bias: Floats,
    trips: tuple[Floats, Floats],
    rows: Rows,
    noise: Noise,
    place: int,
    state: Levels,
    states: Levels,
) -> None:
    """States of comparators at every moment.

    Args:
        total: candidates without their bias, [unit, row, sample].
        bias: [unit].
        trips: upper and lower trip points of signed candidates, [unit].
        rows: all of them.
        noise: of the candidates.
        place: of the first candidate in the noise.
        state: before; afterwards that of the last row, [unit, sample].
        states: for the results, [unit, row, sample].
    """
    marks = np.empty(total.shape[1:], dtype=np.int8)
    for unit in range(total.shape[0]):
        _compare(total[unit], bias[unit], trips, unit, rows, noise, place, marks)
        for row in rows.rows:
            start = rows.first[row]
            mark = marks[row, start:]
            now, after = state[unit, start:], states[unit, row, start:]
            for sample in range(mark.size):
                kept = now[sample] & ~((mark[sample] & BELOW) >> 1)
                now[sample] = (mark[sample] & ABOVE) | kept
                after[sample] = now[sample]


@compiled
def settle(
    total: Floats,
    bias: Floats,
    trips: tuple[Floats, Floats],
    times: Floats,
    charges: tuple[float, float],
    first: Integers,
    noise: Noise,
    place: int,
    state: Levels,
    charge: Floats,
    states: Levels,
) -> None:
    """States of comparators that need a charge to decide (`hwsim.engines.comparator_settling`).

    Args:
        total: candidates without their bias, [unit, row, sample].
        bias: [unit].
        trips: upper and lower trip points, [unit].
        times: from each row's predecessor to it, s, [row].
        charges: that setting and clearing take, unit current s.
        first: sample from which on none has ended, [row].
        noise: of the candidates.
        place: of the first candidate in the noise.
        state: before; afterwards that of the last row, [unit, sample].
        charge: on the way to the other state, the same, unit current s, [unit, sample].
        states: for the results, [unit, row, sample].
    """
    keys, rms, _, nodes = noise
    units, rows, samples = total.shape
    for unit in range(units):
        upper, lower = trips[0][unit], trips[1][unit]
        held, on = charge[unit], state[unit]
        for row in range(rows):
            for sample in range(first[row], samples):
                candidate = total[unit, row, sample] + bias[unit]
                if rms[unit] > 0.0:
                    here = place + row * units + unit
                    candidate += rms[unit] * normal(keys[sample], here, nodes)
                current = max(candidate, 0.0)
                excess = lower - current if on[sample] else current - upper
                stored = held[sample] + excess * times[row] if excess > 0.0 else 0.0
                flips = excess > 0.0 and stored >= (charges[1] if on[sample] else charges[0])
                on[sample] ^= flips
                held[sample] = 0.0 if flips else stored
                states[unit, row, sample] = on[sample]


@compiled
def look_up(
    levels: Levels,
    before: Levels,
    sources: Integers,
    table: Floats,
    first: Integers,
    signed: Floats,
) -> None:
    """Currents that cells put out.

    Args:
        levels: [unit, row, sample].
        before: levels before the first row, [unit, sample].
        sources: row of the levels that stand at each row of the currents, -1 for those before.
        table: current of each level, [unit, level].
        first: sample from which on none has ended, [row].
        signed: for the results, [unit, row, sample].
    """
    zero = (table.shape[1] - 1) // 2
    for unit in range(signed.shape[0]):
        currents = table[unit]
        for row in range(signed.shape[1]):
            found, source = signed[unit, row, first[row] :], sources[row]
            level = before[unit] if source < 0 else levels[unit, source]
            level = level[first[row] :]
            for sample in range(found.size):
                found[sample] = currents[zero + level[sample]]


@compiled
def _compare(
    total: Floats,
    bias: float,
    trips: tuple[Floats, Floats],
    unit: int,
    rows: Rows,
    noise: Noise,
    place: int,
    marks: Levels,
) -> None:
    """Mark candidates of a unit as above the upper, below the lower trip point, or neither."""
    upper, lower = trips[0][unit], trips[1][unit]
    if noise[1][unit] > 0.0:
        _compare_with_noise(total, bias, trips, unit, rows, noise, place, marks)
        return
    for span in rows.spans:
        current, mark = within(total, span), within(marks, span)
        for index in range(current.size):
            candidate = current[index] + bias
            above, below = np.int8(candidate > upper), np.int8(candidate < lower)
            mark[index] = above | (below << 1)


@compiled
def _compare_with_noise(
    total: Floats,
    bias: float,
    trips: tuple[Floats, Floats],
    unit: int,
    rows: Rows,
    noise: Noise,
    place: int,
    marks: Levels,
) -> None:
    """The same; draws for candidates that noise may bring across a trip point."""
    keys, rms, reach, nodes = noise
    upper, lower, near = trips[0][unit], trips[1][unit], reach[unit]
    unsure = np.int8(0)
    for span in rows.spans:
        current, mark = within(total, span), within(marks, span)
        for index in range(current.size):
            candidate = current[index] + bias
            over, under = candidate - upper, candidate - lower
            close = np.int8((abs(over) < near) | (abs(under) < near))
            sure = np.int8(over > 0.0) | (np.int8(under < 0.0) << 1)
            mark[index] = sure | (close << 2)
            unsure |= close
    if unsure == 0:
        return
    for index in range(rows.rows.size):
        row, here = rows.rows[index], place + index * rms.size + unit
        for sample in range(rows.first[index], total.shape[1]):
            if marks[row, sample] & UNSURE:
                noisy = total[row, sample] + bias + rms[unit] * normal(keys[sample], here, nodes)
                marks[row, sample] = np.int8(noisy > upper) | (np.int8(noisy < lower) << 1)
