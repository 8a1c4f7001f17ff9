"""A bench for one template: the bias of a network, ideal sources, the templates around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hwsim.characterization.point import Point
from hwsim.circuits import nodes
from hwsim.circuits.circuit_set import DEFAULT_TEMPLATES
from hwsim.circuits.instance import instance, number, wrapped
from hwsim.circuits.mirrors import Mirrors
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template, TemplateKind, load_template
from hwsim.circuits.testbench import OPTIONS
from hwsim.foundation.errors import InputError

CELL_SUPPLY = "vdd_cell"
"""Supply node of the circuit under test alone, metered by ``Vcell``."""

LINE_UNITS = 16
"""Unit transistors in the diodes of output lines; the cells hardly notice."""

SERVO_GAIN = 1e3
"""Unit currents per volt with which a servo drives a node to where a circuit decides."""

_AROUND: tuple[TemplateKind, ...] = ("mirror", "bias", "relu", "clock")

_SETTINGS: Mapping[str, Mapping[str, float]] = {
    "cmru": {"threshold": 22, "level": 4, "stages": 6, "half_range": 3},
    "bmru": {"threshold": 22, "level": 4, "stages": 1, "half_range": 0},
    "fq_bmru": {"threshold": 64, "width": 32, "level": 16},
    "mirror": {"units": 10},
    "splitter": {"units": 16},
    "relu": {"units": 16},
}
"""What circuits are asked for, in unit transistors, as a network compiled to 6 bits asks."""

_REFERENCE_UNITS = 32


@dataclass(frozen=True, slots=True)
class Bench:
    """Writes decks around one template.

    Attributes:
        template: under test.
        technology: whose devices it is made of.
        templates: those around it, and itself, by kind.
        settings: what it is asked for.
    """

    template: Template
    technology: Technology
    templates: Mapping[str, Template] = field(repr=False)
    settings: Mapping[str, float]

    @property
    def unit(self) -> float:
        """Unit currents that one unit transistor of a bias line stands for."""
        return 1 / self.settings["reference_units"]

    def asked(self, setting: str, point: Point) -> float:
        """A current that the circuit is asked for, A."""
        return self.settings[setting] * self.unit * point.unit_current

    @property
    def probes(self) -> Mapping[str, str]:
        """``up`` and ``down``: nodes that rise when the cell decides so while it is written.

        A template that names none has nodes of these names, or no such nodes.
        """
        if self.template.testbench.probes:
            return self.template.testbench.probes
        words = set(re.findall(r"\w+", self.text.lower()))
        return {name: name for name in ("up", "down") if name in words}

    @property
    def mirrors(self) -> Mirrors:
        """The mirrors that biases and lines are made of."""
        return Mirrors(self.templates["mirror"])

    @property
    def text(self) -> str:
        """The template under test, rendered."""
        return self.rendered(self.template)

    def deck(self, point: Point, lines: Sequence[str]) -> str:
        """A deck of the given lines between the supplies and the bias of a network."""
        unit = self.templates["mirror"].unit_transistor
        if unit is None:
            raise InputError("names no unit_transistor", where=self.templates["mirror"].place())
        known = {
            "unit_current": point.unit_current,
            "supply_voltage": point.supply_voltage,
            "reference_units": self.settings["reference_units"],
            **self.technology.bias.model_dump(),
        }
        bias = self.templates["bias"].parameters
        supply = number(point.supply_voltage)
        head = [
            f"* hwsim bench of {self.template.name}",
            f".lib '{self.technology.library}' {point.corner}",
            OPTIONS,
            f".temp {point.temperature:g}",
            f".param w_unit={unit.width} l_unit={unit.length}",
            *(self.rendered(template) for template in self.templates.values()),
            f"Vdd vdd 0 {supply}",
            f"Vcell {CELL_SUPPLY} 0 {supply}",
            "Vss vss 0 0",
            self.place("bias", "bias", {}, {name: known[what] for name, what in bias.items()}),
        ]
        return "\n".join([*head, *lines, ".end"]) + "\n"

    def place(
        self,
        name: str,
        kind: str,
        roles: Mapping[str, str],
        parameters: Mapping[str, float],
        subcircuit: str = "unit",
    ) -> str:
        """An instance whose bias, clock and supply roles are nodes of the same name."""
        shared = {role: role for role in (*nodes.BIAS_ROLES, *nodes.CLOCK_ROLES, "vdd", "vss")}
        ports = self.templates[kind].subcircuits[subcircuit]
        return instance(name, ports, {**shared, **roles}, parameters)

    def cell(self, roles: Mapping[str, str], values: Mapping[str, float]) -> str:
        """The circuit under test, on a supply of its own.

        Args:
            roles: role -> node.
            values: quantity of a design -> value.
        """
        parameters = {name: values[what] for name, what in self.template.parameters.items()}
        return self.place("cell", self.template.kind, {**roles, "vdd": CELL_SUPPLY}, parameters)

    def output_line(self, part: str, units: int = LINE_UNITS) -> tuple[list[str], dict[str, str]]:
        """A P line that the cell draws from, and the roles that lead to it.

        The current is that of the source ``Vline_part``.
        """
        node = f"line_{part}"
        wanted = self.template.subcircuits["unit"].ports.values()
        if f"{part}_p_draw" in wanted:
            lines = [
                self.mirrors.diode(f"{part}_diode", "p", f"{node}_diode", units),
                f"Vline_{part} {node}_diode {node} 0",
            ]
            return lines, {f"{part}_p_draw": node}
        if f"{part}_p" in wanted:
            copy = self.mirrors.output(f"{part}_copy", "p", node, f"{node}_copied", units)
            return [copy, f"Vline_{part} {node}_copied half 0"], {f"{part}_p": node}
        return [f"Vline_{part} {node} 0 0"], {}

    def half(self, point: Point) -> str:
        """The node ``half`` at half the supply, that outputs go to."""
        return f"Vhalf half 0 {number(point.supply_voltage / 2)}"

    @property
    def variables(self) -> dict[str, int]:
        """What the statements of templates ask for: the number of stages that is measured."""
        return {name: int(self.settings.get(name, 0)) for name in ("stages", "half_range")}

    def rendered(self, template: Template) -> str:
        """The SPICE text of a template, for the number of stages that is measured."""
        return template.render(**self.variables)


def bench_of(template: Template, technology: Technology) -> Bench:
    """The bench of a template, with the templates that a network has around it.

    Raises:
        InputError: a kind that is not measured, or a setting that the kind does not have.
    """
    if template.kind not in _SETTINGS:
        raise InputError(
            f"a {template.kind} is not measured",
            where=str(template.folder),
            hint=f"kinds that are: {', '.join(_SETTINGS)}",
        )
    settings = {"reference_units": _REFERENCE_UNITS, **_SETTINGS[template.kind]}
    for name, value in template.testbench.settings.items():
        if name not in settings:
            raise InputError(
                f"a {template.kind} has no setting '{name}'",
                where=template.place("testbench", "settings", name),
                hint=f"settings: {', '.join(settings)}",
            )
        settings[name] = value
    around: dict[str, Template] = {
        kind: load_template(DEFAULT_TEMPLATES[kind], kind) for kind in _AROUND
    }
    return Bench(template, technology, {**around, template.kind: template}, settings)


def current_source(name: str, node: str, points: Sequence[tuple[float, float]]) -> str:
    """A current into a node through (s, A) points."""
    words = [f"{time:.9g} {value:.9g}" for time, value in points]
    return wrapped([f"I{name} 0 {node} pwl(", *words, ")"])
