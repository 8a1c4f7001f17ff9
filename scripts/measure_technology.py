"""Measure the transistors of a technology, and what its gate voltages leave to a splitter.

    python scripts/measure_technology.py                           # a table
    python scripts/measure_technology.py --json                    # one JSON object, SI units
    python scripts/measure_technology.py --technology gf180mcuD    # another technology

This is what `technology.yaml` says of its transistors. Circuits are measured into datasheets:
`hwsim template characterize`.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from hwsim.characterization.bench import bench_of
from hwsim.characterization.point import Point
from hwsim.circuits.technology import Technology, load_technology
from hwsim.circuits.template import load_template
from hwsim.circuits.testbench import OPTIONS
from hwsim.design.wiring import Polarity
from hwsim.foundation.files import write_text
from hwsim.foundation.quantities import format_quantity
from hwsim.spice import Deck, Result, WorkerPool

SIZES = {"1u/5u": "w=1u l=5u", "1u/10u": "w=1u l=10u"}
CONDITIONS = (("tt", 27.0), ("ff", 27.0), ("ff", 85.0), ("ss", 85.0))
SUPPLY = 1.2

UNIT_CURRENT = 1e-9
WEAK_INVERSION = (UNIT_CURRENT / 32, UNIT_CURRENT)
"""Drain currents between which the slope factor is taken, A."""

END_OF_WEAK_INVERSION = 0.7
"""Part of its largest gm / I that a transistor still has where weak inversion is said to end."""

THERMAL_VOLTAGE = 1.380649e-23 * 300.15 / 1.602176634e-19
"""k T / q at 27 C, V."""

HEADROOM = (
    Point(),
    Point("ss", 0.0, 1.08),
    Point("ff", 85.0, 1.08),
    Point("ff", 85.0, 1.32),
)
"""Where the splitter is tried."""

CURRENTS = (1, 4, 16)
"""Currents through the splitter, in unit currents; its diodes are unit transistors, as in cells."""

DIRECTIONS: dict[Polarity, str] = {"p": "into the node", "n": "out of the node"}
"""Polarity of the mirror that drives the node, and what it does."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number, what it is, and its unit; empty for ratios."""

    name: str
    value: float
    unit: str = ""


class Table:
    """Runs decks with the cards of one technology.

    Args:
        technology: whose cards are used.
        folder: holds the cards and the deck.
        pool: runs the deck.
    """

    def __init__(self, technology: Technology, folder: Path, pool: WorkerPool) -> None:
        self.technology = technology
        self._folder = folder
        self._pool = pool
        write_text(folder / technology.library, technology.card_text())

    def run(self, text: str, plot: str) -> Result:
        """Run a whole deck.

        Raises:
            SimulatorError: it gave no trustworthy result.
        """
        path = self._folder / "table.spice"
        write_text(path, text)
        ((_, outcome),) = self._pool.run([Deck(path, expected_plots=(plot,))])
        if not isinstance(outcome, Result):
            raise outcome
        return outcome

    def transistors(
        self, lines: Sequence[str], plot: str, corner: str = "tt", temperature: float = 27.0
    ) -> Result:
        """Run transistors without anything around them."""
        cards = f".lib '{self.technology.library}' {corner}"
        text = "\n".join(["* transistors", cards, OPTIONS, f".temp {temperature:g}", *lines])
        return self.run(text + "\n.end\n", plot)


def transistor_measurements(table: Table) -> Iterator[Measurement]:
    """Leakage, gate capacitance and slope factor of unit transistors; the worse of n and p."""
    for name, size in SIZES.items():
        for corner, temperature in CONDITIONS:
            value = leakage(table, size, corner, temperature)
            yield Measurement(f"transistor {name}: leakage, {corner} {temperature:g} C", value, "A")
        slopes, capacitances, ends = [], [], []
        for kind, sign in (("nfet", 1), ("pfet", -1)):
            voltage, current = diode(table, kind, sign, size)
            low, high = np.interp(np.log(WEAK_INVERSION), np.log(current), voltage)
            decades = math.log(WEAK_INVERSION[1] / WEAK_INVERSION[0])
            slopes.append(float((high - low) / THERMAL_VOLTAGE / decades))
            ends.append(end_of_weak_inversion(voltage, current))
            capacitances.append(gate_capacitance(table, kind, sign * float(low), size))
        yield Measurement(f"transistor {name}: gate capacitance", max(capacitances), "F")
        yield Measurement(f"transistor {name}: slope factor", max(slopes))
        yield Measurement(f"transistor {name}: weak inversion ends", min(ends), "A")


def leakage(table: Table, size: str, corner: str, temperature: float) -> float:
    """Drain current without a gate voltage, the supply at the drain, A."""
    lines = [
        f"Vn dn 0 {SUPPLY}",
        f"Vp dp 0 {-SUPPLY}",
        f"Xn dn 0 0 0 nfet {size}",
        f"Xp dp 0 0 0 pfet {size}",
        ".op",
    ]
    result = table.transistors(lines, "op", corner, temperature)
    return max(abs(float(result.vector(f"i({name})", "op")[0])) for name in ("vn", "vp"))


def diode(table: Table, kind: str, sign: int, size: str) -> tuple[Floats, Floats]:
    """Gate voltage, V, and current, A, of a diode-connected transistor, both positive."""
    sweep = f".dc Vg {sign * 0.1} {sign * 1.1} {sign * 0.002}"
    result = table.transistors(["Vg g 0 0", f"Xm g g 0 0 {kind} {size}", sweep], "dc")
    return np.abs(result.vector("v(g)", "dc")), np.abs(result.vector("i(vg)", "dc"))


def end_of_weak_inversion(voltage: Floats, current: Floats) -> float:
    """Current from which on gm / I stays below `END_OF_WEAK_INVERSION` of its largest, A."""
    efficiency = np.gradient(np.log(current), voltage)
    weak = efficiency[current > WEAK_INVERSION[0] / 10].max()
    steep = np.flatnonzero(efficiency > END_OF_WEAK_INVERSION * weak)
    return float(current[steep[-1]])


def gate_capacitance(table: Table, kind: str, gate: float, size: str) -> float:
    """Capacitance into the gate at the bias of a diode, F."""
    lines = [
        f"Vg g 0 dc {gate} ac 1",
        f"Vd d 0 {gate}",
        f"Xm d g 0 0 {kind} {size}",
        ".ac lin 1 1 1",
    ]
    current = table.transistors(lines, "ac").plots["ac"]["i(vg)"][0]
    return float(abs(np.imag(current)) / (2 * math.pi))


def headroom_measurements(table: Table) -> Iterator[Measurement]:
    """Gain of a mirror, a splitter and a mirror in a row, and the voltage of the node between."""
    for point in HEADROOM:
        where = f"{point.corner} {point.temperature:g} C {point.supply_voltage:g} V"
        for polarity, direction in DIRECTIONS.items():
            for current in CURRENTS:
                gain, node = headroom(table, point, polarity, current)
                name = f"splitter, {where}, {current} nA {direction}:"
                yield Measurement(f"{name} gain", gain)
                yield Measurement(f"{name} node", node, "V")


def headroom(table: Table, point: Point, polarity: Polarity, current: int) -> tuple[float, float]:
    """Output over input, and the voltage of the node, V, for a current in unit currents."""
    bench = bench_of(load_template("splitter_class_b"), table.technology)
    mirrors, line = bench.mirrors, "plus_n" if polarity == "p" else "minus_p"
    units = current * round(bench.settings["reference_units"])
    roles = {"sum": "node", "plus_n": "plus_n", "minus_p": "minus_p"}
    lines = [
        mirrors.output("in", polarity, f"unit_{polarity}", "node", units),
        bench.cell(roles, {"units": 1.0}),
        mirrors.output("out", "n" if polarity == "p" else "p", line, "end", 1),
        bench.half(point),
        "Vend end half 0",
        ".op",
    ]
    result = table.run(bench.deck(point, lines), "op")
    out = abs(float(result.vector("i(vend)", "op")[0]))
    return out / (current * point.unit_current), float(result.vector("v(node)", "op")[0])


@click.command()
@click.option("--technology", "name", default="generic180", show_default=True)
@click.option("--pdk-root", type=click.Path(path_type=Path), help="Folder of the installed PDKs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def main(name: str, pdk_root: Path | None, as_json: bool) -> None:
    """Measure unit transistors, and a splitter between mirrors."""
    found = {}
    technology = load_technology(name, pdk_root)
    with tempfile.TemporaryDirectory(prefix="hwsim-") as folder, WorkerPool(1, 120.0) as pool:
        table = Table(technology, Path(folder), pool)
        for one in (*transistor_measurements(table), *headroom_measurements(table)):
            found[one.name] = one.value
            if not as_json:
                text = format_quantity(one.value, one.unit) if one.unit else f"{one.value:.4f}"
                click.echo(f"{one.name:<58} {text}")
    if as_json:
        click.echo(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
