"""The cells of one stage, compiled: `hwsim.engines.cell_stage`."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Stage
from hwsim.engines import cell_loops
from hwsim.engines.cell_loops import Noise
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.recurrence import noise_reach, rectified_trip_points, require_half_range
from hwsim.engines.stage_result import Places
from hwsim.engines.step_block import Floats, Integers, Levels, Rows, StepBlock
from hwsim.engines.step_noise import NODES, stream_keys


@dataclass(frozen=True, slots=True, eq=False)
class CellMemory:
    """What the cells of a chip keep from one block of steps to the next.

    Attributes:
        level: of cells, [unit, sample].
        before: the same at the end of the block before.
        charge: of comparators on their way to the other state, unit current s, [unit, sample].
    """

    level: Levels
    before: Levels
    charge: Floats


class CompiledCells:
    """Cells of many chips, one chip after the other.

    Args:
        design: the network.
        stage: a stage of cells.
        model: the chips.
    """

    def __init__(self, design: Design, stage: Stage, model: ChipModel) -> None:
        found = model.parameters.stages[stage.name]
        if found.upper is None or found.lower is None or found.levels is None:
            raise ValueError(f"stage {stage.name} has no cells")
        self._model = model
        self._stage = stage
        self._number = design.stages.index(stage)
        self._upper, self._lower, self._table = found.upper, found.lower, found.levels
        self._times = np.diff(model.moments, prepend=0.0)
        self.decides = len(model.moments) - 1
        if isinstance(stage.cell, CmruCell):
            require_half_range(stage.cell.half_range)
            write = design.operating.write_fraction * design.operating.step
            self.decides = 0 if len(model.moments) == 1 else model.moments.index(write)
        elif not model.effects.settling:
            self._upper, self._lower = rectified_trip_points(found.upper, found.lower)

    def memory(self, samples: int) -> CellMemory:
        """Room for what a chip keeps."""
        shape = self._stage.size, samples
        level, before = np.empty((2, *shape), dtype=np.int8)
        return CellMemory(level, before, np.empty(shape))

    def keys(self, places: Places) -> Integers:
        """Keys of the noise of chips and samples, [chip, sample]."""
        if not self._model.effects.step_noise:
            return np.zeros((len(places.chips), len(places.samples)), dtype=np.int64)
        return stream_keys(places.seed, self._number, places.chips, places.samples)

    def run(
        self,
        total: Floats,
        bias: Floats,
        chip: int,
        block: StepBlock,
        keys: Integers,
        memory: CellMemory,
        states: Levels,
    ) -> Levels:
        """States of the cells.

        Args:
            total: candidates but for the bias, [unit, row, sample].
            bias: [unit].
            chip: of the batch.
            block: which steps.
            keys: of the noise of the chip, [sample].
            memory: of the chip.
            states: room for the results, [unit, row, sample].

        Returns:
            Of ladders after each step, [unit, step, sample], of others at each row.
        """
        if block.start == 0:
            memory.level[...] = 0
            memory.charge[...] = 0.0
        memory.before[...] = memory.level
        trips, noise = (self._upper[chip], self._lower[chip]), self._noise(chip, keys)
        cell, settling = self._stage.cell, self._model.effects.settling
        if isinstance(cell, CmruCell):
            place, rows = block.start * len(bias), block.at[self.decides]
            # One row a step, without gaps: loops need not be compiled for a second kind of array.
            shape = len(bias), block.steps, states.shape[2]
            states = states.reshape(-1)[: prod(shape)].reshape(shape)
            cell_loops.climb(
                total, bias, trips, cell.half_range, rows, noise, place, memory.level, states
            )
            return states
        place = block.start * block.moments * len(bias)
        if not settling:
            cell_loops.latch(total, bias, trips, block.every, noise, place, memory.level, states)
            return states
        charges = (
            self._model.rise_charge[self._stage.name],
            self._model.fall_charge[self._stage.name],
        )
        cell_loops.settle(
            total,
            bias,
            trips,
            np.tile(self._times, block.steps),
            charges,
            block.every.first,
            noise,
            place,
            memory.level,
            memory.charge,
            states,
        )
        return states

    def look_up(
        self, states: Levels, chip: int, block: StepBlock, memory: CellMemory, signed: Floats
    ) -> None:
        """Signed currents that drive the lines.

        Args:
            states: from `run`.
            chip: of the batch.
            block: which steps.
            memory: of the chip.
            signed: for the results, [unit, row, sample].
        """
        sources = np.arange(block.rows)
        if block.moments > 1 and isinstance(self._stage.cell, CmruCell):
            # A ladder's lines move after it has decided.
            sources = sources // block.moments - (sources % block.moments <= self.decides)
        table = self._table[chip]
        cell_loops.look_up(states, memory.before, sources, table, block.every.first, signed)

    def step_ends(self, block: StepBlock) -> Rows:
        """Rows of the states at the end of each step."""
        return block.by_step if isinstance(self._stage.cell, CmruCell) else block.ends

    def _noise(self, chip: int, keys: Integers) -> Noise:
        amount = self._model.effects.step_noise
        if not amount:
            nothing = np.zeros(self._stage.size)
            return keys, nothing, nothing, NODES
        rms = amount * self._model.noise[self._stage.name][chip]
        return keys, rms, noise_reach(rms), NODES
