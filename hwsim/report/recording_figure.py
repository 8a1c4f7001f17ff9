"""One recording through the chip: inputs, candidate, level and outputs, engines overlaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Stage
from hwsim.engines.trace import Floats, Trace
from hwsim.engines.trip_points import TripPoints
from hwsim.foundation.errors import InputError
from hwsim.report.figure_style import (
    ENGINE_STYLES,
    MUTED,
    VERMILLION,
    WIDE,
    Canvas,
    house_style,
    new_figure,
    on_one_line,
    save_figure,
)

_MS, _NA = 1e3, 1e9


@dataclass(frozen=True, slots=True)
class BusiestCell:
    """The cell whose state changes most often in a recording.

    Attributes:
        stage: that it is in.
        unit: its index.
        changes: of its state.
    """

    stage: Stage
    unit: int
    changes: int


def busiest_cell(design: Design, trace: Trace, sequence: int) -> BusiestCell:
    """Find the busiest cell.

    Args:
        design: the network.
        trace: of any engine.
        sequence: index of the recording in the trace.

    Raises:
        InputError: the design has no cells.
    """
    valid = int(trace.lengths[sequence])
    found = []
    for stage in design.cells:
        state = trace.stages[stage.name].state
        if state is None:
            continue
        changes = np.count_nonzero(np.diff(state[sequence, :valid], axis=0, prepend=0), axis=0)
        unit = int(changes.argmax())
        found.append(BusiestCell(stage, unit, int(changes[unit])))
    if not found:
        raise InputError("the design has no cells to draw")
    return max(found, key=lambda cell: cell.changes)


def liveliest_recording(design: Design, trace: Trace) -> int:
    """Index of the recording in a trace whose busiest cell changes most often, the first such."""
    changes = [busiest_cell(design, trace, index).changes for index in range(len(trace))]
    return int(np.argmax(changes))


def leading_outputs(design: Design, trace: Trace, sequence: int) -> list[int]:
    """The two classes with the largest output currents in a recording, the largest first."""
    return [int(unit) for unit in np.argsort(trace.logits(design.readout)[sequence])[::-1][:2]]


def draw_recording(
    design: Design,
    traces: Mapping[str, Trace],
    trips: Mapping[str, TripPoints],
    sequence: int,
    path: Path,
) -> None:
    """`recording_figure` as a file.

    Args:
        design: the network.
        traces: by engine, of the same recordings.
        trips: trip points of each stage of cells, unit currents.
        sequence: index of the recording in the traces.
        path: a ``.png`` or ``.svg`` file.

    Raises:
        InputError: the file cannot be written.
    """
    save_figure(recording_figure(design, traces, trips, sequence), path)


def recording_figure(
    design: Design,
    traces: Mapping[str, Trace],
    trips: Mapping[str, TripPoints],
    sequence: int,
    canvas: Canvas = WIDE,
) -> Figure:
    """Draw the inputs, the busiest cell and the two largest outputs of one recording.

    Args:
        design: the network.
        traces: by engine, of the same recordings; a waveform is drawn where there is one.
        trips: trip points of each stage of cells, unit currents.
        sequence: index of the recording in the traces.
        canvas: what it is for.
    """
    reference = traces.get("behavioural") or next(iter(traces.values()))
    cell = busiest_cell(design, reference, sequence)
    name, unit = cell.stage.name, cell.unit
    with house_style():
        figure = new_figure(canvas, 8.2)
        inputs, candidate, level, outputs = figure.subplots(
            4, 1, sharex=True, height_ratios=(1.0, 1.5, 1.0, 1.5)
        )
        _draw_inputs(inputs, design, reference, sequence)
        for engine, trace in traces.items():
            style = ENGINE_STYLES[engine]
            _draw_current(candidate, trace, name, unit, sequence, style, engine)
            _draw_state(level, trace, name, unit, sequence, style)
        _draw_thresholds(candidate, design, trips[name], unit)
        candidate.set(ylabel="candidate (nA)", title=f"Candidate of cell {unit} of {name}")
        candidate.legend(loc="best", ncols=2)
        word = "level" if cell.stage.kind == "cmru" else "state"
        level.set(ylabel=word, title=f"Its {word}")
        _frame_states(level, cell.stage)
        leading = leading_outputs(design, reference, sequence)
        _draw_outputs(outputs, design, traces, sequence, leading)
        outputs.set(xlabel="time (ms)")
        for axes in (inputs, candidate, level, outputs):
            axes.grid(visible=True)
            axes.set_xlim(0, int(reference.lengths[sequence]) * reference.step * _MS)
        figure.align_ylabels()
    return figure


def _frame_states(axes: Axes, stage: Stage) -> None:
    """Show every state that a cell can have, also those that it never takes."""
    least, most = (0, 1)
    if isinstance(stage.cell, CmruCell):
        least, most = -stage.cell.half_range, stage.cell.half_range
    room = 0.12 * (most - least)
    axes.set_ylim(least - room, most + room)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))


def _draw_inputs(axes: Axes, design: Design, trace: Trace, sequence: int) -> None:
    stage = design.stages[0]
    for unit in range(stage.size):
        style = {"color": MUTED, "linewidth": 0.8, "alpha": 0.7}
        _draw_current(axes, trace, stage.name, unit, sequence, style, "")
    axes.set(ylabel="input (nA)", title=f"Input currents of {stage.size} channels")


def _draw_thresholds(axes: Axes, design: Design, trip: TripPoints, unit: int) -> None:
    label = "thresholds"
    for value in (trip.upper[unit], trip.lower[unit]):
        threshold = value * design.operating.unit_current * _NA
        axes.axhline(threshold, color=VERMILLION, linewidth=1.0, linestyle="-.", label=label)
        label = ""


def _draw_current(
    axes: Axes,
    trace: Trace,
    stage: str,
    unit: int,
    sequence: int,
    style: Mapping[str, Any],
    label: str,
) -> None:
    if trace.waveforms:
        waveform = trace.waveforms[sequence]
        values = waveform.current[stage][:, unit] * _NA
        axes.plot(waveform.time * _MS, values, label=label, **style)
    else:
        valid = int(trace.lengths[sequence])
        values = trace.stages[stage].current[sequence, :valid, unit] * _NA
        axes.step(*_stairs(trace, values), where="post", label=label, **style)


def _draw_state(
    axes: Axes, trace: Trace, stage: str, unit: int, sequence: int, style: Mapping[str, Any]
) -> None:
    state = trace.stages[stage].state
    if state is not None:
        valid = int(trace.lengths[sequence])
        values = state[sequence, :valid, unit].astype(np.float64)
        axes.step(*_stairs(trace, values), where="post", **style)


def _draw_outputs(
    axes: Axes, design: Design, traces: Mapping[str, Trace], sequence: int, units: list[int]
) -> None:
    """The largest output in full strength, the second one fainter."""
    stage = design.stages[-1].name
    for rank, unit in enumerate(units):
        for name, trace in traces.items():
            style = {**ENGINE_STYLES[name], "alpha": 1.0 if rank == 0 else 0.45}
            _draw_current(axes, trace, stage, unit, sequence, style, "")
    names = ", then ".join(on_one_line(design.readout.classes[unit], 18) for unit in units)
    axes.set(ylabel="output (nA)", title=f"Outputs of classes {names} (faint)")


def _stairs(trace: Trace, values: Floats) -> tuple[Floats, Floats]:
    """Edges and values of a staircase with one tread a step, in ms."""
    edges = np.arange(len(values) + 1) * trace.step * _MS
    return edges.astype(np.float64), np.append(values, values[-1])
