"""The scaling study as one picture: parts of the power over width and depth, with their laws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, NullLocator

from hwsim.report.figure_style import MUTED, PALETTE, WIDE, Canvas, house_style, panels
from hwsim.studies.scaling.study import LITERATURE, PARTS, Laws, Part, Run, Scaling

_STYLES: Mapping[Part, tuple[str, str, str]] = {
    "recurrent": (PALETTE["vermillion"], "v", "--"),
    "state": (PALETTE["orange"], "^", ":"),
    "feedforward": (PALETTE["blue"], "o", "-"),
    "square": (PALETTE["sky"], "s", "-."),
}
"""Colour, marker and line."""


def scaling_figure(found: Scaling, canvas: Canvas = WIDE) -> Figure:
    """Draw a scaling study.

    Args:
        found: the study.
        canvas: what it is drawn for.
    """
    with house_style():
        figure, (left, right) = panels(canvas, 2, 4.4)
        runs = found.widths()
        _draw(left, runs, [each.size.units for each in runs], found.width)
        _draw_literature(left, found)
        left.set_xlabel("width d, units of a block")
        runs = found.depths()
        _draw(right, runs, [each.size.blocks for each in runs], found.depth)
        right.set_xlabel(f"blocks, d = {found.plan.depth_width}")
        for axes in (left, right):
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15))
        return figure


def _draw(axes: Axes, runs: Sequence[Run], x: Sequence[int], laws: Laws) -> None:
    ends = np.array([min(x), max(x)], dtype=np.float64)
    for part, words in PARTS.items():
        colour, marker, line = _STYLES[part]
        law = laws.by_part[part]
        watts = [getattr(each.power, part) for each in runs]
        axes.plot(x, watts, marker, color=colour, ms=4, alpha=0.6, linestyle="none")
        label = f"{words}: {law.exponent:.2f} ({law.low:.2f} to {law.high:.2f})"
        axes.plot(ends, [law.at(end) for end in ends], line, color=colour, label=label)
    axes.set(xscale="log", yscale="log", ylabel="supply power")
    axes.set_xticks(sorted(set(x)), [str(each) for each in sorted(set(x))])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(EngFormatter("W"))
    axes.grid(visible=True)


def _draw_literature(axes: Axes, found: Scaling) -> None:
    """Slopes of the literature through the laws at the smallest width."""
    ends = np.array([min(found.plan.widths), max(found.plan.widths)], dtype=np.float64)
    for part, exponent in LITERATURE.items():
        start = found.width.by_part[part].at(float(ends[0]))
        label = f"literature, {part}: {exponent:g}"
        slope = start * (ends / ends[0]) ** exponent
        axes.plot(ends, slope, _STYLES[part][2], color=MUTED, lw=0.8, label=label)
