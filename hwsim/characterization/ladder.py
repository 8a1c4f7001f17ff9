"""Static figures of a ladder (CMRU; BMRU, its case of one stage): trip points, levels, leakage."""

from __future__ import annotations

import numpy as np

from hwsim.characterization.bench import SERVO_GAIN, Bench
from hwsim.characterization.experiment import Experiment, Findings, Floats, sweep_of
from hwsim.characterization.point import Point
from hwsim.circuits.instance import number
from hwsim.spice import Result

FORCE = 100.0
"""Ohm, through which a latch is held in a state: a thousandth of what its transistors are."""

SETTLED = 0.05
"""Of the supply, by which a probe may miss half the supply at a trip point."""

STEPPING = ".options noopiter"
"""With open strobes Newton's method finds nothing from zero: a third of the time goes to trying."""


def stages(bench: Bench) -> int:
    """Number of latches."""
    return int(bench.settings["stages"])


def reset_stages(bench: Bench) -> int:
    """Latches that are set after reset."""
    return int(bench.settings["half_range"])


def state_node(bench: Bench, stage: int) -> str:
    """Node of a latch inside the cell, stages counted from 1."""
    return f"xcell.{(bench.template.state_node or 'q{stage}').format(stage=stage).lower()}"


def cell_lines(bench: Bench, point: Point, clocks: dict[str, str]) -> list[str]:
    """The cell with its level lines; its candidate is the node ``candidate``."""
    plus, plus_roles = bench.output_line("plus")
    minus, minus_roles = bench.output_line("minus")
    roles = {"sum": "candidate", "level_n": "level_n", **clocks, **plus_roles, **minus_roles}
    values = {"threshold_units": bench.settings["threshold"], "units": 1.0}
    values |= {"level_units": bench.settings["level"]}
    level = int(bench.settings["level"])
    return [
        bench.half(point),
        bench.mirrors.output("level_source", "p", "unit_p", "level_n", level),
        bench.mirrors.diode("level_diode", "n", "level_n", 1),
        *plus,
        *minus,
        bench.cell(roles, values),
    ]


def static_experiment(bench: Bench, point: Point) -> Experiment:
    """Trip points by a servo, levels and supply currents with the latches held in each code.

    Nothing moves, so transistors that only switch have no effect on these figures; what they do
    is looked at in `dynamic_ladder`.
    """
    names = [f"step_{stage}" for stage in range(1, stages(bench) + 1)]
    names += ["trip_up", "trip_down", "level", "off_current"]
    names += ["supply_rest", "supply_top", "supply_bottom"]
    lines = [
        *held_cell(bench, point),
        STEPPING,
        f".dc Vlevel 0 {stages(bench)} 1",
        *([".dc Vdecide -1 1 2"] if bench.probes else []),
    ]
    plots = ("dc", "dc2") if bench.probes else ("dc",)

    def read(result: Result) -> Findings:
        return _levels(bench, point, result) | _trips(bench, point, result)

    return Experiment(bench.deck(point, lines), tuple(names), read, plots)


def held_cell(bench: Bench, point: Point, decide: int = 0) -> list[str]:
    """A cell with its latches held, and a servo that finds its trip points.

    ``Vdecide`` 1 opens the strobes and drives the candidate to where ``up`` is at half the supply,
    -1 the same for ``down``; at 0 there is no candidate. ``Vlevel`` sets as many latches.
    """
    supply = number(point.supply_voltage)
    clocks = {"phi1": "vdd", "phi1b": "vss", "reset": "vss"}
    lines = [
        *cell_lines(bench, point, clocks),
        f"Vdecide decide 0 {decide}",
        f"Vlevel level 0 {reset_stages(bench)}",
        f"Bphi2 phi2 0 V={supply}*abs(v(decide))",
        f"Bphi2b phi2b 0 V={supply}*(1-abs(v(decide)))",
        "Vcandidate servo candidate 0",
        "Icandidate 0 servo dc 0 ac 1",
        f"Bservo 0 servo I={_servo(bench, point)}",
    ]
    for stage in range(1, stages(bench) + 1):
        lines += [
            f"Bhold{stage} hold{stage} 0 V={supply}*u(v(level)-{stage}+0.5)",
            f"Rhold{stage} hold{stage} {state_node(bench, stage)} {FORCE}",
        ]
    return lines


def _servo(bench: Bench, point: Point) -> str:
    """Candidate that brings the probes to half the supply."""
    terms = []
    for sign, name in ((1, "up"), (-1, "down")):
        node = bench.probes.get(name)
        if node is not None:
            asked, gain = bench.asked("threshold", point), SERVO_GAIN * point.unit_current
            error = f"({number(point.supply_voltage / 2)}-v(xcell.{node.lower()}))"
            drive = f"{number(asked)}+{number(gain)}*{error}"
            terms.append(f"u({sign}*v(decide)-0.5)*({sign})*({drive})")
    return "+".join(terms) or "0"


def _span(bench: Bench) -> int:
    """Levels between the lowest and the highest: a latch of two signed states has no 0."""
    return 2 if bench.template.reset_level < 0 and stages(bench) == 1 else stages(bench)


def _levels(bench: Bench, point: Point, result: Result) -> Findings:
    asked, plot = bench.asked("level", point), sweep_of(result, "level")
    plus = np.abs(result.vector("i(vline_plus)", plot))
    minus = np.abs(result.vector("i(vline_minus)", plot))
    supply = -result.vector("i(vcell)", plot)
    signed: Floats = plus - minus
    steps = np.diff(signed) / asked / (_span(bench) / stages(bench))
    rest = reset_stages(bench)
    figures = {f"step_{index + 1}": float(step) for index, step in enumerate(steps)}
    figures["level"] = float(steps.mean())
    figures["off_current"] = float(max(plus[0], minus[-1]))
    figures["supply_bottom"] = float(supply[0])
    figures["supply_rest"] = float(supply[rest])
    figures["supply_top"] = float(supply[-1])
    drawn = tuple(float(value) for value in signed / asked)
    return Findings(figures, curves={"level_currents": drawn})


def _trips(bench: Bench, point: Point, result: Result) -> Findings:
    found: dict[str, float] = {}
    absent: dict[str, str] = {}
    half = point.supply_voltage / 2
    plot = sweep_of(result, "decide") if bench.probes else ""
    for index, sign, name in ((1, 1, "up"), (0, -1, "down")):
        node = bench.probes.get(name)
        if node is None:
            absent[f"trip_{name}"] = f"template.yaml names no probe '{name}' under testbench"
            continue
        reached = float(result.vector(f"v(xcell.{node.lower()})", plot)[index])
        if abs(reached - half) > SETTLED * point.supply_voltage:
            absent[f"trip_{name}"] = f"no candidate switches the node '{node}'"
            continue
        candidate = float(result.vector("i(vcandidate)", plot)[index])
        found[f"trip_{name}"] = sign * candidate / bench.asked("threshold", point)
    return Findings(found, absent)


def noise_experiment(bench: Bench, point: Point) -> Experiment | None:
    """Input-referred noise at the trip point; a servo changes signal and noise alike."""
    node = bench.probes.get("up")
    if node is None:
        return None
    lines = [
        *held_cell(bench, point, decide=1),
        f".noise v(xcell.{node.lower()}) Icandidate dec 10 1 1k",
    ]

    def read(result: Result) -> Findings:
        return Findings({"candidate_noise": float(result.vector("inoise_total", "noise2")[0])})

    return Experiment(bench.deck(point, lines), ("candidate_noise",), read, ("noise", "noise2"))
