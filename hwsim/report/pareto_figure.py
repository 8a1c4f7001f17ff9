"""An exploration as one picture: energy against accuracy, and where the time runs out."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, PercentFormatter

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
    _mark(axes, found, choice)
    least = found.reference.accuracy.low - loss
    axes.axhline(least, color=MUTED, linestyle=":", label="least 5th percentile allowed")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(EngFormatter("J"))
    axes.xaxis.set_minor_formatter("")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set(xlabel="energy an inference, median chip", ylabel="accuracy")
    axes.set_title(f"{found.finals.sweep.chips} chips a point")
    axes.grid(visible=True)
    axes.legend(loc="lower right")


def _scatter(
    axes: Axes, found: Exploration, indices: Sequence[int], merit: str, **style: object
) -> None:
    energy = [found.finals.figures[index].energy.median for index in indices]
    accuracy = [getattr(found.finals.figures[index].accuracy, merit) for index in indices]
    axes.plot(energy, accuracy, linestyle="none", ms=4, markeredgewidth=0, **style)  # type: ignore[arg-type]


def _mark(axes: Axes, found: Exploration, choice: Choice | None) -> None:
    """Ring the 5th percentiles of the export and of the chosen point."""
    points = {"export": (0, "s")} | ({"chosen": (choice.index, "o")} if choice else {})
    for words, (index, marker) in points.items():
        figures = found.finals.figures[index]
        axes.plot(
            figures.energy.median,
            figures.accuracy.low,
            marker,
            ms=13,
            markerfacecolor="none",
            markeredgecolor=INK,
            markeredgewidth=1.4,
            linestyle="none",
            label=words,
        )


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
    marks = {"export": (0, "s")} | ({"chosen": (choice.index, "o")} if choice else {})
    for words, (index, marker) in marks.items():
        point = found.candidates[index].point
        axes.plot(
            point.unit_current,
            point.step,
            marker,
            ms=13,
            markerfacecolor="none",
            markeredgecolor=INK,
            markeredgewidth=1.4,
            linestyle="none",
            label=words,
        )
    for axis, unit in ((axes.xaxis, "A"), (axes.yaxis, "s")):
        axis.set_major_formatter(EngFormatter(unit))
    axes.set(xscale="log", yscale="log", xlabel="unit current", ylabel="time step")
    for axis, unit in ((axes.xaxis, "A"), (axes.yaxis, "s")):
        axis.set_major_formatter(EngFormatter(unit))
        axis.set_minor_formatter("")
    axes.set_title("where cells decide in time")
    axes.grid(visible=True)
    axes.margins(0.12)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
