"""What cells draw from the supply by themselves: comparators, memory, leakage, steps."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, FqBmruCell, Stage
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.supply_groups import Groups
from hwsim.engines.supply_leakage import excess
from hwsim.engines.supply_totals import Total
from hwsim.engines.trace import Floats

State: TypeAlias = NDArray[np.integer[Any]]


def cell_currents(
    design: Design, stage: Stage, model: ChipModel, total: Floats, state: State, over: Total
) -> Groups:
    """Currents of the cells of a stage by group, beside their rows and their lines.

    Args:
        design: the network.
        stage: a stage of cells.
        model: the chips.
        total: candidates, unit currents, [..., step, ..., unit] with the step on axis 1.
        state: of the cells, of the same shape.
        over: what to add up over.

    Returns:
        Unit currents, of the shape of `over`.
    """
    match stage.cell:
        case CmruCell() as cell:
            return _ladders(design, stage, cell, model, total, state, over)
        case FqBmruCell() as cell:
            return _comparators(design, stage, cell, model, total, state, over)
        case _:
            raise ValueError(f"stage {stage.name} has no cells")


def _ladders(
    design: Design,
    stage: Stage,
    cell: CmruCell,
    model: ChipModel,
    total: Floats,
    state: State,
    over: Total,
) -> Groups:
    """Ladders: the split candidate against the threshold, the shared level current, the latches.

    A candidate flows in full out of the P diode of its splitter when it is negative; up to the
    threshold it flows once more in the comparator of its sign.
    """
    supply, own = model.supply, model.supply.cell(stage)
    threshold = np.asarray(cell.threshold_units) / design.reference_units * supply.source()
    split = np.minimum(np.abs(total), threshold) + np.maximum(-total, 0.0)
    shared = cell.level_units / design.reference_units * supply.gain["p"] * supply.source()
    # Linear in the level on either side: that of the absolute level, and that of its sign.
    level, size = over.of(state), over.of(np.abs(state))
    above, below = (size + level) / 2, (size - level) / 2
    levels = (own.top - own.rest) * above + (own.bottom - own.rest) * below
    rest = stage.size * own.rest * over.weight
    return {
        "comparators": over.of(split).sum(axis=-1),
        "memory": np.full(over.shape, shared * over.weight),
        "leakage": rest + levels.sum(axis=-1) / cell.half_range,
        "switching": own.transition / design.operating.step * _steps(state, over),
    }


def _steps(state: State, over: Total) -> Floats:
    """Levels that ladders moved by, from reset."""
    moved = np.abs(np.diff(state, axis=1, prepend=np.zeros_like(state[:, :1])))
    return np.asarray(over.of(moved).sum(axis=-1))


def _comparators(
    design: Design,
    stage: Stage,
    cell: FqBmruCell,
    model: ChipModel,
    total: Floats,
    state: State,
    over: Total,
) -> Groups:
    """Comparators: the turned candidate, the input against the threshold, and the feedback."""
    supply, own = model.supply, model.supply.cell(stage)
    reference = design.reference_units
    candidate = np.maximum(total, 0.0)
    held = own.held * supply.sink()
    threshold = np.asarray(cell.threshold_units) / reference * held
    width = np.asarray(cell.width_units) / reference * held
    node = np.minimum(candidate + state * width, threshold)
    is_set = over.of(state)
    leaks = over.of(excess(candidate, supply.idle["n"]))
    return {
        "comparators": (over.of(candidate) + over.of(node)).sum(axis=-1),
        "memory": (is_set * width).sum(axis=-1),
        "leakage": (own.rest * (over.weight - is_set) + leaks).sum(axis=-1),
    }
