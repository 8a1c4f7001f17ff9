"""What the supply current of a stage depends on, summed by compiled loops, chip by chip."""

from __future__ import annotations

import numpy as np

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Stage
from hwsim.engines import sum_loops
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.compiled_cells import CompiledCells
from hwsim.engines.step_block import Floats, Levels, StepBlock
from hwsim.engines.supply import StageTotals, SupplyModel
from hwsim.engines.supply_cells import CellTotals, cell_limits
from hwsim.engines.supply_totals import LineTotals

MOVES = np.arange(-1, 2)
"""Steps that a cell takes from one step of time to the next."""


class SignalTotals:
    """Those of a stage without cells.

    Args:
        stage: the stage.
        supply: of the chips.
        chips: of the model.
    """

    def __init__(self, stage: Stage, supply: SupplyModel, chips: slice) -> None:
        count, drives = chips.stop - chips.start, supply.drives(stage, chips)
        self._parts = tuple(drives)
        self._sides = np.empty((count, len(drives), 4))
        for index, each in enumerate(drives.values()):
            self._sides[:, index, 0] = each.scale[0, 0]  # 1 or -1: mirrors see the signal itself
            self._sides[:, index, 1] = each.kept
            self._sides[:, index, 2:] = each.idle_native, each.idle_turned
        self._sums = np.zeros((3, count, len(drives), stage.size))

    def add(self, index: int, signal: Floats, bias: Floats, block: StepBlock) -> None:
        """Add what one chip did in some steps.

        Args:
            index: of the chip in the tile.
            signal: sum currents but for the bias, [unit, row, sample].
            bias: [unit].
            block: which steps.
        """
        drive, native, turned = self._sums
        sums = drive[index], native[index], turned[index]
        sum_loops.sum_lines(signal, bias, block.ends, self._sides[index], sums)

    def found(self) -> StageTotals:
        """What was added up: `SupplyModel.totals`."""
        by_part = np.moveaxis(self._sums, 2, 0)
        lines = {part: LineTotals(*each) for part, each in zip(self._parts, by_part, strict=True)}
        return StageTotals(lines, None)


class CellStageTotals:
    """Those of a stage of cells.

    All but the candidates follows from how often each cell was in each state and where it came
    from: steps are counted, and a few numbers are weighed with the counts at the end.

    Args:
        design: the network.
        stage: the stage.
        model: the chips.
        supply: of the chips.
        cells: of the stage.
        chips: of the model.
    """

    def __init__(
        self,
        design: Design,
        stage: Stage,
        model: ChipModel,
        supply: SupplyModel,
        cells: CompiledCells,
        chips: slice,
    ) -> None:
        if stage.cell is None:
            raise ValueError(f"stage {stage.name} has no cells")
        self._cells = cells
        self._ladders = isinstance(stage.cell, CmruCell)
        self._states = np.arange(2)
        if isinstance(stage.cell, CmruCell):
            self._states = np.arange(-stage.cell.half_range, stage.cell.half_range + 1)
        self._early = supply.early_part(stage)
        self._drives = supply.drives(stage, chips)
        self._limits = cell_limits(design, stage, stage.cell, model)
        shape = chips.stop - chips.start, stage.size
        self._counts = np.zeros((*shape, len(self._states) * len(MOVES)), dtype=np.int64)
        self._split, self._leaks = np.zeros((2, *shape))

    def add(
        self,
        index: int,
        total: Floats,
        bias: Floats,
        states: Levels,
        before: Levels,
        block: StepBlock,
    ) -> None:
        """Add what one chip did in some steps.

        Args:
            index: of the chip in the tile.
            total: candidates but for the bias, [unit, row, sample].
            bias: [unit].
            states: see `CompiledCells.run`.
            before: states before the first step, [unit, sample].
            block: which steps.
        """
        ends, lowest = self._cells.step_ends(block), int(self._states[0])
        sum_loops.count_steps(states, before, ends, lowest, self._counts[index])
        read, split, limits = block.at[self._cells.decides], self._split[index], self._limits
        if self._ladders:
            sum_loops.sum_splits(total, bias, read, limits.threshold, split)
            return
        limiting = limits.threshold, limits.width, limits.idle
        sum_loops.sum_rectified(total, bias, read, states, limiting, split, self._leaks[index])

    def found(self) -> StageTotals:
        """What was added up: `SupplyModel.totals`."""
        counts = np.swapaxes(self._counts, 1, 2)
        state = np.repeat(self._states, len(MOVES))
        moved = np.tile(MOVES, len(self._states))
        signal = ((1.0 - self._early) * state + self._early * (state - moved))[None, :, None]
        lines = {}
        for part, drives in self._drives.items():
            each = drives.of_each(signal)
            lines[part] = LineTotals(
                *((counts * of).sum(axis=1) for of in (each.drive, each.native, each.turned))
            )
        level, size, steps = (
            np.asarray(self._counts @ each, dtype=np.float64)
            for each in (state, np.abs(state), np.abs(moved))
        )
        return StageTotals(lines, CellTotals(self._split, level, size, steps, self._leaks))
