"""A pass of chips and samples through a network, compiled with numba.

The same as `hwsim.engines.network_pass` with other arrays: one chip after the other and some steps
after the other, [line, row, sample]. Rows are the moments of the steps in their order, samples lie
beside each other. So the sums of a stage are one product of matrices, and all else are plain loops
along the samples. The lines of all stages are one array that stays in the cache of a core; nothing
but sums leaves the pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.engines import sum_loops
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.compiled import noise_currents
from hwsim.engines.compiled_cells import CellMemory, CompiledCells
from hwsim.engines.compiled_lines import CompiledLines, LineMemory
from hwsim.engines.compiled_rows import CompiledRows
from hwsim.engines.compiled_totals import CompiledTotals
from hwsim.engines.line_layout import line_layout
from hwsim.engines.network_pass import INPUT_STREAM
from hwsim.engines.step_block import Floats, Integers, Levels, StepBlock, step_blocks
from hwsim.engines.step_noise import StepNoise, stream_keys
from hwsim.engines.supply import SupplyModel
from hwsim.engines.tile_sums import TileJob, TileSums
from hwsim.engines.tiles import Tile, cut

CURRENTS = 3 << 16
"""Of all lines in a block of steps: 1.5 MiB, so that they stay in the cache of a core."""

SAMPLES = 128
"""Of a tile: loops along samples of vectors of bytes want many."""

CHIPS = 16
"""Of a tile: enough to share what is the same for all of them, few enough for all workers."""


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """What the chips of a tile share, and arrays that each of them uses again.

    Attributes:
        inputs: input currents without noise of all steps, [channel, row, sample].
        keys: of the noise of cells by stage, [chip, sample].
        wanted: states to compare with by stage, [unit, step, sample].
        line_memory: by stage.
        cell_memory: by stage.
        currents: room for lines, sums and what cells drive their lines with.
        states: room for those of cells.
    """

    inputs: Floats
    keys: Mapping[str, Integers]
    wanted: Mapping[str, Levels]
    line_memory: Mapping[str, LineMemory]
    cell_memory: Mapping[str, CellMemory]
    currents: tuple[Floats, Floats, Floats]
    states: Levels


class CompiledPass:
    """Runs samples through the chips of a model.

    Args:
        design: the network.
        model: the chips.
        supply: of the chips.
    """

    def __init__(self, design: Design, model: ChipModel, supply: SupplyModel) -> None:
        self._design = design
        self._supply = supply
        self._model = model
        *self._before, self._last = design.stages
        layouts = {stage.name: line_layout(stage, model) for stage in self._before}
        self._places: dict[str, slice] = {}
        self._columns = 0
        for name, layout in layouts.items():
            self._places[name] = slice(self._columns, self._columns + layout.columns)
            self._columns += layout.columns
        self._rows = {
            stage.name: CompiledRows(stage, model, layouts, self._places)
            for stage in design.stages[1:]
        }
        self._lines = {s.name: CompiledLines(s, model, layouts[s.name]) for s in self._before}
        self._cells = {stage.name: CompiledCells(design, stage, model) for stage in design.cells}

    def cut(self, chips: int, lengths: Integers) -> tuple[Tile, ...]:
        """See `hwsim.engines.tile_sums.TilePass`."""
        return cut(chips, len(lengths), 1, CHIPS * SAMPLES, SAMPLES)

    def run(self, job: TileJob) -> TileSums:
        """See `hwsim.engines.tile_sums.TilePass`."""
        chips = range(self._model.parameters.count)[job.places.batch]
        moments, samples = len(self._model.moments), len(job.lengths)
        steps = max(1, CURRENTS // (samples * moments * self._columns))
        blocks = tuple(step_blocks(job.lengths, moments, steps))
        room = self._room(job, steps * moments * samples)
        totals = self._totals(job)
        outputs = np.empty((len(chips), samples, self._last.size))
        equal = np.zeros(len(chips), dtype=np.int64)
        rows = self._rows[self._last.name]
        for index, chip in enumerate(chips):
            inputs = self._inputs(job, index, room.inputs)
            read = np.zeros((rows.lines.stop - rows.lines.start, samples))
            for block in blocks:
                lines = _shaped(room.currents[0], self._columns, block, samples)
                at = slice(block.start * moments, block.start * moments + block.rows)
                equal[index] += self._block(index, chip, block, inputs[:, at], lines, room, totals)
                self._read(lines[rows.lines], block, job.lengths, read)
            outputs[index] = rows.read(read, chip)
        return TileSums(outputs, equal, {name: each.found for name, each in totals.items()})

    def _totals(self, job: TileJob) -> dict[str, CompiledTotals]:
        """Room for what the supply depends on, by stage."""
        everyone = job.places.batch
        first = range(self._model.parameters.count)[everyone][0]
        return {
            stage.name: CompiledTotals(
                self._design,
                stage,
                self._model,
                self._supply,
                self._cells.get(stage.name),
                slice(first, first + 1) if self._is_equal(stage) else everyone,
            )
            for stage in self._before
        }

    def _is_equal(self, stage: Stage) -> bool:
        """Whether the signals of a stage are those of every chip."""
        kept = self._model.parameters.stages[stage.name].keep_parts
        return stage.kind == "input" and not self._model.effects.input_noise and not kept

    def _block(
        self,
        index: int,
        chip: int,
        block: StepBlock,
        inputs: Floats,
        lines: Floats,
        room: _Room,
        totals: Mapping[str, CompiledTotals],
    ) -> int:
        """Some steps of one chip; how many states are those wanted."""
        samples, equal = lines.shape[-1], 0
        for stage in self._before:
            name, here = stage.name, lines[self._places[stage.name]]
            carrying, memory = self._lines[name], room.line_memory[name]
            if name in self._rows:
                sums = _shaped(room.currents[1], 2 * stage.size, block, samples)
                total, bias = self._rows[name].total(lines, chip, block, sums)
            else:
                total, bias = np.array(inputs, order="C"), np.zeros(stage.size)
            if name not in self._cells:
                bias = carrying.cross(total, bias, block, memory)
                if index == 0 or not self._is_equal(stage):
                    totals[name].add(index, total, bias, block)
                carrying.write(total, bias, chip, block, memory, here)
                continue
            cells, own = self._cells[name], room.cell_memory[name]
            states = _shaped(room.states, stage.size, block, samples)
            keys = room.keys[name][index]
            states = cells.run(total, bias, chip, block, keys, own, states)
            totals[name].add_cells(index, total, bias, states, own.before, block)
            if name in room.wanted:
                wanted = room.wanted[name][:, block.start : block.start + block.steps]
                ends, first = cells.step_ends(block), block.first_of_steps
                equal += sum_loops.count_equal(states, ends, wanted, first)
            signed = _shaped(room.currents[2], stage.size, block, samples)
            cells.look_up(states, chip, block, own, signed)
            carrying.write(signed, np.zeros_like(bias), chip, block, memory, here)
        return equal

    def _room(self, job: TileJob, columns: int) -> _Room:
        """Room for tiles of so many rows times samples."""
        samples, moments = len(job.lengths), len(self._model.moments)
        cells = max(stage.size for stage in self._design.cells)
        widest = 2 * max(stage.size for stage in self._design.stages)
        lines, total, signed = (
            np.zeros(count * columns) for count in (self._columns, widest, cells)
        )
        return _Room(
            inputs=np.repeat(np.moveaxis(job.inputs, -1, 0), moments, axis=1),
            keys={name: cells.keys(job.places) for name, cells in self._cells.items()},
            wanted={
                name: np.ascontiguousarray(np.moveaxis(states, -1, 0), dtype=np.int8)
                for name, states in job.wanted.items()
            },
            line_memory={name: lines.memory(samples) for name, lines in self._lines.items()},
            cell_memory={name: cells.memory(samples) for name, cells in self._cells.items()},
            currents=(lines, total, signed),
            states=np.zeros(cells * columns, dtype=np.int8),
        )

    def _inputs(self, job: TileJob, index: int, inputs: Floats) -> Floats:
        """Input currents of one chip with their noise, [channel, row, sample]."""
        amount = self._model.effects.input_noise
        if not amount:
            return inputs
        places, (steps, _, channels) = job.places, job.inputs.shape
        here = places.chips[index : index + 1]
        keys = stream_keys(places.seed, INPUT_STREAM, here, places.samples)
        noise = noise_currents(StepNoise(keys, np.full((1, channels), amount)), steps)[:, 0]
        noise = np.repeat(np.moveaxis(noise, -1, 0), len(self._model.moments), axis=1)
        return np.asarray(inputs + noise)

    def _read(self, lines: Floats, block: StepBlock, lengths: Integers, read: Floats) -> None:
        """Add what a block has to the lines that decisions are read from, [line, sample]."""
        rows, first = block.step_ends, block.first_of_steps
        if self._design.readout.over == "last":
            for step, row in enumerate(rows):
                read[:, first[step] :] = lines[:, row, first[step] :]
            return
        sum_loops.add_means(lines, rows, first, 1.0 / lengths, read)


def _shaped(room: NDArray[Any], units: int, block: StepBlock, samples: int) -> NDArray[Any]:
    """The beginning of a room as [unit, row, sample]."""
    return room[: units * block.rows * samples].reshape(units, block.rows, samples)
