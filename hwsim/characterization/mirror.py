"""Figures of mirrors: how far a copied current is off, what it adds, how a line dies.

A source and a sink stand in decks of their own, so that an edit of one leaves the other's figures
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from hwsim.characterization.bench import CELL_SUPPLY, Bench, current_source
from hwsim.characterization.experiment import Experiment, Findings, Floats
from hwsim.characterization.point import Point
from hwsim.circuits.instance import number
from hwsim.spice import Result

Side = Literal["source", "sink"]

PLACES: Mapping[Side, Mapping[str, str]] = {
    "source": {"source": "xsource", "diode_p": "xdiode_p"},
    "sink": {"sink": "xsink", "diode_n": "xdiode_n"},
}
"""Key of a subcircuit of the template -> its instance in the deck of a side."""

_POLARITY: Mapping[Side, str] = {"source": "p", "sink": "n"}

TAIL_DRIVE = 8.0
"""Unit currents on a line before it dies: far above what leaks when hot, still weak inversion."""

TAIL_DIODE = 32
"""Unit transistors in the diode of such a line."""

TAIL_MIRRORS = (32, 96)
"""Unit transistors that hang on it: two lines, so that the diode's part is told from theirs."""

TAIL_PART = (0.1, 0.5)
"""Of the first current, between which a dying line is looked at."""

LARGEST_TAIL = 4e-15
"""Tail charge of a unit transistor for which a run is long enough, C."""

LARGEST_RESIDUAL = 0.1
"""Relative distance of a dying line from its ``charge / time``, beyond which it is no such tail."""


def _line(
    bench: Bench, side: Side, units: tuple[float, float], node: str, names: tuple[str, str]
) -> list[str]:
    """A diode and a mirror on a line.

    Args:
        bench: places them.
        side: which of the two mirrors.
        units: unit transistors of the diode and of the mirror.
        node: the line; the mirror ends at the node of its own name.
        names: of the two instances, the diode's first.
    """
    polarity = _POLARITY[side]
    role = f"line_{polarity}"
    shared = {"vdd": CELL_SUPPLY, role: node}
    diode, mirror = (dict.fromkeys(bench.template.parameters, each) for each in units)
    return [
        bench.place(names[0], "mirror", shared, diode, f"diode_{polarity}"),
        bench.place(names[1], "mirror", {**shared, "node": names[1]}, mirror, side),
    ]


def _mirror(bench: Bench, point: Point, side: Side) -> list[str]:
    """One side on a diode that carries the ideal unit current; its output goes to ``half``."""
    line = f"line_{_POLARITY[side]}"
    ends = f"{line} 0" if side == "source" else f"0 {line}"
    units = (bench.settings["reference_units"], bench.settings["units"])
    return [
        f"I{side} {ends} {number(point.unit_current)}",
        *_line(bench, side, units, line, (f"diode_{_POLARITY[side]}", side)),
        f"V{side} {side} half 0",
    ]


def static_experiment(bench: Bench, point: Point, side: Side) -> Experiment:
    """The gain with the output at half the supply, and over the middle half of it."""
    supply = point.supply_voltage
    low, high = number(supply / 4), number(3 * supply / 4)
    lines = [
        *_mirror(bench, point, side),
        bench.half(point),
        f".dc Vhalf {low} {high} {number(supply / 40)}",
    ]

    def read(result: Result) -> Findings:
        gain = np.abs(result.vector(f"i(v{side})", "dc")) / bench.asked("units", point)
        middle = float(gain[len(gain) // 2])
        figures = {
            f"gain_{side}": middle,
            f"slope_{side}": float(gain.max() - gain.min()) / middle,
        }
        voltages = tuple(float(volts) for volts in result.vector("v(half)", "dc"))
        gains = tuple(float(value) for value in gain)
        return Findings(figures, curves={"output_voltage": voltages, f"gain_{side}": gains})

    return Experiment(bench.deck(point, lines), (f"gain_{side}", f"slope_{side}"), read)


def noise_experiment(bench: Bench, point: Point, side: Side) -> Experiment:
    """Noise of an output current, through a resistor of one ohm that only noise flows through."""
    lines = [
        *_mirror(bench, point, side),
        bench.half(point),
        f"Hnoise noise 0 V{side} 1",
        "Vdrive driven 0 dc 0 ac 1",
        ".noise v(noise) Vdrive dec 10 1 1k",
    ]

    def read(result: Result) -> Findings:
        return Findings({f"noise_{side}": float(result.vector("onoise_total", "noise2")[0])})

    return Experiment(bench.deck(point, lines), (f"noise_{side}",), read, ("noise", "noise2"))


def tail_experiment(bench: Bench, point: Point, side: Side) -> Experiment:
    """Two lines whose drive ends: each dies as its charge over the time.

    In weak inversion ``dI/dt = -I^2 / Q``, ``Q = C n Ut``: ``1 / I`` is a line of slope ``1 / Q``.
    """
    first = TAIL_DRIVE * point.unit_current
    into = first if side == "sink" else -first
    largest = LARGEST_TAIL * (TAIL_DIODE + max(TAIL_MIRRORS))
    start = 1e-3 * largest / first
    stop = start + largest / (TAIL_PART[0] * first)
    step = number(stop / 1000)
    lines = [bench.half(point)]
    for index, mirrors in enumerate(TAIL_MIRRORS):
        drive = [(0.0, into), (start, into), (start + (stop - start) / 1e5, 0.0)]
        names = (f"diode{index}", f"out{index}")
        lines += [
            current_source(f"drive{index}", f"line{index}", drive),
            *_line(bench, side, (TAIL_DIODE, mirrors), f"line{index}", names),
            f"Vout{index} out{index} half 0",
        ]
    saved = " ".join(f"i(vout{index})" for index in range(len(TAIL_MIRRORS)))
    lines += [f".save {saved}", f".tran {step} {number(stop)} 0 {step}"]
    names = (f"tail_charge_{side}", f"tail_charge_diode_{side}")

    def read(result: Result) -> Findings:
        time = result.vector("time") - start
        charges = []
        for index, mirrors in enumerate(TAIL_MIRRORS):
            copied = np.abs(result.vector(f"i(vout{index})"))
            charge, residual = tail_charge(time, copied * TAIL_DIODE / mirrors)
            if not residual < LARGEST_RESIDUAL:
                reason = f"a line of {mirrors} mirrors does not die as a charge over the time"
                return Findings(absent=dict.fromkeys(names, reason))
            charges.append(charge)
        few, many = TAIL_MIRRORS
        unit = (charges[1] - charges[0]) / (many - few)
        diode = (charges[0] - few * unit) / TAIL_DIODE
        return Findings({names[0]: unit, names[1]: diode - unit})

    return Experiment(bench.deck(point, lines), names, read, ("tran",), stop)


def tail_charge(time: Floats, current: Floats) -> tuple[float, float]:
    """Charge of a dying line.

    Args:
        time: s, since the drive ended.
        current: of the line, A.

    Returns:
        The charge, C, and the largest relative distance of ``1 / I`` from a straight line; NaN
        where the line does not die within the time.
    """
    first = current[time < 0][-1]
    low, high = TAIL_PART
    inside = (time > 0) & (current > low * first) & (current < high * first)
    if np.count_nonzero(inside) < 5 or current[-1] > low * first:
        return float("nan"), float("nan")
    x, y = time[inside], 1 / current[inside]
    slope, start = np.polyfit(x, y, 1)
    residual = np.max(np.abs(slope * x + start - y) / y)
    return float(1 / slope), float(residual)
