"""A network in parts: what all recordings on all chips share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from hwsim.circuits import nodes
from hwsim.circuits.alteration_script import script_text
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.netlist import supply_parts
from hwsim.circuits.partition.part import REFERENCE_PART, Part, Partition, parts_of, sources
from hwsim.circuits.partition.part_netlist import PartNetlist, PartNetlists
from hwsim.circuits.partition.part_testbench import (
    LineVoltage,
    PartTestbench,
    drive_text,
    reference_testbench,
    source_text,
)
from hwsim.circuits.testbench import DECK, Conditions
from hwsim.design.design import Design
from hwsim.engines.partition.compression import TOLERANCE, recorded
from hwsim.engines.partition.latches import undecided_latches
from hwsim.engines.partition.part_result import PartResult
from hwsim.engines.reading import (
    UnitsReading,
    Vectors,
    read_supply,
    read_units,
)
from hwsim.engines.trace import Floats
from hwsim.engines.transients import CHIP, Transient
from hwsim.foundation.errors import SimulatorError
from hwsim.foundation.files import content_hash

UNIT_LINES = ("unit_p", "unit_n")
"""Nodes of the unit current, near which the lines of units begin."""

Altered = Mapping[str, Mapping[str, float]]
"""Alterations of a chip by the instance that they are in."""


def by_place(altered: Mapping[str, float]) -> Altered:
    """Alterations of a whole network, sorted.

    Args:
        altered: ``@m.xnetwork.xhidden.xrow0_input0_plus.xmirror.m1[delvto]`` -> value.

    Returns:
        ``xhidden.xrow0_input0_plus`` -> those inside; of the reference ``xreference`` -> those.
    """
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for target, value in altered.items():
        words = target.split(".")
        stage, instance = words[2], words[3]
        place = stage if stage == f"x{REFERENCE_PART.stage}" else f"{stage}.{instance}"
        found[place][target] = value
    return found


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A part as it is simulated.

    Attributes:
        netlist: its transistors.
        testbench: what is around them; None of the reference.
    """

    netlist: PartNetlist
    testbench: PartTestbench | None


class PartedNetwork:
    """Decks and readings of the parts of a design.

    Args:
        design: the network.
        circuits: technology and templates.
        conditions: corner and temperature.
        partition: how it is cut.

    Raises:
        InputError: conditions outside the technology, templates that do not fit, or parts that
            read each other in a loop.
    """

    def __init__(
        self, design: Design, circuits: CircuitSet, conditions: Conditions, partition: Partition
    ) -> None:
        conditions.check(circuits.technology)
        self.design = design
        self.parts = parts_of(design, partition)
        self.sources = sources(design, self.parts)
        self._circuits = circuits
        self._conditions = conditions
        self._netlists = PartNetlists(design, circuits)
        self._drawn: dict[Part, _Drawn] = {}
        texts = [self._frame(part).encode() for part in self.parts]
        self.identity = content_hash(f"{partition}, {TOLERANCE} V".encode(), *texts)

    def transient(
        self,
        part: Part,
        currents: Floats,
        lines: Mapping[str, LineVoltage],
        altered: Altered,
    ) -> Transient:
        """The deck of a part.

        Args:
            part: of the network.
            currents: inputs of the chip, A, [step, channel].
            lines: what its sources have left, by node.
            altered: the chip.
        """
        drawn = self._part(part)
        files = dict(drawn.netlist.files)
        own = {
            target: value
            for place in sorted(drawn.netlist.places & altered.keys())
            for target, value in altered[place].items()
        }
        if own:
            files[CHIP] = script_text(own)
        steps = len(currents)
        if drawn.testbench is None:
            files[DECK] = self._reference(drawn.netlist)
            return Transient(files, own, steps, None, ("op",))
        if drawn.testbench.stage.kind == "input":
            files["inputs.spice"] = source_text(self.design, part, currents)
        else:
            read = {node: lines[node] for node in drawn.netlist.read}
            files["lines.spice"] = drive_text(read)
        held = (*drawn.netlist.still, *UNIT_LINES)
        still = {node: float(lines[node].volts[0]) for node in held}
        files[DECK] = drawn.testbench.text(still, steps)
        return Transient(files, own, steps, steps * self.design.operating.step)

    def result(
        self,
        part: Part,
        vectors: Vectors,
        steps: int,
        attempts: tuple[str, ...],
        seconds: float,
    ) -> PartResult:
        """Read the vectors that a run of a part has left.

        Raises:
            SimulatorError: a vector is missing.
        """
        drawn = self._part(part)
        try:
            if drawn.testbench is None:
                return self._still(drawn.netlist, vectors, attempts, seconds)
            return PartResult(
                units=self._units(part, vectors, steps),
                supply_current={part.stage: read_supply(self.design, part.stage, vectors, steps)},
                lines=recorded(
                    vectors["time"],
                    {node: vectors[nodes.node_voltage(node)] for node in drawn.netlist.driven},
                ),
                attempts=attempts,
                seconds=seconds,
            )
        except KeyError as missing:
            raise SimulatorError(f"the run of {part.name} left no vector {missing}") from None

    def _units(self, part: Part, vectors: Vectors, steps: int) -> UnitsReading:
        stage, templates = self.design.stage(part.stage), self._circuits.templates
        read = read_units(self.design, stage, part.units, templates, vectors, steps)
        if stage.kind != "cmru":
            return read
        template = templates[stage.kind]
        wrong = undecided_latches(self.design, stage, part.units, template, vectors, steps)
        return replace(read, violations=read.violations + wrong)

    def _still(
        self, netlist: PartNetlist, vectors: Vectors, attempts: tuple[str, ...], seconds: float
    ) -> PartResult:
        start = [0.0]
        metered = [p for p in supply_parts(self.design) if nodes.supply(p) in netlist.ports]
        return PartResult(
            units=None,
            supply_current={part: -vectors[nodes.supply_current(part)][:1] for part in metered},
            lines={
                node: LineVoltage(np.array(start), vectors[nodes.node_voltage(node)][:1])
                for node in netlist.still
            },
            attempts=attempts,
            seconds=seconds,
        )

    def _part(self, part: Part) -> _Drawn:
        """Written once: a part is simulated for every recording on every chip."""
        if part not in self._drawn:
            if part == REFERENCE_PART:
                self._drawn[part] = _Drawn(self._netlists.reference(), None)
            else:
                netlist = self._netlists.of(part)
                testbench = PartTestbench(
                    self.design, part, netlist, self._circuits, self._conditions
                )
                self._drawn[part] = _Drawn(netlist, testbench)
        return self._drawn[part]

    def _reference(self, netlist: PartNetlist) -> str:
        return reference_testbench(self.design, netlist, self._circuits, self._conditions)

    def _frame(self, part: Part) -> str:
        """All of a deck of a part that is the same for every recording on every chip."""
        drawn = self._part(part)
        if drawn.testbench is None:
            deck = self._reference(drawn.netlist)
        else:
            deck = drawn.testbench.text(dict.fromkeys((*drawn.netlist.still, *UNIT_LINES), 0.0), 1)
        return "\n".join([deck, *(f"{k}\n{v}" for k, v in sorted(drawn.netlist.files.items()))])
