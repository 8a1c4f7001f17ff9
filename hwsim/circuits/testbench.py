"""The deck around a network: supplies, clocks, inputs, meters, analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.circuits import nodes
from hwsim.circuits.instance import instance, number, wrapped
from hwsim.circuits.netlist import Netlist, supply_parts
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Stage
from hwsim.foundation.errors import InputError

DECK = "testbench.spice"
"""Name of the file to run."""

INPUT_RAMP = 20e-6
"""Time in which an input current moves to its next value, s."""

OPTIONS = (
    ".options gmin=1e-18 abstol=1e-16 vntol=1e-6 reltol=2e-3 chgtol=1e-16 "
    "method=gear maxord=2 itl1=500 itl4=100"
)
"""Picoampere circuits: the default gmin alone would add 1.8 pA to a node."""

CONTINUOUS_OPTIONS = (
    ".options gmin=1e-18 abstol=1e-16 vntol=1e-6 reltol=1e-4 trtol=2 chgtol=1e-16 "
    "method=gear maxord=2 itl1=500 itl4=100"
)
"""Of networks without a clock, whose cells decide at once: also because of what a long time step
makes of a candidate that overshoots, or that stands at its threshold while nothing else moves.
`trtol` times `reltol`, the charge that a time point may miss, is 70 times smaller than above."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Where the chip is run.

    Attributes:
        corner: a corner of the technology.
        temperature: degrees Celsius.
    """

    corner: str = "tt"
    temperature: float = 27.0

    def check(self, technology: Technology) -> None:
        """Refuse what the technology does not describe.

        Raises:
            InputError: unknown corner, or a temperature out of range.
        """
        if self.corner not in technology.corners:
            raise InputError(
                f"unknown corner '{self.corner}' of {technology.name}",
                hint=f"known: {', '.join(technology.corners)}",
            )
        if self.temperature not in technology.temperature:
            bounds = technology.temperature
            raise InputError(
                f"{self.temperature:g} C is outside the range of {technology.name}",
                hint=f"{bounds.least:g} to {bounds.most:g} C",
            )


def state_vectors(stage: Stage, unit: int, template: Template) -> tuple[str, ...]:
    """Vectors that hold the state of a cell: one, or one a stage of its ladder."""
    if template.state_node is None:
        raise InputError("names no state_node", where=str(template.folder / "template.yaml"))
    stages = 2 * stage.cell.half_range if isinstance(stage.cell, CmruCell) else 1
    return tuple(
        nodes.state_voltage(stage, unit, template.state_node.format(stage=index + 1))
        for index in range(stages)
    )


def input_text(design: Design, currents: NDArray[np.float64]) -> str:
    """Input currents as piecewise linear sources.

    Args:
        design: the network.
        currents: A, [step, channel], positive into the chip.
    """
    channels = range(design.stages[0].size)
    lines = (input_line(design, channel, currents[:, channel]) for channel in channels)
    head = "* Input currents, positive into the chip, one value per step"
    return "\n".join([head, *lines]) + "\n"


def input_line(design: Design, channel: int, values: NDArray[np.float64]) -> str:
    """The source of one input.

    Args:
        design: the network.
        channel: index of the input.
        values: A, [step], positive into the chip.
    """
    step = design.operating.step
    points = [f"0 {number(values[0])}"]
    for index in range(1, len(values)):
        start = index * step
        points.append(f"{number(start)} {number(values[index - 1])}")
        points.append(f"{number(start + INPUT_RAMP)} {number(values[index])}")
    node = nodes.outside(design.stages[0], channel)
    return wrapped([f"Iinput_{channel} 0 {node} pwl(", *points, ")"])


def testbench_text(
    design: Design,
    netlist: Netlist,
    technology: Technology,
    conditions: Conditions,
    steps: int,
) -> str:
    """The deck that ngspice runs.

    Args:
        design: the network.
        netlist: its transistors.
        technology: whose cards are included.
        conditions: corner and temperature.
        steps: time steps to simulate.

    Raises:
        InputError: conditions that the technology does not describe.
    """
    conditions.check(technology)
    operating = design.operating
    stop = steps * operating.step
    lines = [
        f"* {design.name}: {steps} steps of {number(operating.step)} s, {conditions.corner}, "
        f"{conditions.temperature:g} C. Run: ngspice -b {DECK}",
        f".lib '{technology.library}' {conditions.corner}",
        ".include network.spice",
        ".include inputs.spice",
        OPTIONS if "clock" in netlist.templates else CONTINUOUS_OPTIONS,
        f".temp {conditions.temperature:g}",
        "",
        "* supplies, one a stage, so that each can be metered",
        *(
            f"Vsupply_{part} {nodes.supply(part)} 0 {number(operating.supply_voltage)}"
            for part in supply_parts(design)
        ),
        *clock_lines(design, netlist.templates),
        "* outputs into a source at half the supply",
        *(meter_line(design, unit) for unit in range(design.stages[-1].size)),
        "",
        wrapped(["Xnetwork", *("0" if p == "vss" else p for p in netlist.ports), "network"]),
        *(
            line
            for stage in design.cells
            for unit in range(stage.size)
            for line in initial_conditions(stage, unit, netlist.templates[stage.kind])
        ),
        "",
        wrapped([".save", *saved_vectors(design, netlist.templates)]),
        f".tran {number(operating.step / 100)} {number(stop)} 0 {number(operating.step / 20)}",
        *_measures(design, stop),
        ".end",
    ]
    return "\n".join(lines) + "\n"


def unit_vectors(stage: Stage, unit: int, templates: Mapping[str, Template]) -> tuple[str, ...]:
    """Vectors that an engine reads of one unit: the sum current, and the state of a cell."""
    state = () if stage.cell is None else state_vectors(stage, unit, templates[stage.kind])
    return (nodes.row_current(stage, unit), *state)


def saved_vectors(design: Design, templates: Mapping[str, Template]) -> tuple[str, ...]:
    """Every vector that an engine reads."""
    rows = [nodes.row_current(stage, unit) for stage in design.stages for unit in range(stage.size)]
    states = [
        vector
        for stage in design.cells
        for unit in range(stage.size)
        for vector in state_vectors(stage, unit, templates[stage.kind])
    ]
    supplies = [nodes.supply_current(part) for part in supply_parts(design)]
    return (*rows, *states, *supplies)


def clock_lines(design: Design, templates: Mapping[str, Template]) -> Iterable[str]:
    """The clocks of ladders, if there are any."""
    if "clock" not in templates:
        return
    operating = design.operating
    template = templates["clock"]
    known = {
        "supply_voltage": operating.supply_voltage,
        "step": operating.step,
        "write_time": operating.write_fraction * operating.step,
    }
    values = {key: known[quantity] for key, quantity in template.parameters.items()}
    roles = {role: role for role in nodes.CLOCK_ROLES} | {"vss": "0"}
    yield instance("clock", template.subcircuits["unit"], roles, values)


def meter_line(design: Design, unit: int) -> str:
    """A source at half the supply that takes the current of an output."""
    node = nodes.outside(design.stages[-1], unit)
    return f"Vmeter_{node} {node} 0 {number(design.operating.supply_voltage / 2)}"


def initial_conditions(stage: Stage, unit: int, template: Template) -> Iterable[str]:
    """Where the nodes of a cell begin."""
    for node, volts in template.initial_conditions.items():
        yield f".ic {nodes.state_voltage(stage, unit, node)}={number(volts)}"


def _measures(design: Design, stop: float) -> Iterable[str]:
    """What batch mode prints: the mean of each output and the charge from each supply."""
    stage = design.stages[-1]
    for unit in range(stage.size):
        node = nodes.outside(stage, unit)
        yield f".measure tran mean_{node} avg {nodes.row_current(stage, unit)}"
    for part in supply_parts(design):
        yield (
            f".measure tran charge_{part} integ {nodes.supply_current(part)} "
            f"from=0 to={number(stop)}"
        )
