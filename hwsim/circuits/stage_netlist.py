"""One stage of a design as a subcircuit: rows of mirrors, units, and the lines that they drive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hwsim.circuits import nodes
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.instance import instance, wrapped
from hwsim.circuits.mirrors import RAILS, Mirrors
from hwsim.circuits.template import Template
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, FqBmruCell, Stage
from hwsim.design.wiring import (
    Line,
    LineEnd,
    Mirror,
    native_polarity,
    parts,
    row_mirrors,
    turned_lines,
)


def unit_template(stage: Stage, circuits: CircuitSet) -> Template:
    """The template of the units of a stage; outputs have none."""
    if stage.kind == "output":
        raise KeyError(stage.kind)
    return circuits.templates["splitter" if stage.kind == "input" else stage.kind]


class StageNetlist:
    """Writes the subcircuit of one stage.

    Args:
        design: the network.
        stage: the stage to write.
        circuits: technology and templates.
        needed: ends of lines that mirrors hang on, of the whole design.
    """

    def __init__(
        self, design: Design, stage: Stage, circuits: CircuitSet, needed: frozenset[LineEnd]
    ) -> None:
        self.design = design
        self.stage = stage
        self.circuits = circuits
        self.mirrors = Mirrors(circuits.templates["mirror"])
        self.needed = needed
        self.rows = [row_mirrors(design, stage, unit) for unit in range(stage.size)]

    @property
    def name(self) -> str:
        """Name of the subcircuit."""
        return f"stage_{self.stage.name}"

    @property
    def ports(self) -> tuple[str, ...]:
        """Nodes of the subcircuit: outside world, lines in, lines out, bias, clocks, rails."""
        stage = self.stage
        meets_world = stage.kind in ("input", "output")
        world = [nodes.outside(stage, unit) for unit in range(stage.size)] if meets_world else []
        lines_in = {m.end for row in self.rows for m in row if m.line.part != "unit"}
        lines_out = {end for end in self.needed if end.line.stage == stage.name}
        ends = [nodes.line_end(end) for end in (*sorted(lines_in), *sorted(lines_out))]
        clocks = nodes.CLOCK_ROLES if stage.kind == "cmru" else ()
        return (*world, *ends, *nodes.BIAS_ROLES, *clocks, "vdd", "vss")

    def text(self) -> str:
        """The subcircuit, with the learned quantity behind each instance."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        stage = self.stage
        yield f"* Stage {stage.name}: {stage.size} units of kind {stage.kind}."
        if stage.kind != "output":
            yield f"* The diode of each of its lines has {stage.diode_units} unit transistors."
        yield wrapped([".subckt", self.name, *self.ports])
        yield from self.shared_lines()
        for unit in range(stage.size):
            yield from self.unit_lines(unit)
        if stage.kind != "output":
            yield from self.turn_arounds(turned_lines(stage, self.needed))
        yield f".ends {self.name}"

    def unit_lines(self, unit: int) -> Iterator[str]:
        """The row of one unit, the unit, and its lines without their turn-arounds."""
        stage = self.stage
        scale = stage.row_scale[unit]
        yield f"* {stage.name}[{unit}]: a learned 1 is {scale:.4g} unit currents"
        for mirror in self.rows[unit]:
            yield self._mirror(unit, mirror)
        if stage.kind != "output":
            yield from self._unit(unit)

    def shared_lines(self) -> Iterator[str]:
        """Bias lines that the units of the stage share."""
        stage = self.stage
        reference = self.design.reference_units
        if isinstance(stage.cell, CmruCell):
            units = stage.cell.level_units
            yield f"* the current of one level: {units}/{reference} of the unit current"
            yield self.mirrors.output("level_source", "p", "unit_p", "level_n", units)
            yield self.mirrors.diode("level_diode", "n", "level_n", 1)
        if stage.keep_alive_units:
            units = stage.keep_alive_units
            keep = self._line_node(Line(stage.name, "keep"))
            yield f"* replica of the keep-alive current, {units}/{reference} of the unit current"
            yield self.mirrors.output("keep_source", "p", "unit_p", keep, units)
            yield self.mirrors.diode("keep_diode", "n", keep, stage.diode_units)

    def _mirror(self, unit: int, mirror: Mirror) -> str:
        line = mirror.line
        index = str(line.unit) if line.part in ("plus", "minus") else ""
        return self.mirrors.output(
            f"row{unit}_{line.stage}{index}_{line.part}",
            mirror.end.polarity,
            nodes.line_end(mirror.end),
            self._sum(unit),
            abs(mirror.units),
            mirror.stands_for,
        )

    def _sum(self, unit: int) -> str:
        if self.stage.kind in ("input", "output"):
            return nodes.outside(self.stage, unit)
        return f"sum_{unit}"

    def _line_node(self, line: Line) -> str:
        """Node of a line of this stage at its native end."""
        return nodes.line_end(LineEnd(line, native_polarity(self.stage, line.part)))

    def _unit(self, unit: int) -> Iterator[str]:
        """Ammeter, circuit and lines of one unit."""
        stage = self.stage
        template = unit_template(stage, self.circuits)
        roles = {role: role for role in (*nodes.BIAS_ROLES, *nodes.CLOCK_ROLES, "level_n")} | RAILS
        for part in parts(stage):
            node = self._line_node(Line(stage.name, part, unit))
            role = f"{part}_{native_polarity(stage, part)}"
            roles |= {role: node, f"{role}_draw": node}
            if f"{role}_draw" in template.subcircuits["unit"].ports.values():
                yield self.mirrors.diode(f"line{unit}_{part}", "p", node, stage.diode_units)
        roles["sum"] = roles["plus_n"] if stage.kind == "relu" else f"in_{unit}"
        yield f"Vsense_{unit} {self._sum(unit)} {roles['sum']} 0"
        if "candidate_p" in template.subcircuits["unit"].ports.values():
            roles["candidate_p"] = f"candidate_{unit}"
            yield from self._rectified(unit, roles)
        parameters = self.parameters(unit, template.parameters)
        yield instance(
            f"cell_{unit}", template.subcircuits["unit"], roles, parameters, self._learned(unit)
        )
        yield from self._keep_alive(unit)

    def _rectified(self, unit: int, roles: dict[str, str]) -> Iterator[str]:
        """A rectifier at the summing node and its copy on a P line, for cells that want one."""
        relu = self.circuits.templates["relu"]
        parameters = dict.fromkeys(relu.parameters, 1.0)
        nodes_of = {**RAILS, "plus_n": roles["sum"]}
        yield instance(f"relu_{unit}", relu.subcircuits["unit"], nodes_of, parameters)
        yield from self.mirrors.turn(
            f"candidate_{unit}", "n", roles["sum"], roles["candidate_p"], 1
        )

    def _keep_alive(self, unit: int) -> Iterator[str]:
        stage = self.stage
        if stage.keep_alive_units:
            plus = self._line_node(Line(stage.name, "plus", unit))
            minus = self._line_node(Line(stage.name, "minus", unit))
            units = stage.keep_alive_units
            yield self.mirrors.output(f"keep{unit}_plus", "p", "unit_p", plus, units, "keep-alive")
            yield self.mirrors.output(f"keep{unit}_minus", "n", "unit_n", minus, units)

    def parameters(self, unit: int, wanted: dict[str, str]) -> dict[str, float]:
        """Values of a template's parameters for one unit."""
        cell = self.stage.cell
        known: dict[str, float] = {"units": self.stage.diode_units}
        if cell is not None:
            known["threshold_units"] = cell.threshold_units[unit]
            known["level_units"] = cell.level_units
        if isinstance(cell, FqBmruCell):
            known["width_units"] = cell.width_units[unit]
        return {parameter: known[quantity] for parameter, quantity in wanted.items()}

    def _learned(self, unit: int) -> str:
        cell = self.stage.cell
        if cell is None:
            return ""
        return f"beta {cell.threshold_learned[unit]:.4f}, alpha {cell.level_learned[unit]:.4f}"

    def turn_arounds(self, lines: Iterable[Line]) -> Iterator[str]:
        """Copies of lines of the stage onto their other ends."""
        for line in lines:
            polarity = native_polarity(self.stage, line.part)
            other = nodes.line_end(LineEnd(line, "p" if polarity == "n" else "n"))
            name = f"turn_{line.part}{line.unit}"
            yield from self.mirrors.turn(
                name, polarity, self._line_node(line), other, self.stage.diode_units
            )
