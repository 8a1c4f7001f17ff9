"""A datasheet on one page: transfer, corners, timing, supply, and which transistors matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hwsim.circuits.datasheet import Datasheet, Readings
from hwsim.circuits.figures import find_figure
from hwsim.foundation.errors import InputError
from hwsim.foundation.quantities import format_quantity

# Okabe and Ito: told apart by readers with any colour vision.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_MARKERS = ("o", "s", "^", "D", "v", "P")
_MAIN = {
    "cmru": ("trip_up", "trip_down", "level"),
    "bmru": ("trip_up", "trip_down", "level"),
    "fq_bmru": ("threshold_high", "threshold_low", "level"),
    "mirror": ("gain_source", "gain_sink"),
    "splitter": ("gain_plus", "gain_minus"),
    "relu": ("gain",),
}
_LISTED = 22
"""Lines of the table of nominal figures that fit the page."""
_DEVICES = 10
"""Transistors of the picture of sensitivities."""


def draw_datasheet(datasheet: Datasheet, path: Path) -> None:
    """Draw a datasheet.

    Args:
        datasheet: of any kind of template.
        path: a ``.png`` or ``.svg`` file.

    Raises:
        InputError: the file cannot be written.
    """
    figure = Figure(figsize=(12.0, 8.0), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(2, 3)
    _transfer(panels[0, 0], datasheet)
    _corners(panels[0, 1], datasheet)
    _timing(panels[0, 2], datasheet)
    _supply(panels[1, 0], datasheet)
    _sensitivities(panels[1, 1], datasheet)
    _table(panels[1, 2], datasheet)
    at = datasheet.conditions
    figure.suptitle(
        f"{datasheet.template} on {datasheet.technology}: {datasheet.transistors} transistors, "
        f"{datasheet.area * 1e12:.0f} µm² of gates; {at.corner}, {at.temperature:g} °C, "
        f"{at.supply_voltage:g} V, {format_quantity(at.unit_current, 'A')} unless said"
    )
    try:
        figure.savefig(path, dpi=130)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot draw: {error}", where=str(path)) from None


def _transfer(axes: Axes, datasheet: Datasheet) -> None:
    """The hysteresis loop, the ladder, or the output characteristic."""
    curves = datasheet.curves
    if "loop_candidate" in curves:
        axes.plot(curves["loop_candidate"], curves["loop_state"], color=_COLOURS[0])
        axes.set(
            xlabel="candidate / asked threshold",
            ylabel="state (V)",
            title="hysteresis",
            xlim=(0, 1.6),
        )
        for name, colour in (("threshold_high", _COLOURS[1]), ("threshold_low", _COLOURS[2])):
            for each in _with(datasheet, name):
                low = 1 - datasheet.settings["width"] / datasheet.settings["threshold"]
                scale = 1.0 if name == "threshold_high" else low
                axes.axvline(each.figures[name] * scale, color=colour, alpha=0.15, linewidth=0.8)
    elif "level_currents" in curves:
        drawn = np.array(curves["level_currents"])
        axes.plot(np.arange(len(drawn)), drawn, "o-", color=_COLOURS[0])
        axes.set(xlabel="latches that are set", ylabel="current / asked level", title="ladder")
    elif "output_voltage" in curves:
        for index, side in enumerate(("gain_source", "gain_sink")):
            axes.plot(curves["output_voltage"], curves[side], color=_COLOURS[index], label=side)
        axes.set(xlabel="output (V)", ylabel="current / asked", title="output characteristic")
        axes.legend()
    else:
        _nothing(axes, "no transfer curve")


def _corners(axes: Axes, datasheet: Datasheet) -> None:
    """Main figures over the corners; a marker for each temperature and supply."""
    corners = list(dict.fromkeys(each.conditions.corner for each in datasheet.grid))
    for index, name in enumerate(_MAIN.get(datasheet.kind, ())):
        readings = _with(datasheet, name)
        places = [corners.index(each.conditions.corner) + 0.18 * (index - 1) for each in readings]
        values = [each.figures[name] for each in readings]
        axes.plot(places, values, _MARKERS[index], color=_COLOURS[index], ms=4, label=name)
    if not axes.lines:
        _nothing(axes, "no grid")
        return
    axes.set_xticks(range(len(corners)), corners)
    axes.set(ylabel="over the asked value", title="corners, temperatures, supplies")
    axes.legend(fontsize="small")


def _timing(axes: Axes, datasheet: Datasheet) -> None:
    """Time of a decision over the excess of the candidate."""
    times: dict[str, list[tuple[float, float]]] = {}
    for name, samples in datasheet.curves.items():
        if name.startswith("time_"):
            _, direction, overdrive = name.split("_")
            times.setdefault(direction, []).append((float(overdrive), samples[0]))
    for index, (direction, pairs) in enumerate(sorted(times.items())):
        x, y = np.array(sorted(pairs)).T
        axes.loglog(x, y * 1e6, _MARKERS[index] + "-", color=_COLOURS[index], label=direction)
    if not times:
        _nothing(axes, "no decisions")
        return
    axes.set(xlabel="excess / threshold", ylabel="time (µs)", title="decision time")
    axes.legend()


def _supply(axes: Axes, datasheet: Datasheet) -> None:
    """Currents from the supply over temperature, each corner at the nominal supply."""
    names = [name for name in datasheet.nominal if name.startswith("supply_")]
    at = datasheet.conditions
    for index, name in enumerate(names):
        readings = [
            each
            for each in _with(datasheet, name)
            if each.conditions.unit_current == at.unit_current and each.figures[name] > 0
        ]
        temperatures = [each.conditions.temperature + 1.5 * index for each in readings]
        values = [each.figures[name] for each in readings]
        axes.semilogy(
            temperatures, values, _MARKERS[index], color=_COLOURS[index], ms=4, label=name
        )
    if not axes.lines:
        _nothing(axes, "no supply current of its own")
        return
    axes.set(xlabel="temperature (°C)", ylabel="A", title="static supply, all corners")
    axes.legend(fontsize="small")


def _sensitivities(axes: Axes, datasheet: Datasheet) -> None:
    """Share of each transistor in the spread of the main figures, by its threshold voltage."""
    names = [name for name in _MAIN.get(datasheet.kind, ()) if name in datasheet.sensitivities]
    weights = {
        name: {
            path: abs(each.dvth) / math.sqrt(_area(datasheet, path))
            for path, each in datasheet.sensitivities[name].items()
        }
        for name in names
    }
    totals = {path: 0.0 for each in weights.values() for path in each}
    for each in weights.values():
        largest = max(each.values(), default=0.0) or 1.0
        for path, weight in each.items():
            totals[path] = max(totals[path], weight / largest)
    chosen = sorted(totals, key=lambda path: -totals[path])[:_DEVICES][::-1]
    if not chosen:
        _nothing(axes, "no sensitivities")
        return
    height = 0.8 / len(names)
    for index, name in enumerate(names):
        places = np.arange(len(chosen)) + (index - (len(names) - 1) / 2) * height
        # sigma = a / sqrt(area) with a of 1 mV um, a unit that no technology has to be known for
        values = [weights[name].get(path, 0.0) * 1e-9 * 100 for path in chosen]
        axes.barh(places, values, height, color=_COLOURS[index], label=name)
    axes.set_yticks(range(len(chosen)), chosen, fontsize="small")
    axes.set(xlabel="% per mV µm of Pelgrom constant", title="what mismatch of Vth does")
    axes.legend(fontsize="small")


def _area(datasheet: Datasheet, path: str) -> float:
    device = datasheet.devices[path]
    return device.width * device.length * device.units


def _table(axes: Axes, datasheet: Datasheet) -> None:
    """Nominal figures as text."""
    lines = []
    for name, value in list(datasheet.nominal.items())[:_LISTED]:
        unit = find_figure(datasheet.kind, name).unit
        text = format_quantity(value, unit) if unit else f"{value:.4f}"
        tried = datasheet.prediction.get(name)
        spread = f"  ± {tried.spread / abs(tried.mean):.1%}" if tried and tried.mean else ""
        lines.append(f"{name:<22}{text:>11}{spread}")
    lines += [f"{name:<22}     absent" for name in datasheet.absent]
    axes.axis("off")
    axes.text(0, 1, "\n".join(lines), family="monospace", fontsize=8, va="top")
    axes.set_title("nominal figures, spread by mismatch", loc="left")


def _with(datasheet: Datasheet, name: str) -> Sequence[Readings]:
    return [each for each in datasheet.grid if name in each.figures]


def _nothing(axes: Axes, why: str) -> None:
    axes.axis("off")
    axes.text(0.5, 0.5, why, ha="center", color="0.5")
