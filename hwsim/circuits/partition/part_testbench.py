"""The deck around a part: supplies, clocks, what other parts do to it, loads, analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.circuits import nodes
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.instance import number, wrapped
from hwsim.circuits.netlist import supply_parts
from hwsim.circuits.partition.loads import load_sources
from hwsim.circuits.partition.part import Part
from hwsim.circuits.partition.part_netlist import PartNetlist
from hwsim.circuits.testbench import (
    Conditions,
    clock_lines,
    initial_conditions,
    input_line,
    meter_line,
    unit_vectors,
)
from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.design.wiring import REFERENCE

_PICOAMPERES = ".options gmin=1e-18 vntol=1e-6 chgtol=1e-16 method=gear maxord=2 itl4=100"

OPTIONS = f"{_PICOAMPERES} reltol=1e-4 abstol=1e-16 trtol=2 itl1=200"
"""Of parts without a clock, which take few time points and can afford exact ones. Comparators that
decide at once need them, and ladders so much the better candidates."""

CLOCKED_OPTIONS = f"{_PICOAMPERES} reltol=2e-3 abstol=1e-15 trtol=7 noopiter"
"""Of ladders. In a long time step the equations of a latch have three solutions, and an iteration
may end in another one than it came from; only the truncation error tells. ngspice holds it against
the current that the very jump makes, so that after equal steps every jump passes where `trtol`
times `reltol` is above 0.02, as with a `trtol` of 20. With `bypass` latches jump too."""


@dataclass(frozen=True, slots=True, eq=False)
class LineVoltage:
    """The voltage of a line, straight between its points.

    Attributes:
        time: s, [point], rising.
        volts: V, [point].
    """

    time: NDArray[np.float64]
    volts: NDArray[np.float64]


def drive_text(lines: Mapping[str, LineVoltage]) -> str:
    """Recorded lines as sources.

    They are functions of time and not ``pwl`` sources, because every point of such a source is a
    breakpoint, which costs a dozen time points.

    Args:
        lines: node -> voltage.
    """
    text = ["* lines of other parts as they were recorded: time, volts, ..."]
    for node, line in lines.items():
        pairs = zip(line.time, line.volts, strict=True)
        points = wrapped(f"{at:.12g},{volts:.8g}," for at, volts in pairs).removesuffix(",")
        text.append(f"Bline_{node} {node} 0 V=pwl(time,\n+ {points})")
    return "\n".join(text) + "\n"


def source_text(design: Design, part: Part, currents: NDArray[np.float64]) -> str:
    """The inputs of a part of the first stage.

    Args:
        design: the network.
        part: some of its inputs.
        currents: A, [step, channel], of all inputs, positive into the chip.
    """
    lines = (input_line(design, unit, currents[:, unit]) for unit in part.units)
    return "\n".join(["* input currents, positive into the chip", *lines]) + "\n"


def reference_testbench(
    design: Design, netlist: PartNetlist, circuits: CircuitSet, conditions: Conditions
) -> str:
    """The deck of the reference: an operating point, because what it drives holds still."""
    parts = [part for part in supply_parts(design) if nodes.supply(part) in netlist.ports]
    saved = [
        *(nodes.node_voltage(node) for node in netlist.still),
        *(nodes.supply_current(part) for part in parts),
    ]
    lines = [
        f"* {design.name}: the reference, {conditions.corner}, {conditions.temperature:g} C",
        *_includes(circuits, conditions, OPTIONS),
        *(_supply(design, part) for part in parts),
        *load_sources(design),
        _network(netlist),
        wrapped([".save", *saved]),
        ".op",
        ".end",
    ]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class PartTestbench:
    """Writes the decks of one part.

    Attributes:
        design: the network.
        part: of it.
        netlist: the transistors of the part.
        circuits: technology and templates.
        conditions: corner and temperature.
    """

    design: Design
    part: Part
    netlist: PartNetlist
    circuits: CircuitSet
    conditions: Conditions

    @property
    def stage(self) -> Stage:
        """The stage that the part is of."""
        return self.design.stage(self.part.stage)

    def text(self, still: Mapping[str, float], steps: int) -> str:
        """The deck; it includes ``lines.spice``, and ``inputs.spice`` in the first stage.

        Args:
            still: node -> V, of nodes that hold still, and of the lines of the unit current.
            steps: time steps to simulate.
        """
        design, stage, step = self.design, self.stage, self.design.operating.step
        options = CLOCKED_OPTIONS if stage.kind == "cmru" else OPTIONS
        lines = [
            f"* {design.name}: {self.part.name}, {steps} steps of {number(step)} s, "
            f"{self.conditions.corner}, {self.conditions.temperature:g} C",
            *_includes(self.circuits, self.conditions, options),
            f".include {'inputs' if stage.kind == 'input' else 'lines'}.spice",
            _supply(design, REFERENCE),
            _supply(design, stage.name),
            *load_sources(design),
            *(f"Vstill_{node} {node} 0 {still[node]:.9g}" for node in self.netlist.still),
            *(clock_lines(design, self.circuits.templates) if stage.kind == "cmru" else ()),
            *(meter_line(design, unit) for unit in self.part.units if stage.kind == "output"),
            *self._ticks(steps),
            _network(self.netlist),
            *self._start(still),
            wrapped([".save", *self.saved_vectors()]),
            f".tran {number(step / 100)} {number(steps * step)} 0 {number(step / 20)}",
            ".end",
        ]
        return "\n".join(lines) + "\n"

    def saved_vectors(self) -> tuple[str, ...]:
        """What is read of the part: units, supply, and the lines that other parts copy."""
        templates = self.circuits.templates
        read = (v for unit in self.part.units for v in unit_vectors(self.stage, unit, templates))
        driven = (nodes.node_voltage(node) for node in self.netlist.driven)
        return (*read, nodes.supply_current(self.part.stage), *driven)

    def _start(self, still: Mapping[str, float]) -> Iterator[str]:
        """States of cells, and about where lines are: where the lines of the unit current are."""
        if self.stage.cell is not None:
            for unit in self.part.units:
                yield from initial_conditions(
                    self.stage, unit, self.circuits.templates[self.stage.kind]
                )
        for node, polarity in self.netlist.driven.items():
            about = still[f"unit_{polarity}"]
            yield f".nodeset {nodes.node_voltage(node)}={number(about)}"

    def _ticks(self, steps: int) -> Iterator[str]:
        """A source nobody uses, whose corners are breakpoints where recorded lines set out."""
        if self.stage.kind == "input":
            return
        step = self.design.operating.step
        moments = [0.0]
        if any(stage.kind == "cmru" for stage in self.design.stages):
            moments.append(self.design.operating.write_fraction)
        times = [(index + moment) * step for index in range(steps) for moment in moments]
        corners = [f"{number(at)} {index % 2}" for index, at in enumerate(times)]
        if len(corners) > 1:
            yield wrapped(["Vtick tick 0 pwl(", *corners, ")"])


def _includes(circuits: CircuitSet, conditions: Conditions, options: str) -> Iterator[str]:
    yield f".lib '{circuits.technology.library}' {conditions.corner}"
    yield ".include network.spice"
    yield options
    yield f".temp {conditions.temperature:g}"


def _supply(design: Design, part: str) -> str:
    return f"Vsupply_{part} {nodes.supply(part)} 0 {number(design.operating.supply_voltage)}"


def _network(netlist: PartNetlist) -> str:
    return wrapped(["Xnetwork", *("0" if p == "vss" else p for p in netlist.ports), "network"])
