"""The lines of one chip compiled with numba: from what units drive to what mirrors copy.

The same as on arrays in `hwsim.engines.signal_lines` and `hwsim.engines.rows`. Arrays are
[unit, row, sample] or [line, row, sample]; rows are the moments of all steps in their order. Every
loop is a plain one, along the samples of a row where it follows time, of which only those from
``first[row]`` on have not ended, else along spans of many rows
(`hwsim.engines.step_block.Rows`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.compiled import compiled, within
from hwsim.engines.compiled_exponentials import exponential_less_one, logarithm
from hwsim.engines.line_dynamics import LEAST
from hwsim.engines.row_numbers import HALF_WAY

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@compiled
def drive(signed: Floats, bias: Floats, spans: Integers, lines: Floats) -> None:
    """Drives of the lines of units: `hwsim.engines.line_drives`.

    Args:
        signed: what each unit drives, but for its bias, [unit, row, sample].
        bias: [unit].
        spans: of places that have not ended, [span, 2].
        lines: for the results, [line, row, sample].
    """
    units = signed.shape[0]
    for unit in range(units):
        for span in spans:
            current = within(signed[unit], span)
            plus = within(lines[unit], span)
            for place in range(current.size):
                plus[place] = max(current[place] + bias[unit], 0.0)
            if lines.shape[0] == 2 * units:
                minus = within(lines[units + unit], span)
                for place in range(current.size):
                    minus[place] = plus[place] - (current[place] + bias[unit])


@compiled
def raise_to(lines: Floats, added: Floats, least: Floats, spans: Integers) -> None:
    """Add what keeps lines alive and what leaks, in place.

    Args:
        lines: drives, [line, row, sample].
        added: [line].
        least: below which no line falls, [line].
        spans: of places that have not ended, [span, 2].
    """
    for line in range(lines.shape[0]):
        for span in spans:
            current = within(lines[line], span)
            for place in range(current.size):
                current[place] = max(current[place] + added[line], least[line])


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
def bend(lines: Floats, full: float, bends: Floats, spans: Integers) -> None:
    """Currents of lines become what mirrors copy, in place: `hwsim.engines.line_dynamics.bent`.

    Args:
        lines: [line, row, sample].
        full: current at which the gain was measured.
        bends: [line].
        spans: of places that have not ended, [span, 2].
    """
    exponents = np.empty(lines[0].size)
    for line in range(lines.shape[0]):
        for span in spans:
            current = within(lines[line], span)
            # Both functions in one loop want more registers than there are.
            for place in range(current.size):
                exponents[place] = logarithm(max(current[place], LEAST) / full)
            for place in range(current.size):
                factor = exponential_less_one(-bends[line] * exponents[place])
                current[place] = current[place] * (1.0 + factor)


@compiled
def settle_nodes(
    sides: Floats,
    bias: Floats,
    slopes: tuple[float, float],
    node: tuple[float, float],
    spans: Integers,
) -> None:
    """Sum currents of sources and sinks whose gains follow their node (`hwsim.engines.rows`).

    Args:
        sides: sources, then sinks, without their biases, [2 unit, row, sample]; the sums take
            the place of the sources.
        bias: [2 unit].
        slopes: relative change of a source's and a sink's gain per V.
        node: voltage of the node where the current is small, V, and what it gains towards large
            ones.
        spans: of places that have not ended, [span, 2].
    """
    units = sides.shape[0] // 2
    for unit in range(units):
        for span in spans:
            push = within(sides[unit], span)
            pull = within(sides[units + unit], span)
            for place in range(push.size):
                source = push[place] + bias[unit]
                sink = pull[place] + bias[units + unit]
                net = source - sink
                voltage = node[0] + node[1] * net / (abs(net) + HALF_WAY)
                push[place] = net + voltage * (slopes[0] * source - slopes[1] * sink)


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
