"""Figures of mirrors: how far a copied current is from the asked one, and what the output adds."""

from __future__ import annotations

import numpy as np

from hwsim.characterization.bench import CELL_SUPPLY, Bench
from hwsim.characterization.experiment import Experiment, Findings
from hwsim.characterization.point import Point
from hwsim.circuits.instance import number
from hwsim.spice import Result

PLACES = {"source": "xsource", "sink": "xsink", "diode_p": "xdiode_p", "diode_n": "xdiode_n"}
"""Key of a subcircuit of the template -> its instance in the deck."""

_SIDES = (("source", "p"), ("sink", "n"))


def _lines(bench: Bench, point: Point) -> list[str]:
    """A source and a sink, each on a diode that carries the ideal unit current."""
    units = dict.fromkeys(bench.template.parameters, bench.settings["units"])
    diode = dict.fromkeys(bench.template.parameters, bench.settings["reference_units"])
    rails = {"vdd": CELL_SUPPLY}
    lines = []
    for side, polarity in _SIDES:
        role = f"line_{polarity}"
        ends = f"{role} 0" if polarity == "p" else f"0 {role}"
        lines += [
            f"I{side} {ends} {number(point.unit_current)}",
            bench.place(
                f"diode_{polarity}", "mirror", {**rails, role: role}, diode, f"diode_{polarity}"
            ),
            bench.place(side, "mirror", {**rails, role: role, "node": side}, units, side),
            f"V{side} {side} half 0",
        ]
    return lines


def static_experiment(bench: Bench, point: Point) -> Experiment:
    """Both gains with the outputs at half the supply, and over the middle half of it."""
    supply = point.supply_voltage
    low, high = number(supply / 4), number(3 * supply / 4)
    lines = [
        *_lines(bench, point),
        f"Vhalf half 0 {number(supply / 2)}",
        f".dc Vhalf {low} {high} {number(supply / 40)}",
    ]

    def read(result: Result) -> Findings:
        figures: dict[str, float] = {}
        curves = {"output_voltage": tuple(float(v) for v in result.vector("v(half)", "dc"))}
        for side, _ in _SIDES:
            gain = np.abs(result.vector(f"i(v{side})", "dc")) / bench.asked("units", point)
            figures[f"gain_{side}"] = float(gain[len(gain) // 2])
            figures[f"slope_{side}"] = float((gain.max() - gain.min()) / gain[len(gain) // 2])
            curves[f"gain_{side}"] = tuple(float(value) for value in gain)
        return Findings(figures, curves=curves)

    figures = ("gain_source", "gain_sink", "slope_source", "slope_sink")
    return Experiment(bench.deck(point, lines), figures, read)


def noise_experiment(bench: Bench, point: Point, side: str) -> Experiment:
    """Noise of an output current, through a resistor of one ohm that only noise flows through."""
    lines = [
        *_lines(bench, point),
        f"Vhalf half 0 {number(point.supply_voltage / 2)}",
        f"Hnoise noise 0 V{side} 1",
        "Vdrive driven 0 dc 0 ac 1",
        ".noise v(noise) Vdrive dec 10 1 1k",
    ]

    def read(result: Result) -> Findings:
        return Findings({f"noise_{side}": float(result.vector("onoise_total", "noise2")[0])})

    return Experiment(bench.deck(point, lines), (f"noise_{side}",), read, ("noise", "noise2"))
