"""Figures of a ladder over time: how fast it decides, whether it counts and keeps, its cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hwsim.characterization.bench import Bench, current_source
from hwsim.characterization.experiment import Experiment, Findings, Floats, crossing, integral
from hwsim.characterization.ladder import cell_lines, reset_stages, stages, state_node
from hwsim.characterization.point import Point
from hwsim.circuits import nodes
from hwsim.circuits.instance import number, wrapped
from hwsim.spice import Result

WRITE_AT = 0.6
"""Of a step, when `clock_two_phase` begins to write."""

POINTS = 60
"""Time points of a step at least. With 20 a ladder moved by four in one of 46 points of the grid,
on gf180mcuD at fs and 1.08 V, and by one with 40: latches flip together in a time step too long."""

LARGEST_CHARGE = 1e-12
"""Charge within which a decision must come, C; shipped circuits need a twentieth of it."""

HOLD = 10.0
"""Time for which levels must be kept, s."""


def step_time(point: Point) -> float:
    """Step time that goes with a unit current, s."""
    return 5e-3 * 1e-9 / point.unit_current


def decision_experiment(
    bench: Bench, point: Point, sign: int, overdrive: float = 1.0
) -> Experiment | None:
    """Time from a candidate to the strobe that it lets through, the clock held at the write."""
    name = "up" if sign > 0 else "down"
    node = bench.probes.get(name)
    if node is None:
        return None
    asked = bench.asked("threshold", point)
    start, ramp, supply = 1e-5, 1e-7, number(point.supply_voltage)
    stop = start + LARGEST_CHARGE / (overdrive * asked)
    last = sign * (1 + overdrive) * asked
    clocks = {"phi1": "vss", "phi1b": "vdd", "phi2": "vdd", "phi2b": "vss"}
    lines = [
        *cell_lines(bench, point, clocks),
        f"Vreset reset 0 pwl(0 {supply} 1u {supply} 2u 0)",
        current_source("candidate", "candidate", [(0, 0), (start, 0), (start + ramp, last)]),
        f".save v(xcell.{node.lower()})",
        f".tran {number(stop / 150)} {number(stop)} 0 {number(stop / 150)}",
    ]

    def read(result: Result) -> Findings:
        probe = result.vector(f"v(xcell.{node.lower()})")
        moment = crossing(
            result.vector("time"), probe, point.supply_voltage / 2, start, rising=True
        )
        charge = (moment - start - ramp / 2) * overdrive * asked
        if not np.isfinite(charge):
            reason = f"'{node}' has not risen after {number(stop)} s"
            return Findings(absent={f"decision_charge_{name}": reason})
        curve = {f"time_{name}_{overdrive:g}": (float(charge) / (overdrive * asked),)}
        return Findings({f"decision_charge_{name}": float(charge)}, curves=curve)

    return Experiment(bench.deck(point, lines), (f"decision_charge_{name}",), read, ("tran",), stop)


def asked_steps(bench: Bench) -> list[int]:
    """Steps that reach both ends, push against both, rest between, and come back."""
    top = stages(bench) - reset_stages(bench)
    return [*[1] * (top + 1), 0, *[-1] * (stages(bench) + 1), 0, 1]


def expected_codes(bench: Bench) -> list[int]:
    """Number of set latches after each of the asked steps."""
    code, codes = reset_stages(bench), []
    for step in asked_steps(bench):
        code = max(0, min(stages(bench), code + step))
        codes.append(code)
    return codes


def sequence_experiment(bench: Bench, point: Point) -> Experiment:
    """A clocked sequence with candidates of 0 and plus or minus 1.5 thresholds."""
    step = step_time(point)
    steps = asked_steps(bench)
    points = [(0.0, 0.0)]
    for index, asked in enumerate(steps):
        current = 1.5 * asked * bench.asked("threshold", point)
        points += [(index * step, points[-1][1]), (index * step + step / 250, current)]
    known = {"supply_voltage": point.supply_voltage, "step": step, "write_time": WRITE_AT * step}
    clock = bench.templates["clock"].parameters
    stop = len(steps) * step
    latches = [state_node(bench, stage) for stage in range(1, stages(bench) + 1)]
    saved = ["i(vcell)", *(f"v({latch})" for latch in latches)]
    saved += [f"i(vmeter_{name})" for name in nodes.CLOCK_ROLES]
    lines = [
        bench.place("clock", "clock", {}, {name: known[what] for name, what in clock.items()}),
        *(f"Vmeter_{name} {name} cell_{name} 0" for name in nodes.CLOCK_ROLES),
        *cell_lines(bench, point, {name: f"cell_{name}" for name in nodes.CLOCK_ROLES}),
        current_source("candidate", "candidate", points),
        wrapped([".save", *saved]),
        f".tran {number(step / POINTS)} {number(stop)} 0 {number(step / POINTS)}",
    ]

    def read(result: Result) -> Findings:
        return _function(bench, point, result, latches) | _energies(bench, point, result)

    figures = ("function", "energy_transition", "energy_clock")
    return Experiment(bench.deck(point, lines), figures, read, ("tran",), stop)


def _function(bench: Bench, point: Point, result: Result, latches: Sequence[str]) -> Findings:
    codes = expected_codes(bench)
    ends = (np.arange(len(codes)) + 0.985) * step_time(point)
    time = result.vector("time")
    volts = np.stack([np.interp(ends, time, result.vector(f"v({latch})")) for latch in latches])
    is_set = volts > point.supply_voltage / 2
    # A code that is not a thermometer is no level, whatever it sums to.
    expected = np.arange(1, len(latches) + 1)[:, None] <= np.array(codes)
    right = np.all(is_set == expected, axis=0)
    sums = tuple(float(total) for total in is_set.sum(axis=0) - reset_stages(bench))
    return Findings({"function": float(right.mean())}, curves={"levels": sums})


def _energies(bench: Bench, point: Point, result: Result) -> Findings:
    """Energy of a write with a step and of one without, beyond the static currents around it."""
    step, supply = step_time(point), point.supply_voltage
    time, current = result.vector("time"), -result.vector("i(vcell)")
    # A driver takes the charge of a line from the supply each time the line rises.
    clock_current: Floats = np.zeros(len(time))
    for name in nodes.CLOCK_ROLES:
        clock_current = clock_current + np.maximum(result.vector(f"i(vmeter_{name})"), 0.0)
    steps = asked_steps(bench)
    rest = steps.index(0)

    def switched(index: int) -> float:
        start = (index + WRITE_AT) * step - 1e-6
        stop = start + 1e-4
        before = float(np.interp(start, time, current))
        after = float(np.interp(stop, time, current))
        middle = (start + stop) / 2
        static = before * (middle - start) + after * (stop - middle)
        return supply * (integral(time, current, start, stop) - static)

    start = (rest + WRITE_AT) * step - 1e-6
    clocks = supply * integral(time, clock_current, start, start + 1e-4)
    still = switched(rest)
    return Findings({"energy_transition": switched(0) - still, "energy_clock": clocks + still})


def retention_experiment(bench: Bench, point: Point, code: int) -> Experiment:
    """A code held for ten seconds without a clock and without a candidate."""
    supply = number(point.supply_voltage)
    clocks = {"phi1": "vdd", "phi1b": "vss", "phi2": "vss", "phi2b": "vdd", "reset": "vss"}
    latches = [state_node(bench, stage) for stage in range(1, stages(bench) + 1)]
    lines = [
        *cell_lines(bench, point, clocks),
        "Icandidate 0 candidate 0",
        *(
            f".ic v({latch})={supply if stage <= code else 0}"
            for stage, latch in enumerate(latches, start=1)
        ),
        wrapped([".save", *(f"v({latch})" for latch in latches)]),
        f".tran {HOLD / 100:g} {HOLD:g} 0 {HOLD / 50:g}",
    ]

    def read(result: Result) -> Findings:
        last = [result.vector(f"v({latch})")[-1] > point.supply_voltage / 2 for latch in latches]
        if last == [stage <= code for stage in range(1, len(latches) + 1)]:
            return Findings({"retention": HOLD})
        return Findings(absent={"retention": f"a code of {code} set latches is lost in {HOLD:g} s"})

    return Experiment(bench.deck(point, lines), ("retention",), read, ("tran",), HOLD)
