"""Chips with mismatch: accuracy over its scale, and how the chips of one production differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from hwsim.engines.trace import Floats
from hwsim.report.figure_style import (
    BLUE,
    INK,
    PALETTE,
    VERMILLION,
    WIDE,
    Canvas,
    house_style,
    new_figure,
    panels,
)
from hwsim.report.numbers import prefixed, share
from hwsim.studies.reporting.chip_survey import ChipSurvey

_BINS = 24
"""Of a histogram, at most."""

_WIDEST = 0.3
"""Width of the dots of equal chips, in scales of mismatch."""


def mismatch_figure(survey: ChipSurvey, canvas: Canvas = WIDE) -> Figure:
    """Draw the accuracy of chips over the scale of their mismatch.

    Args:
        survey: of chips at several scales.
        canvas: what it is for.
    """
    with house_style():
        figure = new_figure(canvas, 3.6)
        axes = figure.subplots()
        _draw_chips(axes, survey)
        _draw_bands(axes, survey)
        ideal = survey.main.ideal_accuracy
        axes.axhline(
            ideal, color=PALETTE["black"], linestyle=":", linewidth=1.4, label="software network"
        )
        _draw_bar(axes.axhline, survey)
        axes.set(xlabel="mismatch, multiple of the technology's", ylabel="accuracy")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
        axes.grid(visible=True)
        axes.legend(loc="best")
    return figure


def _draw_bands(axes: Axes, survey: ChipSurvey) -> None:
    """Median, and 5th to 95th percentile, from the chip as drawn on."""
    bands = [point.accuracy for point, _ in survey.groups]
    x = [0.0, *(point.point.mismatch for point, _ in survey.groups)]
    start = survey.as_drawn
    low, high = [start, *(band.low for band in bands)], [start, *(band.high for band in bands)]
    axes.fill_between(
        x, low, high, color=BLUE, alpha=0.18, linewidth=0, label="5th to 95th percentile"
    )
    axes.plot(x, [start, *(b.median for b in bands)], "o-", color=BLUE, ms=4, label="median chip")


def _draw_chips(axes: Axes, survey: ChipSurvey) -> None:
    """A dot a chip, set apart so that equal ones can be seen."""
    for verdict in (survey.main, survey.others):
        for point, accuracy in zip(verdict.points, verdict.results.accuracy, strict=True):
            place = point.point.mismatch + _set_apart(accuracy)
            axes.plot(place, accuracy, ".", color=BLUE, alpha=0.4, ms=4, markeredgewidth=0)


def _set_apart(values: Floats) -> Floats:
    """Offsets of equal values from their middle, the same every time."""
    offsets = np.zeros(len(values))
    found, counts = np.unique(values, return_counts=True)
    apart = min(0.02, _WIDEST / counts.max())
    for value in found:
        same = np.flatnonzero(values == value)
        offsets[same] = (np.arange(len(same)) - (len(same) - 1) / 2) * apart
    return offsets


def chip_histogram(survey: ChipSurvey, canvas: Canvas = WIDE) -> Figure:
    """Draw how many chips have which accuracy and power, at the technology's mismatch.

    Args:
        survey: of chips.
        canvas: what it is for.
    """
    accuracy, power = survey.results.accuracy[0], survey.results.power[0]
    scale, unit = prefixed(float(np.median(power)), "W")
    with house_style():
        figure, (left, right) = panels(canvas, 2, 3.2)
        edges = _sample_edges(accuracy, survey.results.sweep.samples)
        _histogram(left, accuracy, edges)
        _draw_bar(left.axvline, survey)
        left.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=1, symbol=" %"))
        left.xaxis.set_major_locator(MaxNLocator(5))
        left.set(xlabel="accuracy", title="Accuracy")
        _histogram(right, power * scale, _even_edges(power * scale))
        right.set(xlabel=f"supply power ({unit})", title="Power")
        for axes in (left, right):
            axes.legend(loc="upper left")
            axes.margins(y=0.35)
    return figure


def _histogram(axes: Axes, values: Floats, edges: Floats) -> None:
    axes.hist(values, edges.tolist(), color=BLUE, alpha=0.55, edgecolor=BLUE, linewidth=0.8)
    axes.axvline(float(np.median(values)), color=INK, linewidth=1.4, label="median chip")
    axes.set_ylabel("chips")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(visible=True, axis="y")


def _draw_bar(line: Callable[..., Line2D], survey: ChipSurvey) -> None:
    """From where on a chip is good.

    Args:
        line: draws a line across axes.
        survey: says where.
    """
    label = f"good chip, {share(survey.above)}"
    line(survey.above, color=VERMILLION, linestyle="-.", linewidth=1.4, label=label)


def _sample_edges(accuracy: Floats, samples: int) -> Floats:
    """Bins of equal numbers of samples, with edges between possible accuracies."""
    counts = np.rint(accuracy * samples)
    low, high = int(counts.min()), int(counts.max())
    width = max(1, -(-(high - low + 1) // _BINS))
    bins = -(-(high - low + 1) // width)
    return np.asarray((low - 0.5 + width * np.arange(bins + 1)) / samples)


def _even_edges(values: Floats) -> Floats:
    low, high = float(values.min()), float(values.max())
    room = 0.01 * abs(high) if high == low else 0.0
    return np.linspace(low - room, high + room, _BINS + 1)
