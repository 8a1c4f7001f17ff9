"""Sums over the steps and samples of one chip compiled with numba: what chips are judged by.

Arrays are as in `hwsim.engines.cell_loops`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.compiled import compiled, summing

Floats = NDArray[np.float64]
Levels = NDArray[np.int8]
Integers = NDArray[np.int64]

TINY = np.float32(1e-30)
"""Added to divisors: a leakage of 0 has an excess of 0 over a drive of 0 as well."""


@summing
def sum_drives(
    signal: Floats,
    bias: Floats,
    rows: Integers,
    first: Integers,
    scale: Floats,
    kept: float,
    idle: tuple[float, float],
    sums: tuple[Floats, Floats, Floats],
) -> None:
    """Sums over the lines of one part: `hwsim.engines.supply_totals.LineDrives`.

    Args:
        signal: but for a bias, [unit, row, sample].
        bias: [unit].
        rows: where signals are read, [step].
        first: sample from which on none has ended, [step].
        scale: unit currents of a signal of 1, [unit].
        kept: what flows into each line besides.
        idle: leakage at the native and at the turned ends.
        sums: to add drives and their excess at both ends to, [unit].
    """
    for unit in range(signal.shape[0]):
        factor, offset = scale[unit], bias[unit]
        driven = beyond = beyond_turned = 0.0
        for step in range(rows.size):
            row = signal[unit, rows[step], first[step] :]
            for sample in range(row.size):
                driven += max(factor * (row[sample] + offset), 0.0) + kept
            if idle[1] > 0.0:
                native, turned = _excess_of_both(row, offset, factor, kept, idle)
                beyond += native
                beyond_turned += turned
            elif idle[0] > 0.0:
                beyond += _excess(row, offset, factor, kept, idle[0])
        sums[0][unit] += driven
        sums[1][unit] += beyond
        sums[2][unit] += beyond_turned


@summing
def _excess(row: Floats, offset: float, factor: float, kept: float, idle: float) -> float:
    """Excess over the drives of one line: divisions in single precision, there are many."""
    leak, half, least = np.float32(idle), np.float32(0.5), np.float32(0.0)
    total, always = np.float32(0.0), np.float32(kept)
    for sample in range(row.size):
        drive = max(np.float32(factor * (row[sample] + offset)), least) + always
        total += leak * leak / (leak + half * drive)
    return float(total)


@summing
def _excess_of_both(
    row: Floats, offset: float, factor: float, kept: float, idle: tuple[float, float]
) -> tuple[float, float]:
    """The same at the native ends, and at the turned ones that follow these."""
    leak, turned_leak = np.float32(idle[0]), np.float32(idle[1])
    half, least, always = np.float32(0.5), np.float32(0.0), np.float32(kept)
    total = turned = np.float32(0.0)
    for sample in range(row.size):
        drive = max(np.float32(factor * (row[sample] + offset)), least) + always
        native = leak * leak / (leak + half * drive + TINY)
        total += native
        turned += turned_leak * turned_leak / (turned_leak + half * (drive + native))
    return float(total), float(turned)


@summing
def sum_splits(
    total: Floats,
    bias: Floats,
    rows: Integers,
    first: Integers,
    threshold: Floats,
    split: Floats,
) -> None:
    """Sums of what flows for the candidates of ladders.

    Args:
        total: candidates without their bias, [unit, row, sample].
        bias: [unit].
        rows: where they are read, [step].
        first: sample from which on none has ended, [step].
        threshold: most that comparators take, [unit].
        split: to add the sums to, [unit].
    """
    for unit in range(total.shape[0]):
        taken, most = 0.0, threshold[unit]
        for step in range(rows.size):
            row = total[unit, rows[step], first[step] :]
            for sample in range(row.size):
                current = row[sample] + bias[unit]
                taken += min(abs(current), most) + max(-current, 0.0)
        split[unit] += taken


@summing
def sum_rectified(
    total: Floats,
    bias: Floats,
    rows: Integers,
    first: Integers,
    states: Levels,
    limits: tuple[Floats, Floats, float],
    split: Floats,
    leaks: Floats,
) -> None:
    """Sums of what flows for the candidates of FQ-BMRUs.

    Args:
        total: candidates without their bias, [unit, row, sample].
        bias: [unit].
        rows: where they are read, [step].
        first: sample from which on none has ended, [step].
        states: at the rows of `total`.
        limits: threshold and width, [unit], and leakage of mirrors of candidates.
        split: to add the sums to, [unit].
        leaks: to add what mirrors leak to, [unit].
    """
    idle = limits[2]
    for unit in range(total.shape[0]):
        taken, leaked, most, added = 0.0, 0.0, limits[0][unit], limits[1][unit]
        for step in range(rows.size):
            row = total[unit, rows[step], first[step] :]
            state = states[unit, rows[step], first[step] :]
            for sample in range(row.size):
                current = max(row[sample] + bias[unit], 0.0)
                taken += current + min(current + added * state[sample], most)
                leaked += idle * idle / (idle + 0.5 * current + TINY)
        split[unit] += taken
        leaks[unit] += leaked


@compiled
def sum_states(
    levels: Levels,
    before: Levels,
    rows: Integers,
    first: Integers,
    early: float,
    sums: tuple[Floats, Floats, Floats],
    means: Floats,
) -> None:
    """Sums of states, and their means over each step.

    Args:
        levels: [unit, row, sample].
        before: levels before the first row, [unit, sample].
        rows: at the end of steps, [step].
        first: sample from which on none has ended, [step].
        early: part of a step in which the state of the step before stands.
        sums: to add states, absolute states and absolute changes to, [unit].
        means: for the means, [unit, step, sample].
    """
    for unit in range(levels.shape[0]):
        state = size = moved = 0
        for step in range(rows.size):
            start = first[step]
            last = before[unit] if step == 0 else levels[unit, rows[step - 1]]
            row, past, mean = levels[unit, rows[step], start:], last[start:], means[unit, step]
            mean = mean[start:]
            for sample in range(row.size):
                state += row[sample]
                size += abs(row[sample])
                moved += abs(row[sample] - past[sample])
            for sample in range(row.size):
                mean[sample] = (1.0 - early) * row[sample] + early * past[sample]
        sums[0][unit] += state
        sums[1][unit] += size
        sums[2][unit] += moved


@compiled
def count_equal(levels: Levels, rows: Integers, wanted: Levels, first: Integers) -> int:
    """How many states at the end of steps are those wanted, [unit, step, sample]."""
    count = 0
    for unit in range(levels.shape[0]):
        for step in range(rows.size):
            row = levels[unit, rows[step], first[step] :]
            other = wanted[unit, step, first[step] :]
            for sample in range(row.size):
                count += row[sample] == other[sample]
    return count


@compiled
def add_means(
    lines: Floats, rows: Integers, first: Integers, shares: Floats, means: Floats
) -> None:
    """Means of the currents of lines over steps.

    Args:
        lines: [line, row, sample].
        rows: where they are read, [step].
        first: sample from which on none has ended, [step].
        shares: of one step in a mean, [sample].
        means: to add to, [line, sample].
    """
    for line in range(lines.shape[0]):
        for step in range(rows.size):
            row, start = lines[line, rows[step], first[step] :], first[step]
            mean, share = means[line, start:], shares[start:]
            for sample in range(row.size):
                mean[sample] += row[sample] * share[sample]
