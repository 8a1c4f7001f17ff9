"""A bench for one circuit: the bias of a network, ideal sources, one ngspice worker."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from hwsim.circuits import nodes
from hwsim.circuits.instance import instance, wrapped
from hwsim.circuits.mirrors import Mirrors
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.circuits.testbench import OPTIONS
from hwsim.foundation.files import write_text
from hwsim.spice import Deck, Result, WorkerPool

UNIT_CURRENT, SUPPLY, STEP, WRITE_FRACTION, REFERENCE_UNITS = 1e-9, 1.2, 5e-3, 0.6, 32

UNIT = UNIT_CURRENT / REFERENCE_UNITS
"""The current that one unit transistor of a bias line stands for, A."""

LINE_UNITS = 16
"""Unit transistors in the diodes of output lines; the cells hardly notice."""

HALF_RANGE = 3
"""K of the ladder."""

Floats = NDArray[np.float64]
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number, what it is, and its unit; empty for ratios."""

    name: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """Decks with the bias of a network, in one folder, run by one worker.

    Attributes:
        technology: whose cards are used.
        templates: the default templates by kind.
        folder: holds the cards, the rendered templates and the deck.
        pool: runs the deck.
    """

    technology: Technology
    templates: Mapping[str, Template]
    folder: Path
    pool: WorkerPool

    @property
    def mirrors(self) -> Mirrors:
        """The mirrors that biases and lines are made of."""
        return Mirrors(self.templates["mirror"])

    def prepare(self) -> None:
        """Write the cards and the templates."""
        write_text(self.folder / self.technology.library, self.technology.card_text())
        for template in self.templates.values():
            variables = {"stages": 2 * HALF_RANGE, "half_range": HALF_RANGE}
            text = template.render(**variables if template.kind == "cmru" else {})
            write_text(self.folder / f"{template.kind}.spice", text)

    def run(
        self,
        lines: Sequence[str],
        plot: str,
        corner: str = "tt",
        temperature: float = 27.0,
        stop: float | None = None,
    ) -> Result:
        """Run a deck of the given lines.

        Raises:
            SimulatorError: it gave no trustworthy result.
        """
        head = ["* hwsim bench", f".lib '{self.technology.library}' {corner}", OPTIONS]
        text = "\n".join([*head, f".temp {temperature:g}", *lines, ".end"]) + "\n"
        write_text(self.folder / "bench.spice", text)
        deck = Deck(self.folder / "bench.spice", stop_time=stop, expected_plots=(plot,))
        ((_, outcome),) = self.pool.run([deck])
        if not isinstance(outcome, Result):
            raise outcome
        return outcome

    def transient(self, lines: Sequence[str], stop: float, resolution: float) -> Result:
        """Run a circuit over time beside the bias of a network."""
        analysis = f".tran {resolution} {stop} 0 {resolution}"
        return self.run([*self.bias(), *lines, analysis], "tran", stop=stop)

    def sweep(self, lines: Sequence[str], source: str, voltages: Floats) -> Result:
        """Sweep a source of a circuit beside the bias of a network, over even `voltages`."""
        step = voltages[1] - voltages[0]
        analysis = f".dc {source} {voltages[0]:g} {voltages[-1]:g} {step:g}"
        return self.run([*self.bias(), *lines, analysis], "dc")

    def bias(self, supply: float = SUPPLY) -> list[str]:
        """Templates, supply and bias lines of a network."""
        unit = self.templates["mirror"].unit_transistor
        if unit is None:
            raise click.ClickException("the mirror template names no unit transistor")
        known = {
            "unit_current": UNIT_CURRENT,
            "supply_voltage": supply,
            "reference_units": REFERENCE_UNITS,
            **self.technology.bias.model_dump(),
        }
        parameters = self.templates["bias"].parameters
        values = {name: known[quantity] for name, quantity in parameters.items()}
        return [
            f".param w_unit={unit.width} l_unit={unit.length}",
            *(f".include {kind}.spice" for kind in self.templates),
            f"Vdd vdd 0 {supply}",
            "Vss vss 0 0",
            self.place("bias", "bias", {}, values),
        ]

    def place(
        self, name: str, kind: str, roles: Mapping[str, str], parameters: Mapping[str, float]
    ) -> str:
        """An instance whose bias, clock and supply roles are nodes of the same name."""
        shared = {role: role for role in (*nodes.BIAS_ROLES, *nodes.CLOCK_ROLES, "vdd", "vss")}
        known = {**shared, **roles}
        ports = self.templates[kind].subcircuits["unit"]
        return instance(name, ports, known, parameters)


def current_source(node: str, points: Points) -> str:
    """A current into a node through (time, value) points."""
    words = [f"{time:.9g} {value:.9g}" for time, value in points]
    return wrapped([f"Iin 0 {node} pwl(", *words, ")"])


def bisect(holds: Callable[[float], bool], low: float, high: float, tolerance: float) -> float:
    """Where a predicate that is false at `low` and true at `high` turns, to a relative tolerance.

    Raises:
        click.ClickException: it does not turn between them.
    """
    if holds(low) or not holds(high):
        raise click.ClickException(f"nothing changes between {low:.3g} and {high:.3g}")
    while high / low > 1 + tolerance:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return math.sqrt(low * high)
