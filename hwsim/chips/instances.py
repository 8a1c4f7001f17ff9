"""Every instance of a template in a network: where the netlist has it, and what it is asked for.

The same wiring that `hwsim.circuits.stage_netlist` writes, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.stage_netlist import unit_template
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, FqBmruCell, Stage
from hwsim.design.wiring import (
    REFERENCE,
    Line,
    LineEnd,
    Mirror,
    Part,
    Polarity,
    native_polarity,
    parts,
    row_mirrors,
    turned_lines,
)

NETWORK = "xnetwork"
"""The network in its testbench."""

_SIDE: Mapping[Polarity, str] = {"p": "source", "n": "sink"}
_OTHER: Mapping[Polarity, Polarity] = {"p": "n", "n": "p"}


@dataclass(frozen=True, slots=True)
class Instance:
    """One subcircuit of a template, placed.

    Attributes:
        path: in ngspice: ``xnetwork.xhidden.xrow0_input0_plus``.
        kind: of the template.
        part: key of the subcircuit in the template: ``unit``, ``source``, ``diode_n``.
        parameters: SPICE parameter -> value.
    """

    path: str
    kind: str
    part: str
    parameters: Mapping[str, float]


def reference_instance(design: Design, circuits: CircuitSet) -> Instance:
    """The bias of the chip."""
    operating = design.operating
    known = {
        "unit_current": operating.unit_current,
        "supply_voltage": operating.supply_voltage,
        "reference_units": float(design.reference_units),
        **circuits.technology.bias.model_dump(),
    }
    wanted = circuits.templates["bias"].parameters
    values = {name: known[quantity] for name, quantity in wanted.items()}
    return Instance(f"{NETWORK}.x{REFERENCE}", "bias", "unit", values)


@dataclass(frozen=True, slots=True)
class StageInstances:
    """The instances of one stage by what they do.

    Attributes:
        design: the network.
        stage: one of its stages.
        circuits: its templates.
        needed: ends of lines that mirrors hang on, of the whole design.
    """

    design: Design
    stage: Stage
    circuits: CircuitSet
    needed: frozenset[LineEnd]

    def row(self, unit: int, mirror: Mirror) -> Instance:
        """A mirror into the summing node of a unit."""
        line = mirror.line
        index = str(line.unit) if line.part in ("plus", "minus") else ""
        name = f"row{unit}_{line.stage}{index}_{line.part}"
        return self._mirror(name, mirror.end.polarity, abs(mirror.units))

    def cell(self, unit: int) -> Instance:
        """The circuit of a unit."""
        template = unit_template(self.stage, self.circuits)
        cell = self.stage.cell
        known: dict[str, float] = {"units": float(self.stage.diode_units)}
        if cell is not None:
            known["threshold_units"] = float(cell.threshold_units[unit])
            known["level_units"] = float(cell.level_units)
        if isinstance(cell, FqBmruCell):
            known["width_units"] = float(cell.width_units[unit])
        values = {name: known[quantity] for name, quantity in template.parameters.items()}
        return Instance(self._path(f"cell_{unit}"), template.kind, "unit", values)

    def line_diode(self, unit: int, part: Part) -> Instance | None:
        """The diode of a line whose unit draws from it; None where the unit has its own."""
        role = f"{part}_{native_polarity(self.stage, part)}_draw"
        if role not in self._roles:
            return None
        return self._diode(f"line{unit}_{part}", "p", self.stage.diode_units)

    @property
    def takes_candidate(self) -> bool:
        """Whether the cells want their candidate rectified, on a P line."""
        return "candidate_p" in self._roles

    def rectifier(self, unit: int) -> Instance:
        """The rectifier at a summing node."""
        values = dict.fromkeys(self.circuits.templates["relu"].parameters, 1.0)
        return Instance(self._path(f"relu_{unit}"), "relu", "unit", values)

    def candidate_copy(self, unit: int) -> Instance:
        """The copy of a rectified candidate."""
        return self._mirror(f"candidate_{unit}_copy", "n", 1)

    def candidate_diode(self, unit: int) -> Instance:
        """The P diode of a rectified candidate."""
        return self._diode(f"candidate_{unit}_diode", "p", 1)

    def level_source(self, units: int) -> Instance:
        """The source of the level current that the ladders share."""
        return self._mirror("level_source", "p", units)

    def level_diode(self) -> Instance:
        """The diode of the level current."""
        return self._diode("level_diode", "n", 1)

    def keep_source(self) -> Instance:
        """The source of the replica of the keep-alive current."""
        return self._mirror("keep_source", "p", self.stage.keep_alive_units)

    def keep_diode(self) -> Instance:
        """The diode of the replica."""
        return self._diode("keep_diode", "n", self.stage.diode_units)

    def keep_alive(self, unit: int, part: Part) -> Instance:
        """The mirror that keeps a line of a splitter alive."""
        polarity: Polarity = "p" if part == "plus" else "n"
        return self._mirror(f"keep{unit}_{part}", polarity, self.stage.keep_alive_units)

    def turn_copy(self, line: Line) -> Instance:
        """The mirror that turns a line."""
        polarity = native_polarity(self.stage, line.part)
        return self._mirror(f"{_turn(line)}_copy", polarity, self.stage.diode_units)

    def turn_diode(self, line: Line) -> Instance:
        """The diode at the other end of a turned line."""
        polarity = _OTHER[native_polarity(self.stage, line.part)]
        return self._diode(f"{_turn(line)}_diode", polarity, self.stage.diode_units)

    @property
    def turned(self) -> tuple[Line, ...]:
        """Lines that are needed at both ends."""
        return () if self.stage.kind == "output" else turned_lines(self.stage, self.needed)

    def all(self) -> Iterator[Instance]:
        """Every instance, in the order of the netlist."""
        stage = self.stage
        if isinstance(stage.cell, CmruCell):
            yield self.level_source(stage.cell.level_units)
            yield self.level_diode()
        if stage.keep_alive_units:
            yield self.keep_source()
            yield self.keep_diode()
        for unit in range(stage.size):
            for mirror in row_mirrors(self.design, stage, unit):
                yield self.row(unit, mirror)
            if stage.kind != "output":
                yield from self._unit(unit)
        for line in self.turned:
            yield self.turn_copy(line)
            yield self.turn_diode(line)

    def _unit(self, unit: int) -> Iterator[Instance]:
        for part in parts(self.stage):
            diode = self.line_diode(unit, part)
            if diode is not None:
                yield diode
        if self.takes_candidate:
            yield self.rectifier(unit)
            yield self.candidate_copy(unit)
            yield self.candidate_diode(unit)
        yield self.cell(unit)
        if self.stage.keep_alive_units:
            yield self.keep_alive(unit, "plus")
            yield self.keep_alive(unit, "minus")

    @property
    def _roles(self) -> frozenset[str]:
        template = unit_template(self.stage, self.circuits)
        return frozenset(template.subcircuits["unit"].ports.values())

    def _path(self, name: str) -> str:
        return f"{NETWORK}.x{self.stage.name}.x{name}"

    def _mirror(self, name: str, polarity: Polarity, units: int) -> Instance:
        return Instance(self._path(name), "mirror", _SIDE[polarity], self._units(units))

    def _diode(self, name: str, polarity: Polarity, units: int) -> Instance:
        return Instance(self._path(name), "mirror", f"diode_{polarity}", self._units(units))

    def _units(self, units: int) -> Mapping[str, float]:
        return dict.fromkeys(self.circuits.templates["mirror"].parameters, float(units))


def _turn(line: Line) -> str:
    return f"turn_{line.part}{line.unit}"
