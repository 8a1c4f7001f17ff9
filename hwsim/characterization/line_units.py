"""Figures of units without a state: the splitter and the rectifier, and the lines they drive."""

from __future__ import annotations

import numpy as np

from hwsim.characterization.bench import Bench, current_source
from hwsim.characterization.experiment import Experiment, Findings, crossing
from hwsim.characterization.point import Point
from hwsim.circuits.instance import number
from hwsim.spice import Result

LARGEST_CHARGE = 5e-12
"""Charge within which a line must follow, C."""


def _lines(bench: Bench, point: Point) -> list[str]:
    """The unit with a copy of each of its lines; its input is the node ``sum``."""
    units = int(bench.settings["units"])
    roles = {"sum": "sum", "plus_n": "plus_n", "minus_p": "minus_p"}
    lines = [bench.half(point)]
    if bench.template.kind == "relu":
        roles["plus_n"] = "sum"
    else:
        copy = bench.mirrors.output("minus_copy", "p", "minus_p", "minus_copied", units)
        lines += [copy, "Vminus minus_copied half 0"]
    return [
        *lines,
        bench.mirrors.output("plus_copy", "n", roles["plus_n"], "plus_copied", units),
        "Vplus plus_copied half 0",
        bench.cell(roles, {"units": float(units)}),
    ]


def splitter_static(bench: Bench, point: Point) -> Experiment:
    """A negative input, none, and a positive one of a unit current."""
    unit = number(point.unit_current)
    lines = [*_lines(bench, point), "Iin 0 sum 0", f".dc Iin -{unit} {unit} {unit}"]

    def read(result: Result) -> Findings:
        plus = np.abs(result.vector("i(vplus)", "dc"))
        minus = np.abs(result.vector("i(vminus)", "dc"))
        volts = result.vector("v(sum)", "dc")
        figures = {
            "gain_plus": plus[2] / point.unit_current,
            "gain_minus": minus[0] / point.unit_current,
            "rest_current": max(plus[1], minus[1]),
            "leak_current": max(plus[0], minus[2]),
            "swing": volts[2] - volts[0],
            "supply_rest": -result.vector("i(vcell)", "dc")[1],
        }
        return Findings({name: float(value) for name, value in figures.items()})

    figures = ("gain_plus", "gain_minus", "rest_current", "leak_current", "swing", "supply_rest")
    return Experiment(bench.deck(point, lines), figures, read)


def relu_static(bench: Bench, point: Point) -> Experiment:
    """No input, and a positive one of a unit current."""
    unit = number(point.unit_current)
    lines = [*_lines(bench, point), "Iin 0 sum 0", f".dc Iin 0 {unit} {unit}"]

    def read(result: Result) -> Findings:
        plus = np.abs(result.vector("i(vplus)", "dc"))
        gain = float(plus[1]) / point.unit_current
        return Findings({"gain": gain, "off_current": float(plus[0])})

    return Experiment(bench.deck(point, lines), ("gain", "off_current"), read)


def follow_experiment(bench: Bench, point: Point) -> Experiment:
    """From minus to plus a unit current, or from nothing where nothing flows out of the unit."""
    is_relu = bench.template.kind == "relu"
    name = "rise_charge" if is_relu else "crossing_charge"
    unit = point.unit_current
    start = 1e-5
    stop = start + LARGEST_CHARGE / unit
    first = 0.0 if is_relu else -unit
    lines = [
        *_lines(bench, point),
        current_source("in", "sum", [(0, first), (start, first), (start + 1e-6, unit)]),
        ".save i(vplus)",
        f".tran {number(stop / 1000)} {number(stop)} 0 {number(stop / 1000)}",
    ]

    def read(result: Result) -> Findings:
        time, plus = result.vector("time"), np.abs(result.vector("i(vplus)"))
        moment = crossing(time, plus, unit / 2, start, rising=True)
        if not np.isfinite(moment):
            return Findings(absent={name: f"the line has not followed after {number(stop)} s"})
        return Findings({name: (moment - start) * unit})

    return Experiment(bench.deck(point, lines), (name,), read, ("tran",), stop)


def noise_experiment(bench: Bench, point: Point) -> Experiment:
    """Noise of the copied positive line, referred to an input of a unit current."""
    lines = [
        *_lines(bench, point),
        f"Iin 0 sum dc {number(point.unit_current)} ac 1",
        "Hnoise noise 0 Vplus 1",
        ".noise v(noise) Iin dec 10 1 1k",
    ]

    def read(result: Result) -> Findings:
        return Findings({"input_noise": float(result.vector("inoise_total", "noise2")[0])})

    return Experiment(bench.deck(point, lines), ("input_noise",), read, ("noise", "noise2"))
