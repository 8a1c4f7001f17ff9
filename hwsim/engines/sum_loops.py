"""Sums over the steps and samples of one chip compiled with numba: what chips are judged by.

Arrays and rows are as in `hwsim.engines.cell_loops`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.compiled import compiled, summing, within
from hwsim.engines.step_block import Rows

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Levels = NDArray[np.int8]
Integers = NDArray[np.int64]

TINY = 1e-12
"""In divisors, for a leakage of 0: it has an excess of 0 over a drive of 0 as well."""


@summing
def sum_lines(
    signal: Floats, bias: Floats, rows: Rows, sides: Floats, sums: tuple[Floats, Floats, Floats]
) -> None:
    """Sums over the lines of units without cells: `hwsim.engines.supply_totals.LineDrives`.

    Args:
        signal: but for a bias, [unit, row, sample].
        bias: [unit].
        rows: where signals are read, one a step.
        sides: of each part of the signal: its sign, what flows into each line besides, leakage at
            the native and at the turned ends, [part, 4].
        sums: to add drives and their excess at both ends to, [part, unit].
    """
    singles = np.empty(signal[0].size, dtype=np.float32)
    for unit in range(signal.shape[0]):
        for span in rows.spans:
            row = within(signal[unit], span)
            # Single precision in a loop of its own: vectors of these are twice as long.
            single = singles[: row.size]
            total = size = 0.0
            for place in range(row.size):
                current = row[place] + bias[unit]
                total += current
                size += abs(current)
                single[place] = np.float32(current)
            for part in range(sides.shape[0]):
                sign, kept, native, turned = sides[part]
                sums[0][part, unit] += 0.5 * (size + sign * total) + kept * row.size
                if turned > 0.0:
                    found = _excess_of_both(single, sign, kept, native, turned)
                    sums[1][part, unit] += found[0]
                    sums[2][part, unit] += found[1]
                elif native > 0.0:
                    sums[1][part, unit] += _excess(single, sign, kept, native)


@summing
def _excess(single: Singles, sign: float, kept: float, idle: float) -> float:
    """Excess over the drives of one line: `hwsim.engines.supply_leakage`."""
    side, always, leak = np.float32(sign), np.float32(kept), np.float32(idle)
    half, least = np.float32(0.5), np.float32(0.0)
    total = np.float32(0.0)
    for place in range(single.size):
        drive = max(side * single[place], least) + always
        total += leak * leak / (leak + half * drive)
    return float(total)


@summing
def _excess_of_both(
    single: Singles, sign: float, kept: float, native: float, turned: float
) -> tuple[float, float]:
    """The same at the native ends, and at the turned ones that follow these.

    With a = L + D / 2 at the native end, its excess is N = L L / a, and T T / (T + (D + N) / 2) at
    the turned one is T T a / b with b = a a + (T - L) a + L L / 2: one division serves both.
    """
    side, always = np.float32(sign), np.float32(kept)
    leak, other = np.float32(max(native, TINY)), np.float32(turned)
    half, least = np.float32(0.5), np.float32(0.0)
    first = second = np.float32(0.0)
    for place in range(single.size):
        drive = max(side * single[place], least) + always
        near = leak + half * drive
        far = near * near + (other - leak) * near + half * leak * leak
        share = np.float32(1.0) / (near * far)
        first += far * share
        second += near * near * share
    return float(first) * native * native, float(second) * turned * turned


@summing
def sum_splits(
    total: Floats,
    bias: Floats,
    rows: Rows,
    threshold: Floats,
    split: Floats,
) -> None:
    """Sums of what flows for the candidates of ladders.

    Args:
        total: candidates without their bias, [unit, row, sample].
        bias: [unit].
        rows: where they are read, one a step.
        threshold: most that comparators take, [unit].
        split: to add the sums to, [unit].
    """
    for unit in range(total.shape[0]):
        taken, most = 0.0, threshold[unit]
        for span in rows.spans:
            row = within(total[unit], span)
            for place in range(row.size):
                current = row[place] + bias[unit]
                taken += min(abs(current), most) + max(-current, 0.0)
        split[unit] += taken


@summing
def sum_rectified(
    total: Floats,
    bias: Floats,
    rows: Rows,
    states: Levels,
    limits: tuple[Floats, Floats, float],
    split: Floats,
    leaks: Floats,
) -> None:
    """Sums of what flows for the candidates of FQ-BMRUs.

    Args:
        total: candidates without their bias, [unit, row, sample].
        bias: [unit].
        rows: where they are read, one a step.
        states: at the rows of `total`.
        limits: threshold and width, [unit], and leakage of mirrors of candidates.
        split: to add the sums to, [unit].
        leaks: to add what mirrors leak to, [unit].
    """
    idle = limits[2]
    for unit in range(total.shape[0]):
        taken, leaked, most, added = 0.0, 0.0, limits[0][unit], limits[1][unit]
        for span in rows.spans:
            row, state = within(total[unit], span), within(states[unit], span)
            for place in range(row.size):
                current = max(row[place] + bias[unit], 0.0)
                taken += current + min(current + added * state[place], most)
                leaked += idle * idle / (idle + 0.5 * current + TINY)
        split[unit] += taken
        leaks[unit] += leaked


@compiled
def count_steps(levels: Levels, before: Levels, rows: Rows, lowest: int, counts: Integers) -> None:
    """How often cells took each step to each state.

    Args:
        levels: [unit, row, sample].
        before: levels before the first row, [unit, sample].
        rows: at the end of steps.
        lowest: state.
        counts: to add to, [unit, state * step]; steps are down, none and up.
    """
    for unit in range(levels.shape[0]):
        count = counts[unit]
        for step in range(rows.rows.size):
            start = rows.first[step]
            last = before[unit] if step == 0 else levels[unit, rows.rows[step - 1]]
            row, past = levels[unit, rows.rows[step], start:], last[start:]
            for sample in range(row.size):
                state = np.int64(row[sample])
                count[3 * (state - lowest) + state - past[sample] + 1] += 1


@compiled
def count_equal(levels: Levels, rows: Rows, wanted: Levels) -> int:
    """How many states at the end of steps are those wanted, [unit, step, sample]."""
    count = 0
    for unit in range(levels.shape[0]):
        for step in range(rows.rows.size):
            row = levels[unit, rows.rows[step], rows.first[step] :]
            other = wanted[unit, step, rows.first[step] :]
            for sample in range(row.size):
                count += row[sample] == other[sample]
    return count


@compiled
def add_means(lines: Floats, rows: Rows, shares: Floats, means: Floats) -> None:
    """Means of the currents of lines over steps.

    Args:
        lines: [line, row, sample].
        rows: where they are read, one a step.
        shares: of one step in a mean, [sample].
        means: to add to, [line, sample].
    """
    for line in range(lines.shape[0]):
        for step in range(rows.rows.size):
            start = rows.first[step]
            row, mean = lines[line, rows.rows[step], start:], means[line, start:]
            share = shares[start:]
            for sample in range(row.size):
                mean[sample] += row[sample] * share[sample]
