"""Figures of a hysteretic comparator over time: how fast it switches, whether it keeps a state."""

from __future__ import annotations

import numpy as np

from hwsim.characterization.bench import Bench, current_source
from hwsim.characterization.comparator import cell_lines, state_node
from hwsim.characterization.experiment import Experiment, Findings, crossing, integral
from hwsim.characterization.point import Point
from hwsim.circuits.instance import number
from hwsim.spice import Result

HOLD = 10.0
"""Time for which both states must be kept, s."""

LARGEST_CHARGE = 2e-12
"""Charge within which a switch must come, C."""


def switch_experiment(bench: Bench, point: Point, overdrive: float, *, rising: bool) -> Experiment:
    """Switching after a step of the candidate, out of zero or out of 1.5 thresholds."""
    high = bench.asked("threshold", point)
    low = high - bench.asked("width", point)
    excess = overdrive * (high if rising else low)
    start = 1e-6 * 5e3 * 1e-9 / point.unit_current
    stop = start + LARGEST_CHARGE / excess
    first, last = (0.0, high + excess) if rising else (1.5 * high, low - excess)
    name = "rise" if rising else "fall"
    node = state_node(bench)
    supply = point.supply_voltage
    lines = [
        *cell_lines(bench, point),
        current_source("in", "sum", [(0, first), (start, first), (start + 1e-6, last)]),
        f".ic v({node})={0 if rising else number(supply)}",
        f".save v({node}) i(vcell)",
        f".tran {number(stop / 1000)} {number(stop)} 0 {number(stop / 1000)}",
    ]

    def read(result: Result) -> Findings:
        time = result.vector("time")
        moment = crossing(time, result.vector(f"v({node})"), supply / 2, start, rising=rising)
        if not np.isfinite(moment):
            reason = f"the state has not switched {number(stop - start)} s after the candidate"
            return Findings(absent={f"{name}_charge": reason, f"energy_{name}": reason})
        current = -result.vector("i(vcell)")
        energy = supply * integral(time, current, start, moment)
        figures = {f"{name}_charge": (moment - start) * excess, f"energy_{name}": energy}
        return Findings(figures, curves={f"time_{name}_{overdrive:g}": (moment - start,)})

    figures = (f"{name}_charge", f"energy_{name}")
    return Experiment(bench.deck(point, lines), figures, read, ("tran",), stop)


def sequence_experiment(bench: Bench, point: Point) -> Experiment:
    """Off between the thresholds, set, still set between them, cleared, still clear."""
    high = bench.asked("threshold", point)
    low = high - bench.asked("width", point)
    middle = (high + low) / 2
    candidates = (middle, 1.3 * high, middle, 0.6 * low, middle)
    expected = (False, True, True, False, False)
    step = 2e-2 * 1e-9 / point.unit_current
    points = [(0.0, 0.0)]
    for index, candidate in enumerate(candidates):
        points += [(index * step, points[-1][1]), (index * step + step / 250, candidate)]
    stop = len(candidates) * step
    node = state_node(bench)
    lines = [
        *cell_lines(bench, point),
        current_source("in", "sum", points),
        f".ic v({node})=0",
        f".save v({node})",
        f".tran {number(step / 100)} {number(stop)} 0 {number(step / 100)}",
    ]

    def read(result: Result) -> Findings:
        ends = (np.arange(len(candidates)) + 0.98) * step
        state = np.interp(ends, result.vector("time"), result.vector(f"v({node})"))
        right = (state > point.supply_voltage / 2) == np.array(expected)
        return Findings({"function": float(right.mean())})

    return Experiment(bench.deck(point, lines), ("function",), read, ("tran",), stop)


def retention_experiment(bench: Bench, point: Point, *, is_set: bool) -> Experiment:
    """A state held for ten seconds with a candidate between the thresholds."""
    high = bench.asked("threshold", point)
    middle = high - bench.asked("width", point) / 2
    node = state_node(bench)
    lines = [
        *cell_lines(bench, point),
        current_source("in", "sum", [(0, middle), (HOLD, middle)]),
        f".ic v({node})={number(point.supply_voltage) if is_set else 0}",
        f".save v({node})",
        f".tran {HOLD / 100:g} {HOLD:g} 0 {HOLD / 50:g}",
    ]

    def read(result: Result) -> Findings:
        if (result.vector(f"v({node})")[-1] > point.supply_voltage / 2) == is_set:
            return Findings({"retention": HOLD})
        state = "set" if is_set else "clear"
        return Findings(absent={"retention": f"the state '{state}' is lost in {HOLD:g} s"})

    return Experiment(bench.deck(point, lines), ("retention",), read, ("tran",), HOLD)
