"""Static figures of a hysteretic comparator (FQ-BMRU): its loop as one curve, leakage, noise."""

from __future__ import annotations

import numpy as np

from hwsim.characterization.bench import LINE_UNITS, SERVO_GAIN, Bench
from hwsim.characterization.experiment import Experiment, Findings, Floats, sweep_of
from hwsim.characterization.point import Point
from hwsim.circuits.instance import number
from hwsim.spice import Result

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
    rising, falling = vertex(state, candidate, up), vertex(state, candidate, down)
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


def vertex(x: Floats, y: Floats, index: int) -> float:
    """Value of the parabola through a sample and its neighbours at its vertex.

    Args:
        x: rising abscissae, as far as they are told apart.
        y: samples.
        index: of the highest or the lowest sample.

    Returns:
        The sample itself at an end, on a plateau, and where neighbours share their abscissa: a
        servo that a node does not follow leaves such samples.
    """
    if not 0 < index < len(y) - 1:
        return float(y[index])
    before, after = x[index] - x[index - 1], x[index + 1] - x[index]
    if before <= 0 or after <= 0:
        return float(y[index])
    left, right = (y[index] - y[index - 1]) / before, (y[index + 1] - y[index]) / after
    curvature = (right - left) / (before + after)
    slope = left + curvature * before
    return float(y[index] - slope**2 / (4 * curvature)) if curvature else float(y[index])


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
