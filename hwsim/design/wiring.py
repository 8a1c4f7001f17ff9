"""Which current goes where: the mirrors and lines that a design asks for.

The netlist writer draws this wiring and the power estimate adds up its currents, so that both
speak of the same circuit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from hwsim.design.design import Design
from hwsim.design.stage import Connection, Stage

Part = Literal["plus", "minus", "keep", "unit"]
Polarity = Literal["n", "p"]

OTHER_POLARITY: Mapping[Polarity, Polarity] = {"n": "p", "p": "n"}

REFERENCE = "reference"
"""Name of the part of the chip that makes the unit current."""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A unipolar current that mirrors copy.

    Attributes:
        stage: the stage that drives it, or `REFERENCE`.
        part: ``plus`` and ``minus`` of a signal, the ``keep``-alive replica of a stage of
            splitters, or the ``unit`` current.
        unit: index of the unit that drives it; 0 for ``keep`` and ``unit``.
    """

    stage: str
    part: Part
    unit: int = 0


@dataclass(frozen=True, slots=True, order=True)
class LineEnd:
    """A line as the gate of an N diode (for sinks) or of a P diode (for sources)."""

    line: Line
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class Mirror:
    """One mirror into a summing node.

    Attributes:
        line: what it copies.
        units: unit transistors; positive ones push current into the node, negative ones pull.
        stands_for: the learned quantity, for a reader of the netlist.
    """

    line: Line
    units: int
    stands_for: str

    @property
    def end(self) -> LineEnd:
        """A source hangs on the P end of its line, a sink on the N end."""
        return LineEnd(self.line, "p" if self.units > 0 else "n")


UNIT_LINE = Line(REFERENCE, "unit")

_NATIVE: dict[tuple[str, Part], Polarity] = {
    ("input", "plus"): "n",
    ("input", "minus"): "p",
    ("splitter", "plus"): "n",
    ("splitter", "minus"): "p",
    ("relu", "plus"): "n",
    ("fq_bmru", "plus"): "p",
    ("cmru", "plus"): "p",
    ("cmru", "minus"): "p",
}


def parts(stage: Stage) -> tuple[Part, ...]:
    """The lines that each unit of a stage drives."""
    both: tuple[Part, ...] = ("plus", "minus")
    return tuple(part for part in both if (stage.kind, part) in _NATIVE)


def native_polarity(stage: Stage, part: Part) -> Polarity:
    """The polarity of the diode that a line has before any turn-around."""
    return "n" if part == "keep" else _NATIVE[stage.kind, part]


def row_mirrors(design: Design, stage: Stage, unit: int) -> tuple[Mirror, ...]:
    """All mirrors into the summing node of one unit, in the order of their sources."""
    mirrors = [
        mirror
        for connection in stage.connections
        for mirror in _connection_mirrors(design, connection, unit)
    ]
    if stage.kind != "input" and stage.bias_units[unit]:
        learned = stage.bias_learned[unit]
        mirrors.append(Mirror(UNIT_LINE, stage.bias_units[unit], f"bias {learned:+.4f}"))
    return tuple(mirrors)


def _connection_mirrors(design: Design, connection: Connection, unit: int) -> Iterator[Mirror]:
    source = design.stage(connection.source)
    taps = parts(source) if connection.tap == "signed" else ("plus",)
    row = connection.units[unit]
    for index, units in enumerate(row):
        if not units:
            continue
        text = f"weight {connection.learned[unit][index]:+.4f} of {source.name}[{index}]"
        for part in taps:
            signed = units if part == "plus" else -units
            yield Mirror(Line(source.name, part, index), signed, text)
    if connection.tap == "rectified" and source.keep_alive_units and sum(row):
        yield Mirror(Line(source.name, "keep"), -sum(row), "takes the keep-alive current out")


def needed_ends(design: Design) -> frozenset[LineEnd]:
    """The ends of lines that some mirror or cell hangs on."""
    ends = {
        mirror.end
        for stage in design.stages
        for unit in range(stage.size)
        for mirror in row_mirrors(design, stage, unit)
    }
    return frozenset(ends)


def turned_lines(stage: Stage, needed: frozenset[LineEnd]) -> tuple[Line, ...]:
    """Lines of a stage that are needed at the end that they do not have by themselves."""
    return tuple(
        sorted(
            end.line
            for end in needed
            if end.line.stage == stage.name
            and end.polarity == OTHER_POLARITY[native_polarity(stage, end.line.part)]
        )
    )


def turned_ends(design: Design) -> frozenset[LineEnd]:
    """The ends of lines that a turn-around drives."""
    stages = {stage.name: stage for stage in design.stages}
    return frozenset(
        end
        for end in needed_ends(design)
        if end.line.stage in stages
        and end.polarity != native_polarity(stages[end.line.stage], end.line.part)
    )


@dataclass(frozen=True, slots=True)
class Load:
    """What an end of a line charges.

    Attributes:
        diode: unit transistors of its diode.
        mirrors: unit transistors of the mirrors that copy it.
    """

    diode: int
    mirrors: int


def line_loads(design: Design) -> dict[LineEnd, Load]:
    """The load of every end of a signal's line that something hangs on.

    The unit current's own lines and keep-alive replicas are left out: they never move.
    """
    needed = needed_ends(design)
    mirrors: Counter[LineEnd] = Counter()
    for stage in design.stages:
        for unit in range(stage.size):
            for mirror in row_mirrors(design, stage, unit):
                mirrors[mirror.end] += abs(mirror.units)
    loads: dict[LineEnd, Load] = {}
    for stage in design.stages:
        turned = () if stage.kind == "output" else turned_lines(stage, needed)
        for part in parts(stage):
            native = native_polarity(stage, part)
            for unit in range(stage.size):
                line = Line(stage.name, part, unit)
                own, other = LineEnd(line, native), LineEnd(line, OTHER_POLARITY[native])
                copied = stage.diode_units if line in turned else 0
                loads[own] = Load(stage.diode_units, mirrors[own] + copied)
                if copied:
                    loads[other] = Load(stage.diode_units, mirrors[other])
    return loads
