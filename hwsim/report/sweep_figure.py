"""A sweep on one picture: bands over one parameter, maps over two, whiskers over more."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, MaxNLocator, PercentFormatter

from hwsim.report.sweep_map import draw_map
from hwsim.studies.sweep.parameters import PARAMETERS, Parameter, Value
from hwsim.studies.sweep.results import Results
from hwsim.studies.sweep.verdict import Band, Verdict

# Okabe and Ito: told apart by readers with any colour vision.
_BAND, _IDEAL, _WANTED = "#0072B2", "#000000", "#D55E00"
_MANY_DECADES = 20.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""

_FIGURES = {
    "accuracy": "accuracy",
    "state_agreement": "states equal to the ideal network",
    "power": "supply power",
}


def sweep_picture(verdict: Verdict) -> bytes:
    """Draw a sweep.

    Returns:
        A picture as PNG.
    """
    results = verdict.results
    varied = _varied(results)
    if len(varied) == 2 and _is_grid(results, varied):
        figure = _maps(verdict, (varied[0], varied[1]))
    elif len(varied) > 1:
        figure = _whiskers(verdict, varied)
    elif varied:
        figure = _bands(verdict, varied[0])
    else:
        figure = _histograms(verdict)
    sweep = results.sweep
    figure.suptitle(
        f"{results.engine}: {sweep.chips} chips a point, {sweep.samples} samples a chip"
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130, metadata={"Software": None})
    return buffer.getvalue()


def _varied(results: Results) -> list[Parameter]:
    """Parameters that differ between points."""
    names = [PARAMETERS[name] for name in results.sweep.varied]
    points = results.sweep.points
    return [each for each in names if len({getattr(p, each.field) for p in points}) > 1]


def _is_grid(results: Results, varied: Sequence[Parameter]) -> bool:
    values = [{getattr(p, each.field) for p in results.sweep.points} for each in varied]
    return len(results.sweep.points) == len(values[0]) * len(values[1])


def _figure(panels: int, height: float = 4.2) -> tuple[Figure, Sequence[Axes]]:
    columns = min(panels, 3)
    rows = -(-panels // columns)
    figure = Figure(figsize=(4.4 * columns + 0.4, height * rows), layout="constrained")
    FigureCanvasAgg(figure)
    axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for spare in axes[panels:]:
        spare.axis("off")
    return figure, axes[:panels]


def _bands(verdict: Verdict, parameter: Parameter) -> Figure:
    """Median and percentiles over one parameter."""
    figure, panels = _figure(3)
    values = [getattr(each.point, parameter.field) for each in verdict.points]
    for axes, (name, title) in zip(panels, _FIGURES.items(), strict=True):
        bands = [getattr(each, name) for each in verdict.points]
        if parameter.kind == "word":
            _draw_whiskers(axes, parameter, values, bands)
        else:
            _draw_band(axes, values, bands)
            _along(axes, parameter, values)
        _upwards(axes, name, title)
    _references(panels[0].axhline, verdict)
    panels[0].legend(fontsize="small")
    return figure


def _draw_band(axes: Axes, values: Sequence[Value], bands: Sequence[Band]) -> None:
    order = sorted(range(len(values)), key=lambda index: values[index])
    x = [values[index] for index in order]
    ordered = [bands[index] for index in order]
    low, high = [band.low for band in ordered], [band.high for band in ordered]
    axes.fill_between(
        x, low, high, color=_BAND, alpha=0.25, linewidth=0, label="5 % to 95 % of chips"
    )
    axes.plot(x, [band.median for band in ordered], "o-", color=_BAND, ms=4, label="median chip")


def _whiskers(verdict: Verdict, varied: Sequence[Parameter]) -> Figure:
    """Accuracy over each parameter, all others as they come."""
    figure, panels = _figure(len(varied))
    for axes, parameter in zip(panels, varied, strict=True):
        values = [getattr(each.point, parameter.field) for each in verdict.points]
        _draw_whiskers(axes, parameter, values, [each.accuracy for each in verdict.points])
        _upwards(axes, "accuracy", _FIGURES["accuracy"])
    _references(panels[0].axhline, verdict)
    panels[0].legend(fontsize="small")
    return figure


def _draw_whiskers(
    axes: Axes, parameter: Parameter, values: Sequence[Value], bands: Sequence[Band]
) -> None:
    names = list(dict.fromkeys(values))
    is_word = parameter.kind == "word"
    x = [names.index(value) for value in values] if is_word else values
    median = np.array([band.median for band in bands])
    below = median - [band.low for band in bands]
    over = np.array([band.high for band in bands]) - median
    axes.errorbar(
        x,
        median,
        np.stack([below, over]),
        fmt="o",
        color=_BAND,
        ms=5,
        elinewidth=1,
        capsize=2,
        label="median chip, 5 % to 95 %",
    )
    if is_word:
        axes.set_xticks(range(len(names)), [str(name) for name in names])
        axes.set_xlim(-0.5, len(names) - 0.5)
        axes.set_xlabel(parameter.title)
    else:
        _along(axes, parameter, values)


def _histograms(verdict: Verdict) -> Figure:
    """All chips of the one point there is."""
    figure, panels = _figure(3)
    for axes, (name, title) in zip(panels, _FIGURES.items(), strict=True):
        axes.hist(getattr(verdict.results, name).ravel(), bins="sqrt", color=_BAND, label="chips")
        axes.set(xlabel=title, ylabel="chips")
        axes.xaxis.set_major_formatter(_formatter(name))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    _references(panels[0].axvline, verdict)
    panels[0].legend(fontsize="small")
    return figure


def _maps(verdict: Verdict, varied: tuple[Parameter, Parameter]) -> Figure:
    """Accuracy over two parameters, and how many chips are good or how bad the bad ones are."""
    figure, (left, right) = _figure(2, height=4.8)
    points = verdict.points
    draw_map(left, points, varied, [each.accuracy.median for each in points])
    left.set_title("median accuracy")
    if verdict.above is None:
        draw_map(right, points, varied, [each.accuracy.low for each in points])
        right.set_title("5th percentile of accuracy")
    else:
        good = [each.good.value for each in points if each.good is not None]
        draw_map(right, points, varied, good)
        right.set_title(f"yield: accuracy of {100 * verdict.above:g} % or more")
    return figure


def _along(axes: Axes, parameter: Parameter, values: Sequence[Value]) -> None:
    """The horizontal axis of a parameter."""
    numbers = [float(value) for value in values]
    if min(numbers) > 0 and max(numbers) / min(numbers) > _MANY_DECADES:
        axes.set_xscale("log")
    if parameter.kind == "count":
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    elif parameter.unit not in ("", "C"):
        axes.xaxis.set_major_formatter(EngFormatter(parameter.unit))
    axes.set_xlabel(f"{parameter.title} (°C)" if parameter.unit == "C" else parameter.title)


def _upwards(axes: Axes, name: str, title: str) -> None:
    axes.set_ylabel(title)
    axes.yaxis.set_major_formatter(_formatter(name))
    axes.grid(alpha=0.3)


def _formatter(name: str) -> EngFormatter | PercentFormatter:
    return EngFormatter("W") if name == "power" else PercentFormatter(1.0)


def _references(line: Callable[..., Line2D], verdict: Verdict) -> None:
    """What the chips are held to.

    Args:
        line: draws a line across the axes of accuracy.
        verdict: says where.
    """
    line(verdict.ideal_accuracy, color=_IDEAL, linestyle="--", linewidth=1, label="ideal network")
    if verdict.above is not None:
        line(verdict.above, color=_WANTED, linestyle="-.", linewidth=1, label="good chip")
