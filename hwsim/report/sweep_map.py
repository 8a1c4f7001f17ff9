"""A fraction over two parameters, as colours with numbers in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from hwsim.engines.trace import Floats
from hwsim.studies.sweep.parameters import Parameter, Value
from hwsim.studies.sweep.verdict import PointSummary

_MAP = "cividis"
"""Ordered by lightness, so it is read in grey and with any colour vision."""

_WRITTEN = 120
"""Cells of a map up to which each has its number in it."""

_TICKS = 12
"""Ticks of a map along each side."""


def draw_map(
    axes: Axes,
    summaries: Sequence[PointSummary],
    varied: tuple[Parameter, Parameter],
    figures: Sequence[float],
) -> None:
    """Draw a map with a place for every pair of values, evenly spaced, and a colour bar.

    Args:
        axes: where to.
        summaries: of points that are every combination of two parameters.
        varied: the parameter upwards, and the one to the right.
        figures: fraction of each point.
    """
    down, along = varied
    places = [
        (getattr(each.point, down.field), getattr(each.point, along.field)) for each in summaries
    ]
    rows, columns = _ordered({p[0] for p in places}), _ordered({p[1] for p in places})
    grid: Floats = np.empty((len(rows), len(columns)))
    for (row, column), value in zip(places, figures, strict=True):
        grid[rows.index(row), columns.index(column)] = value
    image = axes.imshow(grid, cmap=_MAP, aspect="auto", origin="lower")
    bar = axes.figure.colorbar(image, ax=axes)
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    across, upwards = _ticks(len(columns)), _ticks(len(rows))
    axes.set_xticks(across, [along.shown(columns[index]) for index in across])
    axes.set_yticks(upwards, [down.shown(rows[index]) for index in upwards])
    axes.tick_params(axis="x", rotation=45)
    axes.set(xlabel=along.title, ylabel=down.title)
    if grid.size <= _WRITTEN:
        middle = (grid.min() + grid.max()) / 2
        for (row, column), value in np.ndenumerate(grid):
            ink = "black" if value > middle else "white"
            axes.text(column, row, f"{value:.0%}", ha="center", va="center", color=ink, fontsize=8)


def _ticks(count: int) -> range:
    """Places of as many ticks as can be read."""
    return range(0, count, -(-count // _TICKS))


def _ordered(values: set[Value]) -> list[Value]:
    """Numbers by size, words by the alphabet."""
    return sorted(values, key=lambda value: (isinstance(value, str), value))
