"""Figures of a hysteretic comparator (FQ-BMRU): its loop as one curve, and what it does in time."""

from __future__ import annotations

import numpy as np

from hwsim.characterization.bench import LINE_UNITS, SERVO_GAIN, Bench, current_source
from hwsim.characterization.experiment import (
    Experiment,
    Findings,
    Floats,
    crossing,
    integral,
    sweep_of,
)
from hwsim.characterization.point import Point
from hwsim.circuits.instance import number
from hwsim.spice import Result

HOLD = 10.0
"""Time for which both states must be kept, s."""

LARGEST_CHARGE = 2e-12
"""Charge within which a switch must come, C."""

CURVE_POINTS = 241
"""State voltages at which the loop is traced."""

LEAST_WIDTH = 0.02
"""Of the asked width, below which a loop is none."""


def state_node(bench: Bench) -> str:
    """Vector of the state."""
    return f"xcell.{(bench.template.state_node or 'state').lower()}"


def cell_lines(bench: Bench, point: Point) -> list[str]:
    """The cell behind what a network gives it: a rectifier and a turned line, or the node itself.

    The candidate goes into the node ``sum``.
    """
    output, roles = bench.output_line("plus")
    lines = [bench.half(point), *output]
    ports = bench.template.subcircuits["unit"].ports.values()
    if "candidate_p" in ports:
        relu = dict.fromkeys(bench.templates["relu"].parameters, 1.0)
        lines += [
            bench.place("relu", "relu", {"plus_n": "sum"}, relu),
            *bench.mirrors.turn("candidate", "n", "sum", "candidate", 1),
        ]
        roles["candidate_p"] = "candidate"
    values = {f"{name}_units": bench.settings[name] for name in ("threshold", "width", "level")}
    cell = bench.cell({**roles, "sum": "sum"}, {**values, "units": float(LINE_UNITS)})
    return [*lines, cell]


def static_experiment(bench: Bench, point: Point) -> Experiment:
    """The whole loop in one sweep: a servo finds the candidate that holds each state voltage.

    The candidate as a function of the state is single-valued; where it falls the state is
    unstable. Its largest fall lies between the two thresholds, and no simulation has to follow a
    jump.
    """
    asked, gain = bench.asked("threshold", point), SERVO_GAIN * point.unit_current
    supply = point.supply_voltage
    drive = f"{number(asked)}+{number(gain)}*(v(wanted)-v({state_node(bench)}))"
    lines = [
        *cell_lines(bench, point),
        "Vwanted wanted 0 0",
        "Vmode mode 0 1",
        "Vcandidate servo sum 0",
        f"Bservo 0 servo I=v(mode)*({drive})",
        f".dc Vwanted 0 {number(supply)} {number(supply / (CURVE_POINTS - 1))}",
        ".dc Vmode 0 1 1",
    ]
    loop = ("threshold_high", "threshold_low", "width", "level", "supply_on")
    figures = (*loop, "off_current", "supply_off")

    def read(result: Result) -> Findings:
        rest = sweep_of(result, "mode")
        off = {
            "off_current": abs(float(result.vector("i(vline_plus)", rest)[0])),
            "supply_off": -float(result.vector("i(vcell)", rest)[0]),
        }
        return Findings(off) | _loop(bench, point, result)

    return Experiment(bench.deck(point, lines), figures, read, ("dc", "dc2"))


def _loop(bench: Bench, point: Point, result: Result) -> Findings:
    """Thresholds, level and supply current of the upper branch from the traced loop."""
    plot = sweep_of(result, "wanted")
    candidate = result.vector("i(vcandidate)", plot)
    state = result.vector(f"v({state_node(bench)})", plot)
    high = bench.asked("threshold", point)
    width = bench.asked("width", point)
    low = high - width
    up, down = largest_fall(candidate)
    curves = {
        "loop_candidate": tuple(float(value) for value in candidate[::4] / high),
        "loop_state": tuple(float(value) for value in state[::4]),
    }
    drop = candidate[up] - candidate[down]
    if drop < LEAST_WIDTH * width or not _swings(state, point):
        reason = "never switches: no candidate makes the state fall or rise by itself"
        names = ("threshold_high", "threshold_low", "width", "level", "supply_on")
        return Findings(absent=dict.fromkeys(names, reason), curves=curves)
    rising, falling = _extremum(state, candidate, up), _extremum(state, candidate, down)
    middle = (rising + falling) / 2
    branch = candidate[down:]
    at = int(np.argmax(branch >= middle)) + down
    part = slice(max(at - 1, down), at + 1)
    output = np.abs(result.vector("i(vline_plus)", plot))
    supply = -result.vector("i(vcell)", plot)
    figures = {
        "threshold_high": rising / high,
        "threshold_low": falling / low,
        "width": (rising - falling) / width,
        "level": float(np.interp(middle, candidate[part], output[part]))
        / bench.asked("level", point),
        "supply_on": float(np.interp(middle, candidate[part], supply[part])),
    }
    return Findings(figures, curves=curves)


def _swings(state: Floats, point: Point) -> bool:
    """Whether the servo could bring the state from one rail to the other."""
    return bool(state.min() < 0.2 * point.supply_voltage < 0.8 * point.supply_voltage < state.max())


def largest_fall(values: Floats) -> tuple[int, int]:
    """Indices between which samples fall most, the first before the second."""
    peaks = np.maximum.accumulate(values)
    down = int(np.argmax(peaks - values))
    return int(np.argmax(values[: down + 1])), down


def _extremum(x: Floats, y: Floats, index: int) -> float:
    """Value of a parabola through three samples at its vertex."""
    if not 0 < index < len(y) - 1:
        return float(y[index])
    a, b, c = np.polyfit(x[index - 1 : index + 2] - x[index], y[index - 1 : index + 2], 2)
    return float(c - b * b / (4 * a)) if a != 0 else float(c)


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


def noise_experiment(bench: Bench, point: Point) -> Experiment:
    """Input-referred noise with the state half-way up, held there by a servo."""
    asked, gain = bench.asked("threshold", point), SERVO_GAIN * point.unit_current
    node = state_node(bench)
    half = number(point.supply_voltage / 4)
    lines = [
        *cell_lines(bench, point),
        "Icandidate 0 sum dc 0 ac 1",
        f"Bservo 0 sum I={number(asked)}+{number(gain)}*({half}-v({node}))",
        f".noise v({node}) Icandidate dec 10 1 1k",
    ]

    def read(result: Result) -> Findings:
        return Findings({"candidate_noise": float(result.vector("inoise_total", "noise2")[0])})

    return Experiment(bench.deck(point, lines), ("candidate_noise",), read, ("noise", "noise2"))


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
