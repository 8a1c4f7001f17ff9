"""What cells draw from the supply by themselves: comparators, memory, leakage, steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hwsim.design.design import Design
from hwsim.design.stage import Cell, CmruCell, FqBmruCell, Stage
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.supply_groups import Groups
from hwsim.engines.supply_leakage import excess
from hwsim.engines.supply_totals import Span, Total
from hwsim.engines.trace import Floats

State: TypeAlias = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class CellTotals:
    """What the cells of a stage did, each of the shape of a total and [unit].

    Attributes:
        split: of ladders, what flows for their candidates, unit currents. A candidate flows in
            full out of the P diode of its splitter when it is negative; up to the threshold it
            flows once more in the comparator of its sign. Of comparators, the candidate and what
            the state node takes of it and of the feedback.
        state: steps of a ladder or 1 of a comparator that is set.
        size: of the absolute state.
        moved: steps that ladders moved by, from reset.
        leaks: of the mirrors of candidates of comparators, unit currents.
    """

    split: Floats
    state: Floats
    size: Floats
    moved: Floats
    leaks: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CellLimits:
    """Currents at which the cells of a stage limit what they take, unit currents.

    Attributes:
        threshold: of comparators, [unit].
        width: of the feedback of a comparator that is set, [unit]; 0 of ladders.
        idle: leakage of the mirrors of candidates; 0 of ladders.
    """

    threshold: Floats
    width: Floats
    idle: float


def cell_limits(design: Design, stage: Stage, cell: Cell, model: ChipModel) -> CellLimits:
    """Of the cells of a stage."""
    supply = model.supply
    threshold = np.asarray(cell.threshold_units) / design.reference_units
    if isinstance(cell, CmruCell):
        return CellLimits(threshold * supply.source(), np.zeros_like(threshold), 0.0)
    held = supply.cell(stage).held * supply.sink()
    width = np.asarray(cell.width_units) / design.reference_units
    return CellLimits(threshold * held, width * held, supply.idle["n"])


def cell_totals(
    cell: Cell, limits: CellLimits, total: Floats, state: State, over: Total
) -> CellTotals:
    """What cells did.

    Args:
        cell: of the stage.
        limits: of its cells.
        total: candidates, unit currents, [..., step, ..., unit] with the step on axis 1.
        state: of the cells, of the same shape.
        over: what to add up over.
    """
    if isinstance(cell, CmruCell):
        split = np.minimum(np.abs(total), limits.threshold) + np.maximum(-total, 0.0)
        moved = np.abs(np.diff(state, axis=1, prepend=np.zeros_like(state[:, :1])))
        level = over.of(state)
        nothing = np.zeros_like(level)
        return CellTotals(over.of(split), level, over.of(np.abs(state)), over.of(moved), nothing)
    candidate = np.maximum(total, 0.0)
    node = np.minimum(candidate + state * limits.width, limits.threshold)
    is_set = over.of(state)
    leaks = over.of(excess(candidate, limits.idle))
    return CellTotals(over.of(candidate + node), is_set, is_set, np.zeros_like(is_set), leaks)


def cell_currents(
    design: Design, stage: Stage, model: ChipModel, found: CellTotals, over: Span
) -> Groups:
    """Currents of the cells of a stage by group, beside their rows and their lines.

    Args:
        design: the network.
        stage: a stage of cells.
        model: the chips.
        found: what the cells did.
        over: what it is added up over.

    Returns:
        Unit currents, of the shape of `over`.
    """
    match stage.cell:
        case CmruCell() as cell:
            return _ladders(design, stage, cell, model, found, over)
        case FqBmruCell() as cell:
            return _comparators(design, stage, cell, model, found, over)
        case _:
            raise ValueError(f"stage {stage.name} has no cells")


def _ladders(
    design: Design, stage: Stage, cell: CmruCell, model: ChipModel, found: CellTotals, over: Span
) -> Groups:
    """Ladders: the split candidate against the threshold, the shared level current, the latches."""
    supply, own = model.supply, model.supply.cell(stage)
    shared = cell.level_units / design.reference_units * supply.gain["p"] * supply.source()
    # Linear in the level on either side: that of the absolute level, and that of its sign.
    above, below = (found.size + found.state) / 2, (found.size - found.state) / 2
    levels = (own.top - own.rest) * above + (own.bottom - own.rest) * below
    rest = stage.size * own.rest * over.weight
    return {
        "comparators": found.split.sum(axis=-1),
        "memory": np.full(over.shape, shared * over.weight),
        "leakage": rest + levels.sum(axis=-1) / cell.half_range,
        "switching": own.transition / design.operating.step * found.moved.sum(axis=-1),
    }


def _comparators(
    design: Design,
    stage: Stage,
    cell: FqBmruCell,
    model: ChipModel,
    found: CellTotals,
    over: Span,
) -> Groups:
    """Comparators: the turned candidate, the input against the threshold, and the feedback."""
    own = model.supply.cell(stage)
    width = cell_limits(design, stage, cell, model).width
    return {
        "comparators": found.split.sum(axis=-1),
        "memory": (found.state * width).sum(axis=-1),
        "leakage": (own.rest * (over.weight - found.state) + found.leaks).sum(axis=-1),
    }
