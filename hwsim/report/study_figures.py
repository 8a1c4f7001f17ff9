"""The study of the cells as pictures: accuracies, starts, gradients through time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator, PercentFormatter

from hwsim.cells.kinds import KINDS, CellKind
from hwsim.report.figure_style import MUTED, PALETTE, Canvas, house_style, panels
from hwsim.studies.paper.convergence import Convergence, convergence
from hwsim.studies.paper.gradients import Floats, Flow, gradients
from hwsim.studies.paper.sensitivity import KNOBS, Knob, Sensitivity, sensitivity
from hwsim.studies.paper.study import Study

_SHEET = Canvas(9.0, 3)

_STYLES: Mapping[CellKind, tuple[str, str, str]] = {
    "bmru": (PALETTE["vermillion"], "v", "-"),
    "cmru": (PALETTE["blue"], "o", "-"),
    "saturating_cmru": (PALETTE["sky"], "s", "-"),
    "fq_bmru": (PALETTE["orange"], "^", "-"),
    "alpha_cmru": (PALETTE["green"], "D", "-"),
    "lru": (PALETTE["black"], "x", "--"),
    "mingru": (PALETTE["purple"], "+", "--"),
    "gru": (MUTED, "*", "--"),
}
"""Colour, marker and line of each cell; baselines are dashed."""

_FAINTEST = 1e-12
"""What is left of a gradient where the picture ends: zero is below every logarithm."""

_NAMES: Mapping[Knob, str] = {
    "alpha": "α₀, of the planned one",
    "beta": "β₀, of the planned one",
    "weight_gain": "weights, of the planned ones",
}


def convergence_figure(study: Study) -> Figure | None:
    """Test accuracy over the width, a panel a task; None where nothing has been run."""
    found: dict[str, dict[CellKind, dict[int, Convergence]]] = {}
    for one in study.plan.tasks:
        cells = {cell: _by_width(study, one.task, cell) for cell in study.plan.cells}
        known = {cell: each for cell, each in cells.items() if each}
        if known:
            found[one.task] = known
    if not found:
        return None
    with house_style():
        figure, axes = panels(_SHEET, len(found), 2.7)
        for panel, (task, by_cell) in zip(axes, found.items(), strict=False):
            _draw_accuracies(panel, task, by_cell, study)
        _finish(figure, axes, len(found), _drawn(study, found))
        return figure


def _by_width(study: Study, task: str, cell: CellKind) -> dict[int, Convergence]:
    each = {units: convergence(study, task, cell, units) for units in study.plan.units}
    return {units: one for units, one in each.items() if one is not None}


def _draw_accuracies(
    panel: Axes, task: str, by_cell: Mapping[CellKind, Mapping[int, Convergence]], study: Study
) -> None:
    spread = np.linspace(0.92, 1.08, max(2, len(by_cell)))
    for shift, (cell, by_width) in zip(spread, by_cell.items(), strict=False):
        colour, marker, line = _STYLES[cell]
        x = np.array(list(by_width)) * shift
        means = [one.mean for one in by_width.values()]
        panel.plot(x, means, line, marker=marker, ms=4, color=colour, lw=1.2)
        for place, one in zip(x, by_width.values(), strict=True):
            panel.vlines(place, one.least, max(one.tests), color=colour, lw=0.8, alpha=0.6)
    panel.axhline(study.plan.task(task).target, color=MUTED, lw=0.8, linestyle=":")
    panel.set_title(study.title(task))
    panel.set(xscale="log", xlabel="width d")
    panel.set_xlim(min(study.plan.units) / 1.3, max(study.plan.units) * 1.3)
    panel.set_xticks(study.plan.units, [str(units) for units in study.plan.units])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_formatter(PercentFormatter(1.0))
    panel.grid(visible=True)


def sensitivity_figure(study: Study) -> Figure | None:
    """Accuracy over each initial value, a row a task; None where nothing has been run."""
    rows = {
        task: {cell: sensitivity(study, task, cell) for cell in study.plan.cells}
        for task in study.plan.sensitivity.tasks
    }
    found = {task: _known(row) for task, row in rows.items() if _known(row)}
    if not found:
        return None
    with house_style():
        figure, axes = panels(_SHEET, len(found) * len(KNOBS), 2.7, sharey="row")
        for row, (task, by_cell) in enumerate(found.items()):
            for column, knob in enumerate(KNOBS):
                panel = axes[row * len(KNOBS) + column]
                _draw_starts(panel, knob, by_cell, study)
                panel.set_title(study.title(task) if column == 0 else "")
        _finish(figure, axes, len(axes), _drawn(study, found))
        return figure


def _known(row: Mapping[CellKind, Sensitivity | None]) -> dict[CellKind, Sensitivity]:
    return {cell: one for cell, one in row.items() if one is not None}


def _draw_starts(
    panel: Axes, knob: Knob, by_cell: Mapping[CellKind, Sensitivity], study: Study
) -> None:
    for cell, one in by_cell.items():
        points = {
            start.factor: each.mean for start, each in one.others.items() if start.knob == knob
        }
        if not points:
            continue
        points[1.0] = one.planned.mean
        colour, marker, line = _STYLES[cell]
        x = sorted(points)
        panel.plot(x, [points[each] for each in x], line, marker=marker, ms=4, color=colour, lw=1.2)
    panel.set(xscale="log", xlabel=_NAMES[knob])
    factors = sorted({1.0, *study.plan.sensitivity.factors})
    panel.set_xticks(factors, [f"{factor:g}" for factor in factors])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_formatter(PercentFormatter(1.0))
    panel.grid(visible=True)


def gradients_figure(study: Study) -> Figure | None:
    """Gradients over the distance from the end, before and after; None where none were run."""
    found: dict[str, dict[CellKind, Flow]] = {}
    for task in study.plan.gradients.tasks:
        flows = {cell: gradients(study, task, cell) for cell in study.plan.cells}
        known = {cell: flow for cell, flow in flows.items() if flow is not None}
        if known:
            found[task] = known
    if not found:
        return None
    with house_style():
        figure, axes = panels(Canvas(9.0, 2), 2 * len(found), 2.7, sharey="row")
        for row, (task, by_cell) in enumerate(found.items()):
            for column, when in enumerate(("before training", "trained")):
                panel = axes[2 * row + column]
                for cell, flow in by_cell.items():
                    _draw_flow(panel, cell, flow.start if column == 0 else flow.trained)
                panel.set_title(f"{study.title(task)}, {when}")
                panel.set(yscale="log", xlabel="steps before the last one")
                panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
                panel.yaxis.set_minor_locator(NullLocator())
                panel.grid(visible=True)
            axes[2 * row].set_ylabel("gradient, over that\nof the step before the last")
        _finish(figure, axes, len(axes), _drawn(study, found))
        return figure


def _draw_flow(panel: Axes, cell: CellKind, norms: Floats) -> None:
    """Median over seeds of the norm at each distance, over that one step before the last."""
    known = norms[norms[:, 1] > 0] if norms.ndim == 2 and norms.shape[1] > 1 else norms[:0]
    if not len(known):
        return
    median = np.median(known[:, 1:] / known[:, 1:2], axis=0)
    colour, _, line = _STYLES[cell]
    distances = np.arange(1, len(median) + 1)
    panel.plot(distances, np.maximum(median, _FAINTEST), line, color=colour, lw=1.2)


def _drawn(study: Study, found: Mapping[str, Mapping[CellKind, object]]) -> list[CellKind]:
    """Cells that are in a picture at all."""
    return [cell for cell in study.plan.cells if any(cell in each for each in found.values())]


def _finish(figure: Figure, axes: Sequence[Axes], used: int, cells: Sequence[CellKind]) -> None:
    """Empty panels away, and one legend for all."""
    for panel in axes[used:]:
        panel.set_visible(False)
    handles = []
    for cell in cells:
        colour, marker, line = _STYLES[cell]
        (handle,) = axes[0].plot([], [], line, marker=marker, ms=4, color=colour, label="")
        handle.set_label(KINDS[cell].title)
        handles.append(handle)
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
