"""What the supply current of a stage depends on, summed by compiled loops, chip by chip."""

from __future__ import annotations

import numpy as np

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Stage
from hwsim.engines import sum_loops
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.compiled_cells import CompiledCells
from hwsim.engines.step_block import Floats, Integers, Levels, StepBlock
from hwsim.engines.supply import StageTotals, SupplyModel
from hwsim.engines.supply_cells import CellTotals, cell_limits
from hwsim.engines.supply_totals import LineTotals


class CompiledTotals:
    """The totals of one stage of the chips of a tile: `SupplyModel.totals`.

    Args:
        design: the network.
        stage: the stage.
        model: the chips.
        supply: of the chips.
        cells: of the stage, None where it has none.
        chips: of the model.
    """

    def __init__(
        self,
        design: Design,
        stage: Stage,
        model: ChipModel,
        supply: SupplyModel,
        cells: CompiledCells | None,
        chips: slice,
    ) -> None:
        count = len(range(model.parameters.count)[chips])
        self._stage = stage
        self._cells = cells
        self._early = supply.early_part(stage)
        self._drives = {
            part: (
                np.broadcast_to(drives.scale, (count, stage.size)).copy(),
                np.broadcast_to(drives.kept, count),
                (drives.idle_native, drives.idle_turned),
            )
            for part, drives in supply.drives(stage, chips).items()
        }
        lines = {part: LineTotals(*np.zeros((3, count, stage.size))) for part in self._drives}
        of_cells = None
        if stage.cell is not None:
            self._limits = cell_limits(design, stage, stage.cell, model)
            of_cells = CellTotals(*np.zeros((5, count, stage.size)))
        self.found = StageTotals(lines, of_cells)

    def add(self, index: int, total: Floats, bias: Floats, block: StepBlock) -> None:
        """Add what one chip without cells did in some steps.

        Args:
            index: of the chip in the tile.
            total: sum currents but for the bias, [unit, row, sample].
            bias: [unit].
            block: which steps.
        """
        self._add_lines(index, total, bias, block.step_ends, block)

    def add_cells(
        self,
        index: int,
        total: Floats,
        bias: Floats,
        states: Levels,
        before: Levels,
        block: StepBlock,
    ) -> None:
        """Add what the cells of one chip did in some steps.

        Args:
            index: of the chip in the tile.
            total: candidates but for the bias, [unit, row, sample].
            bias: [unit].
            states: see `CompiledCells.run`.
            before: states before the first step, [unit, sample].
            block: which steps.
        """
        found, cells, first = self.found.cells, self._cells, block.first_of_steps
        if found is None or cells is None:
            raise ValueError(f"stage {self._stage.name} has no cells")
        read, ends = block.at(cells.decides), cells.step_ends(block)
        sums = found.state[index], found.size[index], found.moved[index]
        means = np.zeros((len(bias), block.steps, before.shape[1]))
        sum_loops.sum_states(states, before, ends, first, self._early, sums, means)
        self._add_lines(index, means, np.zeros_like(bias), np.arange(block.steps), block)
        split, limits = found.split[index], self._limits
        if isinstance(self._stage.cell, CmruCell):
            sum_loops.sum_splits(total, bias, read, first, limits.threshold, split)
            return
        limiting = limits.threshold, limits.width, limits.idle
        leaks = found.leaks[index]
        sum_loops.sum_rectified(total, bias, read, first, states, limiting, split, leaks)

    def _add_lines(
        self, index: int, signal: Floats, bias: Floats, rows: Integers, block: StepBlock
    ) -> None:
        """Add the lines that a signal drives, read at some rows."""
        for part, (scale, kept, idle) in self._drives.items():
            lines = self.found.lines[part]
            sums = lines.drive[index], lines.native[index], lines.turned[index]
            first, own = block.first_of_steps, (scale[index], kept[index], idle)
            sum_loops.sum_drives(signal, bias, rows, first, *own, sums)
