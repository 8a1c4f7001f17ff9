"""How pictures look: colours, type, and the two widths that a page shows them in.

Colours are those of Okabe and Ito, told apart by readers with any colour vision; engines differ by
their dashes as well. Each colour of `PALETTE` is drawn only by its name, so that a page can put
another one in its place where it is dark.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hwsim.foundation.errors import InputError

PALETTE: Mapping[str, str] = MappingProxyType(
    {
        "ink": "#1b1f24",
        "muted": "#5b6470",
        "grid": "#dfe2e6",
        "paper": "#fefefe",
        "black": "#000000",
        "blue": "#0072b2",
        "orange": "#e69f00",
        "green": "#009e73",
        "vermillion": "#d55e00",
        "purple": "#cc79a7",
        "sky": "#56b4e9",
        "yellow": "#f0e442",
    }
)
"""Name -> colour on white paper."""

INK, MUTED, GRID, PAPER = (PALETTE[name] for name in ("ink", "muted", "grid", "paper"))
BLUE, ORANGE, VERMILLION = (PALETTE[name] for name in ("blue", "orange", "vermillion"))

SERIES = tuple(
    PALETTE[name]
    for name in ("sky", "orange", "green", "purple", "blue", "vermillion", "yellow", "muted")
)
"""Of parts of a whole, in their order."""

ENGINE_STYLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "ideal": {"color": PALETTE["black"], "linestyle": ":", "linewidth": 1.6},
        "behavioural": {"color": ORANGE, "linestyle": "--", "linewidth": 1.8},
        "ngspice": {"color": BLUE, "linestyle": "-", "linewidth": 1.2},
    }
)
"""Line of each engine."""

_PARAMETERS: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "axes.titleweight": "bold",
    "figure.facecolor": "none",
    "font.size": 9.0,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "legend.fontsize": "small",
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "hwsim",
    "text.color": INK,
    "text.parse_math": False,  # names of classes and stages are no formulas
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
}


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a picture is drawn for.

    Attributes:
        width: inches.
        columns: panels side by side, at most.
    """

    width: float
    columns: int

    @property
    def is_narrow(self) -> bool:
        """Whether panels stand above each other."""
        return self.columns == 1


WIDE = Canvas(9.0, 2)
"""A desk or a sheet of paper."""

NARROW = Canvas(4.2, 1)
"""A telephone."""


@contextlib.contextmanager
def house_style() -> Iterator[None]:
    """Pictures begun within are drawn in the style of the house."""
    with mpl.rc_context(_PARAMETERS):
        yield


def new_figure(canvas: Canvas, height: float) -> Figure:
    """An empty figure that lays itself out.

    Args:
        canvas: what it is for.
        height: inches.
    """
    figure = Figure(figsize=(canvas.width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def panels(canvas: Canvas, count: int, height: float, **grid: object) -> tuple[Figure, list[Axes]]:
    """A figure of equal panels, as many side by side as the canvas has columns.

    Args:
        canvas: what it is for.
        count: of panels.
        height: of a row, inches.
        grid: further words of `matplotlib.figure.Figure.subplots`.
    """
    columns = min(canvas.columns, count)
    rows = -(-count // columns)
    figure = new_figure(canvas, height * rows)
    axes = figure.subplots(rows, columns, squeeze=False, **grid)  # type: ignore[call-overload]
    return figure, list(axes.ravel())


def on_one_line(name: str, most: int = 24) -> str:
    """A user's name as it fits into a picture or a line: printable, and not too long.

    Args:
        name: any text.
        most: characters; what lies beyond becomes an ellipsis.
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure on white.

    Args:
        figure: any.
        path: a ``.png`` or ``.svg`` file.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        figure.savefig(path, dpi=150, facecolor="white")
    except (OSError, ValueError) as error:
        raise InputError(f"cannot draw: {error}", where=str(path)) from None
