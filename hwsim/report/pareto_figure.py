"""An exploration as one picture: energy against accuracy, and where the time runs out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, NullLocator, PercentFormatter

from hwsim.report.figure_style import (
    BLUE,
    INK,
    MUTED,
    VERMILLION,
    WIDE,
    Canvas,
    house_style,
    panels,
)
from hwsim.studies.explore.exploration import Choice, Exploration

_MERITS = (
    ("median", "median chip", BLUE, "o", "-"),
    ("low", "5th percentile of chips", VERMILLION, "v", "--"),
)
"""Field of the accuracy, words, colour, marker, line."""

_Place = Callable[[Exploration, int], tuple[float, float]]
"""Where a point of the finals lies in a panel."""


def pareto_figure(
    found: Exploration, choice: Choice | None, loss: float, canvas: Canvas = WIDE
) -> Figure:
    """Draw an exploration.

    Args:
        found: the exploration.
        choice: the chosen point, or None.
        loss: what its 5th percentile of accuracy may lose, a fraction.
        canvas: what it is drawn for.
    """
    with house_style():
        figure, (front, plane) = panels(canvas, 2, 4.2)
        _draw_front(front, found, choice, loss)
        _draw_plane(plane, found, choice)
        return figure


def _draw_front(axes: Axes, found: Exploration, choice: Choice | None, loss: float) -> None:
    figures = found.finals.figures
    for merit, words, colour, marker, line in _MERITS:
        able = [index for index in figures if found.candidates[index].refusal is None]
        _scatter(axes, found, able, merit, color=colour, marker=marker, alpha=0.35)
        front = found.front(merit)
        energy = [figures[index].energy.median for index in front]
        accuracy = [getattr(figures[index].accuracy, merit) for index in front]
        axes.step(energy, accuracy, where="post", color=colour, linestyle=line)
        axes.plot(energy, accuracy, marker, color=colour, ms=6, label=f"{words}, front")
    _ring(axes, found, choice, _energy_and_accuracy)
    least = found.reference.accuracy.low - loss
    axes.axhline(least, color=MUTED, linestyle=":", label="least 5th percentile allowed")
    _logarithmic(axes, "x", "J")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set(xlabel="energy an inference, median chip", ylabel="accuracy")
    axes.set_title(f"{found.finals.sweep.chips} chips a point")
    axes.grid(visible=True)
    axes.margins(0.08)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)


def _logarithmic(axes: Axes, which: Literal["x", "y"], unit: str) -> None:
    """An axis by ratios with readable numbers, however short it is."""
    axes.set(**{f"{which}scale": "log"})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(EngFormatter(unit))


def _scatter(
    axes: Axes, found: Exploration, indices: Sequence[int], merit: str, **style: object
) -> None:
    energy = [found.finals.figures[index].energy.median for index in indices]
    accuracy = [getattr(found.finals.figures[index].accuracy, merit) for index in indices]
    axes.plot(energy, accuracy, linestyle="none", ms=4, markeredgewidth=0, **style)  # type: ignore[arg-type]


def _ring(axes: Axes, found: Exploration, choice: Choice | None, at: _Place) -> None:
    """Frame the export and ring the chosen point, where `at` says that they lie."""
    points = {"export": (0, "s")} | ({"chosen": (choice.index, "o")} if choice else {})
    for words, (index, marker) in points.items():
        x, y = at(found, index)
        axes.plot(
            x,
            y,
            marker,
            ms=11,
            markerfacecolor="none",
            markeredgecolor=INK,
            markeredgewidth=1.4,
            linestyle="none",
            label=words,
        )


def _energy_and_accuracy(found: Exploration, index: int) -> tuple[float, float]:
    figures = found.finals.figures[index]
    return figures.energy.median, figures.accuracy.low


def _current_and_step(found: Exploration, index: int) -> tuple[float, float]:
    point = found.candidates[index].point
    return point.unit_current, point.step


def _draw_plane(axes: Axes, found: Exploration, choice: Choice | None) -> None:
    """Where cells are fast enough: every unit current and step that was looked at."""
    able = [each.point for each in found.candidates if each.refusal is None]
    places = {(each.unit_current, each.step) for each in able}
    late = {(each.point.unit_current, each.point.step) for each in found.candidates} - places
    for words, chosen, marker, colour in (
        ("cells decide in time", places, "o", BLUE),
        ("too slow, or a design rule is broken", late, "x", MUTED),
    ):
        x, y = [each[0] for each in chosen], [each[1] for each in chosen]
        axes.plot(x, y, marker, color=colour, linestyle="none", ms=6, label=words)
    _ring(axes, found, choice, _current_and_step)
    _logarithmic(axes, "x", "A")
    _logarithmic(axes, "y", "s")
    axes.set(xlabel="unit current", ylabel="time step")
    axes.set_title("where cells decide in time")
    axes.grid(visible=True)
    axes.margins(0.12)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
