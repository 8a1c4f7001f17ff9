"""The transistors of one part, under the names that they have in the whole network.

Mismatch and readings name devices and vectors, so what holds for the network holds for its parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hwsim.circuits import nodes
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.instance import wrapped
from hwsim.circuits.netlist import library_files, reference_line, unit_transistor_line
from hwsim.circuits.partition.loads import (
    LOAD_OUTPUT,
    LOAD_SUPPLY,
    hanging_units,
    load_lines,
)
from hwsim.circuits.partition.part import Part
from hwsim.circuits.stage_netlist import StageNetlist
from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.design.wiring import (
    OTHER_POLARITY,
    REFERENCE,
    UNIT_LINE,
    Line,
    LineEnd,
    Polarity,
    needed_ends,
    turned_lines,
)


@dataclass(frozen=True, slots=True)
class PartNetlist:
    """The circuit of a part without what drives it.

    Every part has the reference of the chip with what the others hang on its lines: comparators
    that switch kick them, and decisions within a thousandth of a threshold follow from that.

    Attributes:
        files: name -> text; ``network.spice`` includes the others.
        ports: nodes of the subcircuit ``network``, in order.
        still: nodes that hold still: lines that the units of a stage share. The part of the
            reference drives them, the others read them.
        read: lines of other parts that its mirrors copy.
        driven: its own lines that other parts copy, and their polarities.
        places: its instances as ngspice calls them: ``xhidden.xrow0_input0_plus``.
    """

    files: Mapping[str, str]
    ports: tuple[str, ...]
    still: tuple[str, ...]
    places: frozenset[str]
    read: tuple[str, ...] = ()
    driven: Mapping[str, Polarity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Body:
    """What a part holds of a stage.

    Attributes:
        stage: whose.
        lines: its elements.
        nodes: port of its subcircuit -> node of the network.
    """

    stage: Stage
    lines: Sequence[str]
    nodes: Mapping[str, str]

    @property
    def subcircuit(self) -> str:
        """Name of the subcircuit."""
        return f"stage_{self.stage.name}"


class PartNetlists:
    """Writes the circuits of the parts of a design.

    Args:
        design: the network.
        circuits: its technology and templates.

    Raises:
        InputError: templates that do not fit the design or each other.
    """

    def __init__(self, design: Design, circuits: CircuitSet) -> None:
        self._design = design
        self._circuits = circuits
        self._needed = needed_ends(design)
        self._library = library_files(design, circuits)
        self._stages = {
            stage.name: StageNetlist(design, stage, circuits, self._needed)
            for stage in design.stages
        }
        self._hanging: Counter[LineEnd] = Counter()
        for netlist in self._stages.values():
            self._hanging.update(hanging_units(netlist, range(netlist.stage.size)))

    def of(self, part: Part) -> PartNetlist:
        """A part that is not the reference."""
        netlist = self._stages[part.stage]
        stage = netlist.stage
        ends = {m.end for unit in part.units for m in netlist.rows[unit] if m.line.part != "unit"}
        read = [nodes.line_end(end) for end in sorted(ends) if end.line.part != "keep"]
        still = [nodes.line_end(end) for end in sorted(ends) if end.line.part == "keep"]
        held = sorted(end for end in self._needed if _holds(part, end.line))
        driven = {nodes.line_end(end): end.polarity for end in held}
        world = (nodes.outside(stage, u) for u in part.units if stage.kind in ("input", "output"))
        clocks = nodes.CLOCK_ROLES if stage.kind == "cmru" else ()
        signals = (*world, *read, *driven, *still, *nodes.BIAS_ROLES, *clocks)
        if stage.kind == "cmru":
            still.append(nodes.level_line(stage))
        lines = [line for unit in part.units for line in netlist.unit_lines(unit)]
        lines += self._turn_arounds(netlist, lambda line: _holds(part, line))
        body = _Body(stage, lines, {node: node for node in signals} | _shared_nodes(stage))
        bias = tuple(LineEnd(UNIT_LINE, polarity) for polarity in OTHER_POLARITY)
        own = hanging_units(netlist, part.units)
        loads = {end: self._hanging[end] for end in held}
        loads |= {end: self._hanging[end] - own.get(end, 0) for end in bias}
        files, ports = self._files(part.name, [body], load_lines(netlist.mirrors, loads))
        return PartNetlist(
            files=files,
            ports=ports,
            still=tuple(still),
            places=_places([body]),
            read=tuple(read),
            driven=driven,
        )

    def reference(self) -> PartNetlist:
        """The bias of the chip, and the lines that the units of each stage share."""
        bodies: list[_Body] = []
        still = list(nodes.BIAS_ROLES)
        for netlist in self._stages.values():
            stage = netlist.stage
            keep = [nodes.line_end(end) for end in sorted(self._needed) if _keeps(stage, end)]
            lines = [*netlist.shared_lines()]
            lines += self._turn_arounds(netlist, lambda line: line.part == "keep")
            if not lines:
                continue
            inside = {node: node for node in (*keep, *nodes.BIAS_ROLES)}
            bodies.append(_Body(stage, lines, inside | _shared_nodes(stage)))
            still += [*keep, *((nodes.level_line(stage),) if stage.kind == "cmru" else ())]
        files, ports = self._files(REFERENCE, bodies)
        return PartNetlist(files=files, ports=ports, still=tuple(still), places=_places(bodies))

    def _turn_arounds(self, netlist: StageNetlist, wanted: Callable[[Line], bool]) -> Iterator[str]:
        """Turn-arounds of some lines of a stage."""
        if netlist.stage.kind != "output":
            lines = turned_lines(netlist.stage, self._needed)
            yield from netlist.turn_arounds(line for line in lines if wanted(line))

    def _files(
        self, title: str, bodies: Sequence[_Body], loads: Iterable[str] = ()
    ) -> tuple[Mapping[str, str], tuple[str, ...]]:
        """Cards, templates, a file a stage, ``network.spice``; and the ports of the network."""
        files = dict(self._library)
        for body in bodies:
            head = wrapped([".subckt", body.subcircuit, *body.nodes])
            lines = (head, *body.lines, f".ends {body.subcircuit}")
            files[f"{body.subcircuit}.spice"] = "\n".join(lines) + "\n"
        included = [name for name in files if name != self._circuits.technology.library]
        used = [node for body in bodies for node in body.nodes.values() if node != "vss"]
        supplies = (nodes.supply(REFERENCE), LOAD_SUPPLY, LOAD_OUTPUT, "vss")
        ports = tuple(dict.fromkeys([*used, *nodes.BIAS_ROLES, *supplies]))
        lines = (
            f"* {self._design.name}: {title}",
            unit_transistor_line(self._circuits),
            *(f".include {name}" for name in included),
            wrapped([".subckt network", *ports]),
            reference_line(self._design, self._circuits),
            *(wrapped([f"X{b.stage.name}", *b.nodes.values(), b.subcircuit]) for b in bodies),
            *loads,
            ".ends network",
        )
        files["network.spice"] = "\n".join(lines) + "\n"
        return files, ports


def _shared_nodes(stage: Stage) -> dict[str, str]:
    """Rails of a stage, and the line of the level current that its cells share."""
    level = {"level_n": nodes.level_line(stage)} if stage.kind == "cmru" else {}
    return level | {"vdd": nodes.supply(stage.name), "vss": "vss"}


def _places(bodies: Sequence[_Body]) -> frozenset[str]:
    """Instances of a part, inside its stages and beside them."""
    own = frozenset(
        f"x{body.stage.name}.{line.split(maxsplit=1)[0].lower()}"
        for body in bodies
        for line in body.lines
        if line.startswith("X")
    )
    return own | {f"x{REFERENCE}"}


def _holds(part: Part, line: Line) -> bool:
    """Whether a unit of the part drives a line."""
    return line.stage == part.stage and line.part in ("plus", "minus") and line.unit in part.units


def _keeps(stage: Stage, end: LineEnd) -> bool:
    """Whether an end is of the keep-alive replica of a stage."""
    return end.line.stage == stage.name and end.line.part == "keep"
