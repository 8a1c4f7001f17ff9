"""The lines of one chip compiled with numba: from what units drive to what mirrors copy.

The same as on arrays in `hwsim.engines.signal_lines` and `hwsim.engines.rows`. Arrays are
[unit, row, sample] or [line, row, sample]; rows are the moments of all steps in their order. Every
loop is a plain one along the samples of a row, of which only those from ``first[row]`` on have not
ended.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.compiled import compiled
from hwsim.engines.compiled_exponentials import exponential_less_one, logarithm
from hwsim.engines.line_dynamics import LEAST
from hwsim.engines.row_numbers import HALF_WAY

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@compiled
def drive(signed: Floats, bias: Floats, first: Integers, lines: Floats) -> None:
    """Drives of the lines of units: `hwsim.engines.line_drives`.

    Args:
        signed: what each unit drives, but for its bias, [unit, row, sample].
        bias: [unit].
        first: sample from which on none has ended, [row].
        lines: for the results, [line, row, sample].
    """
    units, rows, _ = signed.shape
    for unit in range(units):
        for row in range(rows):
            current, plus = signed[unit, row, first[row] :], lines[unit, row, first[row] :]
            for sample in range(current.size):
                plus[sample] = max(current[sample] + bias[unit], 0.0)
            if lines.shape[0] == 2 * units:
                minus = lines[units + unit, row, first[row] :]
                for sample in range(current.size):
                    minus[sample] = plus[sample] - (current[sample] + bias[unit])


@compiled
def raise_to(lines: Floats, added: Floats, least: Floats, first: Integers) -> None:
    """Add what keeps lines alive and what leaks, in place.

    Args:
        lines: drives, [line, row, sample].
        added: [line].
        least: below which no line falls, [line].
        first: sample from which on none has ended, [row].
    """
    for line in range(lines.shape[0]):
        for row in range(lines.shape[1]):
            current = lines[line, row, first[row] :]
            for sample in range(current.size):
                current[sample] = max(current[sample] + added[line], least[line])


@compiled
def follow(lines: Floats, rates: Floats, current: Floats, first: Integers) -> None:
    """Drives become the currents that follow them, in place: `hwsim.engines.line_dynamics.follow`.

    Args:
        lines: drives, none below the least, [line, row, sample].
        rates: time from the moment before over the charge, [moment, line].
        current: before, none below the least; afterwards that of the last row, [line, sample].
        first: sample from which on none has ended, [row].
    """
    moments = rates.shape[0]
    for line in range(lines.shape[0]):
        for row in range(lines.shape[1]):
            place, past = lines[line, row, first[row] :], current[line, first[row] :]
            rate = rates[row % moments, line]
            for sample in range(place.size):
                before, after = past[sample], place[sample]
                lost = exponential_less_one(-after * rate)
                place[sample] = after * before / (after + (after - before) * lost)
            past[:] = place


@compiled
def bend(lines: Floats, full: float, bends: Floats, first: Integers) -> None:
    """Currents of lines become what mirrors copy, in place: `hwsim.engines.line_dynamics.bent`.

    Args:
        lines: [line, row, sample].
        full: current at which the gain was measured.
        bends: [line].
        first: sample from which on none has ended, [row].
    """
    for line in range(lines.shape[0]):
        exponents = np.empty(lines.shape[2])
        for row in range(lines.shape[1]):
            current = lines[line, row, first[row] :]
            # Both functions in one loop want more registers than there are.
            for sample in range(current.size):
                exponents[sample] = logarithm(max(current[sample], LEAST) / full)
            for sample in range(current.size):
                factor = exponential_less_one(-bends[line] * exponents[sample])
                current[sample] = current[sample] * (1.0 + factor)


@compiled
def settle_nodes(
    sides: Floats,
    bias: Floats,
    slopes: tuple[float, float],
    node: tuple[float, float],
    first: Integers,
) -> None:
    """Sum currents of sources and sinks whose gains follow their node (`hwsim.engines.rows`).

    Args:
        sides: sources, then sinks, without their biases, [2 unit, row, sample]; the sums take
            the place of the sources.
        bias: [2 unit].
        slopes: relative change of a source's and a sink's gain per V.
        node: voltage of the node where the current is small, V, and what it gains towards large
            ones.
        first: sample from which on none has ended, [row].
    """
    units = sides.shape[0] // 2
    for unit in range(units):
        for row in range(sides.shape[1]):
            push, pull = sides[unit, row, first[row] :], sides[units + unit, row, first[row] :]
            for sample in range(push.size):
                source = push[sample] + bias[unit]
                sink = pull[sample] + bias[units + unit]
                net = source - sink
                voltage = node[0] + node[1] * net / (abs(net) + HALF_WAY)
                push[sample] = net + voltage * (slopes[0] * source - slopes[1] * sink)


@compiled
def cross(total: Floats, times: Floats, charge: float, stored: Floats, first: Integers) -> None:
    """What flows on through splitters, in place: `hwsim.engines.line_dynamics.crossed`.

    Args:
        total: sum currents, [unit, row, sample].
        times: from the moment before, s, [moment].
        charge: of the swing, unit current s.
        stored: of it before; afterwards that of the last row, [unit, sample].
        first: sample from which on none has ended, [row].
    """
    for unit in range(total.shape[0]):
        for row in range(total.shape[1]):
            place, held = total[unit, row, first[row] :], stored[unit, first[row] :]
            time = times[row % times.size]
            for sample in range(place.size):
                current = place[sample]
                held[sample] = min(max(held[sample] + current * time, 0.0), charge)
                full = held[sample] >= charge if current > 0.0 else held[sample] <= 0.0
                place[sample] = current if full else 0.0
