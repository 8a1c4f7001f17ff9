"""One recording through the chip: candidate, level and outputs, three engines overlaid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.engines.trace import Floats, Trace
from hwsim.engines.trip_points import TripPoints
from hwsim.foundation.errors import InputError

# Okabe and Ito: told apart by readers with any colour vision, and in grey by their dashes.
_STYLES = {
    "ideal": {"color": "#000000", "linestyle": ":", "linewidth": 1.6},
    "behavioural": {"color": "#E69F00", "linestyle": "--", "linewidth": 1.8},
    "ngspice": {"color": "#0072B2", "linestyle": "-", "linewidth": 1.2},
}
_MS, _NA = 1e3, 1e9


def draw_recording(
    design: Design,
    traces: Mapping[str, Trace],
    trips: Mapping[str, TripPoints],
    sequence: int,
    path: Path,
) -> None:
    """Draw the busiest cell and the two largest outputs of one recording.

    Args:
        design: the network.
        traces: by engine, of the same recordings; a waveform is drawn where there is one.
        trips: trip points of each stage of cells, unit currents.
        sequence: index of the recording in the traces.
        path: a ``.png`` or ``.svg`` file.

    Raises:
        InputError: the file cannot be written.
    """
    stage, unit = _busiest_cell(design, traces["behavioural"], sequence)
    figure = Figure(figsize=(9.0, 7.5), layout="constrained")
    FigureCanvasAgg(figure)
    candidate, level, outputs = figure.subplots(3, 1, sharex=True)
    trip = trips[stage.name]
    for name, trace in traces.items():
        _draw_current(candidate, trace, stage.name, unit, sequence, _STYLES[name], name)
        _draw_state(level, trace, stage.name, unit, sequence, _STYLES[name])
    for value in (trip.upper[unit], trip.lower[unit]):
        threshold = value * design.operating.unit_current * _NA
        candidate.axhline(threshold, color="#D55E00", linewidth=0.9, linestyle="-.")
    _draw_outputs(outputs, design, traces, sequence)
    candidate.set(ylabel="candidate (nA)")
    candidate.set_title(
        f"{design.name}: cell {unit} of {stage.name} and the two largest outputs, "
        f"{design.technology}, {design.operating.supply_voltage:g} V"
    )
    level.set(ylabel="level" if stage.kind == "cmru" else "state")
    outputs.set(xlabel="time (ms)", ylabel="output current (nA)")
    handles, labels = candidate.get_legend_handles_labels()
    candidate.legend(handles, labels, loc="best", title="thresholds dash-dotted")
    outputs.legend(loc="best", ncols=2, fontsize="small")
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot draw: {error}", where=str(path)) from None


def _busiest_cell(design: Design, trace: Trace, sequence: int) -> tuple[Stage, int]:
    """The cell whose state changes most often in a recording."""
    valid = int(trace.lengths[sequence])
    best: tuple[int, Stage, int] | None = None
    for stage in design.cells:
        state = trace.stages[stage.name].state
        if state is None:
            continue
        changes = np.count_nonzero(np.diff(state[sequence, :valid], axis=0, prepend=0), axis=0)
        unit = int(changes.argmax())
        if best is None or changes[unit] > best[0]:
            best = (int(changes[unit]), stage, unit)
    if best is None:
        raise InputError("the design has no cells to draw")
    return best[1], best[2]


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


def _draw_outputs(axes: Axes, design: Design, traces: Mapping[str, Trace], sequence: int) -> None:
    logits = traces["behavioural"].logits(design.readout)[sequence]
    stage = design.stages[-1].name
    for rank, unit in enumerate(np.argsort(logits)[::-1][:2]):
        for name, trace in traces.items():
            style = {**_STYLES[name], "alpha": 1.0 if rank == 0 else 0.5}
            label = f"class {design.readout.classes[unit]}, {name}"
            _draw_current(axes, trace, stage, int(unit), sequence, style, label)


def _stairs(trace: Trace, values: Floats) -> tuple[Floats, Floats]:
    """Edges and values of a staircase with one tread a step, in ms."""
    edges = np.arange(len(values) + 1) * trace.step * _MS
    return edges.astype(np.float64), np.append(values, values[-1])
