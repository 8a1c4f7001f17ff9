"""Where the supply power goes: over the time of a recording, by part of the chip, by group."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hwsim.engines.trace import Floats, Trace
from hwsim.report.figure_style import (
    BLUE,
    ENGINE_STYLES,
    INK,
    ORANGE,
    PAPER,
    SERIES,
    WIDE,
    Canvas,
    house_style,
    new_figure,
)
from hwsim.report.numbers import prefixed
from hwsim.studies.power import Power

_MS = 1e3
_BARS = {"behavioural": (ORANGE, "////"), "ngspice": (BLUE, "")}
"""Colour and hatches of the bars of an engine."""


def power_over_time(
    traces: Mapping[str, Trace], supply_voltage: float, canvas: Canvas = WIDE
) -> Figure:
    """Draw the supply power of one recording, the parts of the chip on top of each other.

    The parts are those of ngspice where it has run, and the sum of the other engine lies over
    them.

    Args:
        traces: by engine, of one recording; those without supply currents are left out.
        supply_voltage: V.
        canvas: what it is for.
    """
    known = {name: trace for name, trace in traces.items() if trace.supply_current}
    shown = known.get("ngspice") or known["behavioural"]
    parts = {part: _of_recording(shown, part, supply_voltage) for part in shown.supply_current}
    scale, unit = prefixed(float(np.max(np.sum(list(parts.values()), axis=0))), "W")
    edges = np.arange(int(shown.lengths[0]) + 1) * shown.step * _MS
    with house_style():
        figure = new_figure(canvas, 3.8)
        axes = figure.subplots()
        axes.stackplot(
            edges,
            [_closed(values) * scale for values in parts.values()],
            labels=list(parts),
            colors=[SERIES[index % len(SERIES)] for index in range(len(parts))],
            step="post",
            alpha=0.75,
            edgecolor=PAPER,
            linewidth=0.6,
        )
        for name, trace in known.items():
            if name != shown.engine:
                own = [_of_recording(trace, part, supply_voltage) for part in parts]
                total = _closed(np.sum(own, axis=0)) * scale
                style = {**ENGINE_STYLES[name], "color": INK}
                axes.step(edges, total, where="post", label=f"sum, {name}", **style)
        axes.set(xlabel="time (ms)", ylabel=f"supply power ({unit})", xlim=(0, edges[-1]))
        axes.set_ylim(bottom=0)
        axes.grid(visible=True, axis="y")
        _legend_outside(figure, axes, canvas)
    return figure


def energy_figure(power: Mapping[str, Power], canvas: Canvas = WIDE) -> Figure:
    """Draw the energy of an inference by part of the chip, engines side by side.

    Args:
        power: by engine, of the same recordings.
        canvas: what it is for.
    """
    parts = list(next(iter(power.values())).by_part)
    energies = {
        name: [_energy(each, each.by_part[part]) for part in parts] for name, each in power.items()
    }
    scale, unit = prefixed(max(map(max, energies.values())), "J")
    height = 0.8 / len(power)
    with house_style():
        figure = new_figure(canvas, 0.9 + 0.42 * len(parts))
        axes = figure.subplots()
        for index, (name, values) in enumerate(energies.items()):
            places = np.arange(len(parts)) + (index - (len(power) - 1) / 2) * height
            colour, hatch = _BARS[name]
            bars = axes.barh(
                places,
                np.array(values) * scale,
                height * 0.9,
                color=colour,
                alpha=0.75,
                hatch=hatch,
                edgecolor=PAPER,
                linewidth=0,
                label=name,
            )
            axes.bar_label(bars, [f"{value * scale:.2f}" for value in values], padding=3, color=INK)
        _name_parts(axes, parts, unit)
        axes.legend(loc="best")
    return figure


def group_figure(power: Power, canvas: Canvas = WIDE) -> Figure:
    """Draw the energy of an inference by part of the chip and, within it, by group of devices.

    Args:
        power: of an engine that knows the groups.
        canvas: what it is for.
    """
    parts = list(power.by_part_and_group)
    scale, unit = prefixed(max(_energy(power, power.by_part[part]) for part in parts), "J")
    with house_style():
        figure = new_figure(canvas, 0.9 + 0.36 * len(parts) + 0.5 * canvas.is_narrow)
        axes = figure.subplots()
        left = np.zeros(len(parts))
        for index, group in enumerate(power.by_group):
            watts = [power.by_part_and_group[part].get(group, 0.0) for part in parts]
            values = np.array([_energy(power, each) for each in watts]) * scale
            axes.barh(
                parts,
                values,
                0.62,
                left,
                color=SERIES[index % len(SERIES)],
                alpha=0.75,
                edgecolor=PAPER,
                linewidth=0.6,
                label=group,
            )
            left += values
        _name_parts(axes, parts, unit)
        _legend_outside(figure, axes, canvas)
    return figure


def _name_parts(axes: Axes, parts: list[str], unit: str) -> None:
    axes.set_yticks(range(len(parts)), parts)
    axes.invert_yaxis()
    axes.set(xlabel=f"energy of an inference ({unit})")
    axes.margins(x=0.12)
    axes.grid(visible=True, axis="x")


def _legend_outside(figure: Figure, axes: Axes, canvas: Canvas) -> None:
    """Names beside the axes, below them where the paper is narrow; the topmost part first."""
    handles, labels = axes.get_legend_handles_labels()
    if canvas.is_narrow:
        figure.legend(handles, labels, loc="outside lower center", ncols=3)
    else:
        figure.legend(handles[::-1], labels[::-1], loc="outside right upper")


def _energy(power: Power, watts: float) -> float:
    """What a power takes over a mean inference, J."""
    return power.energy_per_inference * watts / power.total


def _of_recording(trace: Trace, part: str, supply_voltage: float) -> Floats:
    """Power of a part in the first recording of a trace, W, [step]."""
    return np.asarray(trace.supply_current[part][0, : int(trace.lengths[0])] * supply_voltage)


def _closed(values: Floats) -> Floats:
    """A value a step, with the last one again for the end of its step."""
    return np.append(values, values[-1])
