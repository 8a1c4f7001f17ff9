"""How far the engines agree with each other, and which classes the chip confuses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.report.figure_style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    PALETTE,
    VERMILLION,
    WIDE,
    Canvas,
    house_style,
    on_one_line,
    panels,
)
from hwsim.report.numbers import share
from hwsim.studies.reporting.engine_runs import EngineRun, EngineRuns

MOST_CLASSES = 20
"""Classes of which the confusions can still be read."""

_STRONGEST = 0.55
"""Opacity of the fullest cell: its number stays legible on any paper."""


def confusion(design: Design, run: EngineRun, sequences: Sequences) -> NDArray[np.int64]:
    """Recordings by their label and by the class that an engine decides, [label, class].

    Args:
        design: the network.
        run: of an engine.
        sequences: the whole data set, labelled.
    """
    classes = len(design.readout.classes)
    counts = np.zeros((classes, classes), dtype=np.int64)
    if sequences.labels is not None:
        labels = sequences.labels[list(run.indices)]
        np.add.at(counts, (labels, run.trace.decisions(design.readout)), 1)
    return counts


def agreement_figure(
    design: Design, engines: EngineRuns, sequences: Sequences, canvas: Canvas = WIDE
) -> Figure:
    """Draw what engines decide alike, and the confusions of the chip.

    Args:
        design: the network.
        engines: what they did.
        sequences: the whole data set, labelled.
        canvas: what it is for.
    """
    run, classes = engines.chip, design.readout.classes
    has_classes = run is not None and len(classes) <= MOST_CLASSES
    with house_style():
        figure, axes = panels(canvas, 1 + has_classes, 4.2)
        _draw_agreement(axes[0], engines)
        if run is not None and has_classes:
            counts = confusion(design, run, sequences)
            _draw_confusion(axes[1], counts, classes, run.trace.engine)
    return figure


def _draw_agreement(axes: Axes, engines: EngineRuns) -> None:
    """Above the diagonal decisions, below it states."""
    names = list(engines.runs)
    _squares(axes, names, names)
    for (tested, reference), value in engines.agreement.items():
        row, column = sorted((names.index(tested), names.index(reference)))
        decided = value.equal_decisions
        _cell(axes, row, column, BLUE, value.decisions, f"{decided.hits} of {decided.total}")
        _cell(axes, column, row, ORANGE, value.states, share(value.states, 2))
    for place, run in enumerate(engines.runs.values()):
        accuracy = run.accuracy.value
        _cell(axes, place, place, PALETTE["green"], accuracy, share(accuracy))
    axes.set_title("What the engines have in common")


def _draw_confusion(
    axes: Axes, counts: NDArray[np.int64], classes: Sequence[str], engine: str
) -> None:
    short = [on_one_line(name, 10) for name in classes]
    _squares(axes, short, short)
    totals = counts.sum(axis=1)
    for label, decided in np.argwhere(counts == 0):
        _fill(axes, int(label), int(decided), MUTED, 0.08)
    for label, decided in np.argwhere(counts):
        count, total = int(counts[label, decided]), int(totals[label])
        colour = PALETTE["green"] if label == decided else VERMILLION
        fullness = count / total if label == decided else 0.35 + count / total
        _cell(axes, int(label), int(decided), colour, fullness, str(count))
    axes.set(xlabel="decided class", ylabel="label", title=f"What the chip decides ({engine})")


def _squares(axes: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    crowded = len(columns) > 6 and max(map(len, columns)) > 3
    axes.set_xticks(range(len(columns)), columns, rotation=90 if crowded else 0)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.set_aspect("equal")
    axes.spines[:].set_visible(False)


def _cell(axes: Axes, row: int, column: int, colour: str, fullness: float, text: str) -> None:
    _fill(axes, row, column, colour, _STRONGEST * min(max(fullness, 0.08), 1.0))
    axes.text(column, row, text, ha="center", va="center", color=INK)


def _fill(axes: Axes, row: int, column: int, colour: str, alpha: float) -> None:
    square = Rectangle((column - 0.47, row - 0.47), 0.94, 0.94)
    square.set(facecolor=colour, alpha=alpha, linewidth=0)
    axes.add_patch(square)
