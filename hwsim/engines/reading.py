"""From the waveforms of a transient to one value per step, and back into a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hwsim.circuits import nodes
from hwsim.circuits.netlist import supply_parts
from hwsim.circuits.template import Template
from hwsim.circuits.testbench import state_vectors
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Stage
from hwsim.engines.trace import Floats, Integers, StageTrace, Trace, Waveform

READING_VERSION = 1
"""Grows when a reading of the same waveforms would come out differently."""

SETTLED = 0.985
"""Part of a step after which currents are read: everything has settled, nothing moves yet."""

BEFORE_WRITE = 2e-6
"""Time before a write at which candidates of clocked cells are read, s."""

POINTS_PER_STEP = 50
"""Grid of the waveforms that are kept for pictures."""

Vectors = Mapping[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One sequence as ngspice saw it.

    Attributes:
        current: by stage, A, [step, unit].
        state: by stage of cells, [step, unit].
        supply_current: by part, A, mean of each step, [step].
        waveform: on a fine grid.
        violations: what no ladder can do.
        seconds: wall time of the simulation.
        attempts: decks that took more than one, with all of them; empty when all went well.
    """

    current: Mapping[str, Floats]
    state: Mapping[str, Integers]
    supply_current: Mapping[str, Floats]
    waveform: Waveform
    violations: tuple[str, ...]
    seconds: float
    attempts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class UnitsReading:
    """Some units of a stage in one transient.

    Attributes:
        current: A, [step, unit].
        state: [step, unit]; None for units without cells.
        waveform: current on the grid of `waveform_times`, A, [point, unit].
        violations: what no ladder can do.
    """

    current: Floats
    state: Integers | None
    waveform: Floats
    violations: tuple[str, ...]


def read_sequence(
    design: Design,
    templates: Mapping[str, Template],
    vectors: Vectors,
    steps: int,
    seconds: float,
) -> Reading:
    """Sample the vectors of one transient.

    Args:
        design: the network.
        templates: where the states of its cells are found.
        vectors: by name, [point], with ``time``.
        steps: time steps of the sequence.
        seconds: wall time of the simulation.
    """
    read = {
        stage.name: read_units(design, stage, range(stage.size), templates, vectors, steps)
        for stage in design.stages
    }
    return Reading(
        current={name: units.current for name, units in read.items()},
        state={name: units.state for name, units in read.items() if units.state is not None},
        supply_current={
            part: read_supply(design, part, vectors, steps) for part in supply_parts(design)
        },
        waveform=Waveform(
            waveform_times(design, steps), {name: units.waveform for name, units in read.items()}
        ),
        violations=tuple(text for units in read.values() for text in units.violations),
        seconds=seconds,
    )


def read_units(
    design: Design,
    stage: Stage,
    units: Sequence[int],
    templates: Mapping[str, Template],
    vectors: Vectors,
    steps: int,
) -> UnitsReading:
    """Sample the vectors of some units of a stage.

    Args:
        design: the network.
        stage: of it.
        units: of the stage.
        templates: where the states of its cells are found.
        vectors: by name, [point], with ``time``.
        steps: time steps of the sequence.
    """
    time = vectors["time"]
    rows = [vectors[nodes.row_current(stage, unit)] for unit in units]

    def at(moments: Floats) -> Floats:
        return np.stack([np.interp(moments, time, row) for row in rows], axis=1)

    state, wrong = None, list[str]()
    if stage.cell is not None:
        state, wrong = _read_states(design, stage, units, templates[stage.kind], vectors, steps)
    return UnitsReading(
        current=at(_moments(design, stage, steps)),
        state=state,
        waveform=at(waveform_times(design, steps)),
        violations=tuple(wrong),
    )


def read_supply(design: Design, part: str, vectors: Vectors, steps: int) -> Floats:
    """Current from the supply of a part of the chip, A, mean of each step, [step]."""
    drawn = -vectors[nodes.supply_current(part)]
    return _step_means(vectors["time"], drawn, design, steps)


def waveform_times(design: Design, steps: int) -> Floats:
    """The grid of the waveforms that are kept, s, [point]."""
    return np.linspace(0, steps * design.operating.step, steps * POINTS_PER_STEP + 1)


def _moments(design: Design, stage: Stage, steps: int) -> Floats:
    """When the current of a stage is read, s, [step]."""
    operating = design.operating
    start = np.arange(steps) * operating.step
    if stage.kind == "cmru":
        return np.asarray(start + operating.write_fraction * operating.step - BEFORE_WRITE)
    return np.asarray(start + SETTLED * operating.step)


def _read_states(
    design: Design,
    stage: Stage,
    units: Sequence[int],
    template: Template,
    vectors: Vectors,
    steps: int,
) -> tuple[Integers, list[str]]:
    """States at the end of each step, and what a sound ladder would not show."""
    moments = (np.arange(steps) + SETTLED) * design.operating.step
    half = design.operating.supply_voltage / 2
    states = np.empty((steps, len(units)), dtype=np.int64)
    wrong = []
    for column, unit in enumerate(units):
        voltages = [vectors[name] for name in state_vectors(stage, unit, template)]
        bits = np.stack([np.interp(moments, vectors["time"], v) > half for v in voltages], axis=1)
        states[:, column] = bits.sum(axis=1)
        where = f"{stage.name}[{unit}]"
        if (np.diff(bits.astype(int), axis=1) > 0).any():
            wrong.append(f"{where}: the ladder is not a thermometer code")
        if isinstance(stage.cell, CmruCell):
            states[:, column] -= stage.cell.half_range
            moved = np.abs(np.diff(states[:, column], prepend=0))
            wrong += [f"{where}: {moved[k]} levels in step {k}" for k in np.flatnonzero(moved > 1)]
    return states, wrong


def _step_means(time: Floats, values: Floats, design: Design, steps: int) -> Floats:
    """Mean of a waveform over each step."""
    area = np.concatenate([[0.0], np.cumsum(np.diff(time) * (values[1:] + values[:-1]) / 2)])
    edges = np.arange(steps + 1) * design.operating.step
    return np.asarray(np.diff(np.interp(edges, time, area)) / design.operating.step)


def join_readings(
    design: Design, readings: Sequence[Reading], lengths: Integers, steps: int
) -> Trace:
    """Readings of sequences as one trace of `steps`, zeros behind each sequence's end."""
    stages = {}
    for stage in design.stages:
        current = np.zeros((len(readings), steps, stage.size))
        state = None if stage.cell is None else np.zeros(current.shape, dtype=np.int64)
        for index, reading in enumerate(readings):
            current[index, : lengths[index]] = reading.current[stage.name]
            if state is not None:
                state[index, : lengths[index]] = reading.state[stage.name]
        stages[stage.name] = StageTrace(current, state)
    supply = {part: np.zeros((len(readings), steps)) for part in supply_parts(design)}
    for index, reading in enumerate(readings):
        for part, values in supply.items():
            values[index, : lengths[index]] = reading.supply_current[part]
    return Trace(
        engine="ngspice",
        step=design.operating.step,
        lengths=lengths,
        stages=stages,
        supply_current=supply,
        waveforms=tuple(reading.waveform for reading in readings),
        violations=tuple(
            f"sequence {index}: {text}"
            for index, reading in enumerate(readings)
            for text in reading.violations
        ),
        attempts=tuple(
            f"sequence {index}: {text}"
            for index, reading in enumerate(readings)
            for text in reading.attempts
        ),
    )
