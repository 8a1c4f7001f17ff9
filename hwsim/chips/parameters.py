"""What a chip's deviations make of a network: gains, biases, trip points and levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.chips.chip_map import ChipMap
from hwsim.chips.devices import ChipCircuit, device_spreads
from hwsim.chips.gains import Gains
from hwsim.chips.population import Population
from hwsim.chips.stage_terms import StageSlots, StageTerms
from hwsim.circuits.circuit_set import CircuitSet, load_circuits
from hwsim.circuits.datasheet import Conditions as At
from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.testbench import Conditions
from hwsim.design.design import Design
from hwsim.design.wiring import Line, LineEnd, Part

Floats = NDArray[np.float64]

NOMINAL = Conditions()
NOMINAL_CHIP = Population(seed=0, count=1, mismatch_scale=0.0)
"""A chip without deviations."""


@dataclass(frozen=True, slots=True, eq=False)
class StageParameters:
    """One stage of every chip of a population, in unit currents.

    Attributes:
        ends: line ends of signals that mirrors of the stage hang on, in order.
        gain: [chip, unit, end], signed: sources push (+), sinks pull (-). Current of the mirror
            over the current of the line at its native end, or of its turned copy where the end is
            the other one; with the output at half the supply; 0 where there is no mirror.
        bias_push: [chip, unit], of mirrors of the unit current and of keep-alive replicas into
            the summing node.
        bias_pull: [chip, unit], the same out of the node, positive.
        turned: lines of the stage that are needed at both ends.
        turn_gain: [chip, line], current of the other end of each turned line over that of its
            native end.
        keep_parts: parts of the lines that a keep-alive current flows into.
        keep: [chip, unit, part], keep-alive current of each line.
        upper: [chip, unit], candidate above which a cell steps up or sets; None without cells.
        lower: [chip, unit], candidate below which it steps down (negative) or clears.
        levels: [chip, unit, 2K+1], signed current of each level of a ladder, index level + K;
            [chip, unit, 2] of a comparator, clear and set. Of the line's diode, as a mirror
            without deviation copies it.
    """

    ends: tuple[LineEnd, ...]
    gain: Floats
    bias_push: Floats
    bias_pull: Floats
    turned: tuple[Line, ...]
    turn_gain: Floats
    keep_parts: tuple[Part, ...]
    keep: Floats
    upper: Floats | None = None
    lower: Floats | None = None
    levels: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ChipParameters:
    """A population of chips as the behavioural engine runs it.

    Attributes:
        stages: by name, in the order of the signal.
        count: chips.
        leakage_sink: unit currents that a unit transistor of a sink on an empty line carries.
    """

    stages: Mapping[str, StageParameters]
    count: int
    leakage_sink: float


def chip_parameters(
    design: Design,
    datasheets: Mapping[str, Datasheet],
    population: Population | None = None,
    conditions: Conditions = NOMINAL,
    *,
    circuits: CircuitSet | None = None,
) -> ChipParameters:
    """What the chips of a population do, from the datasheets.

    Args:
        design: the network.
        datasheets: by kind of template, `hwsim.chips.datasheets.datasheets_of`.
        population: which chips; None for one chip without deviations.
        conditions: corner and temperature; supply and unit current are the design's.
        circuits: templates and technology of the design; None loads them.

    Raises:
        InputError: conditions outside the datasheets, or a datasheet without a figure that is
            needed.
    """
    known = load_circuits(design) if circuits is None else circuits
    conditions.check(known.technology)
    circuit = ChipCircuit.of(design, known)
    gains = Gains(design, circuit, datasheets, _everywhere(design, conditions))
    chip = ChipMap()
    parts = {stage.name: StageTerms(gains, stage, chip).slots() for stage in design.stages}
    chips = NOMINAL_CHIP if population is None else population
    numbers = chip.evaluate(chips, device_spreads(tuple(circuit.devices()), known.technology))
    return ChipParameters(
        stages={name: _stage(slots, numbers) for name, slots in parts.items()},
        count=chips.count,
        leakage_sink=gains.leakage_sink(),
    )


def _everywhere(design: Design, conditions: Conditions) -> At:
    operating = design.operating
    return At(
        corner=conditions.corner,
        temperature=conditions.temperature,
        supply_voltage=operating.supply_voltage,
        unit_current=operating.unit_current,
    )


def _stage(slots: StageSlots, numbers: Floats) -> StageParameters:
    """The numbers of a stage out of all, [chip, slot]."""
    cells = slots.cells
    return StageParameters(
        ends=slots.ends,
        gain=numbers[:, slots.gain],
        bias_push=numbers[:, slots.bias_push],
        bias_pull=numbers[:, slots.bias_pull],
        turned=slots.turned,
        turn_gain=numbers[:, slots.turn_gain],
        keep_parts=slots.keep_parts,
        keep=numbers[:, slots.keep],
        upper=None if cells is None else numbers[:, cells.upper],
        lower=None if cells is None else numbers[:, cells.lower],
        levels=None if cells is None else numbers[:, cells.levels],
    )
