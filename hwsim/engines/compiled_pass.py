"""A pass of chips and samples through a network, compiled with numba.

The same as `hwsim.engines.network_pass` with other arrays: some steps after the other, in these one
chip after the other, [line, row, sample]. Rows are the moments of the steps in their order, samples
lie beside each other. So the sums of a stage are one product of matrices, and all else are plain
loops along the samples. The lines of all stages are one array that stays in the cache of a core;
nothing but sums leaves the pass.
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
from hwsim.engines.compiled_totals import CellStageTotals, SignalTotals
from hwsim.engines.line_layout import line_layout
from hwsim.engines.network_pass import INPUT_STREAM
from hwsim.engines.step_block import Floats, Integers, Levels, StepBlock, step_blocks
from hwsim.engines.step_noise import StepNoise, stream_keys
from hwsim.engines.supply import StageTotals, SupplyModel
from hwsim.engines.tile_sums import TileJob, TileSums
from hwsim.engines.tiles import Tile, cut

CURRENTS = 12 << 16
"""Of all lines in a block of steps: 6 MiB. A quarter of it, which the cache of a core holds, is a
tenth faster on one thread; on two, threads then wait for the interpreter's lock between the short
loops for as long as they compute."""

SAMPLES = 256
"""Of a tile: loops along samples of vectors of bytes want many."""

CHIPS = 16
"""Of a tile: enough to share what is the same for all of them, few enough for all workers."""


@dataclass(frozen=True, slots=True, eq=False)
class _Chip:
    """What one chip of a tile keeps from one block of steps to the next.

    Attributes:
        lines: by stage.
        cells: by stage.
        read: sums of the lines that decisions are read from, [line, sample].
    """

    lines: Mapping[str, LineMemory]
    cells: Mapping[str, CellMemory]
    read: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """What the chips of a tile share, and arrays that each of them uses again.

    Attributes:
        inputs: input currents without noise of all steps, [channel, row, sample].
        keys: of the noise of cells by stage, [chip, sample].
        wanted: states to compare with by stage, [unit, step, sample].
        signals: what stages without cells did, by name.
        cells: what stages of cells did.
        lines: room for the currents of all lines in a block.
        sums: room for those of a stage, and then for what its cells drive their lines with.
        states: room for those of cells.
    """

    inputs: Floats
    keys: Mapping[str, Integers]
    wanted: Mapping[str, Levels]
    signals: Mapping[str, SignalTotals]
    cells: Mapping[str, CellStageTotals]
    lines: Floats
    sums: Floats
    states: Levels

    @property
    def totals(self) -> dict[str, StageTotals]:
        """What all stages did."""
        both: dict[str, SignalTotals | CellStageTotals] = {**self.signals, **self.cells}
        return {name: each.found() for name, each in both.items()}


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
        numbers = range(self._model.parameters.count)[job.places.batch]
        moments, samples = len(self._model.moments), len(job.lengths)
        steps = max(1, CURRENTS // (samples * moments * self._columns))
        room = self._room(job, steps * moments * samples)
        chips = [self._chip(samples) for _ in numbers]
        outputs = np.empty((len(chips), samples, self._last.size))
        equal = np.zeros(len(chips), dtype=np.int64)
        rows = self._rows[self._last.name]
        shares = 1.0 / job.lengths
        for block in step_blocks(job.lengths, moments, steps):
            # Chips inside: the lines of stages that are equal in all of them are written once.
            lines = _shaped(room.lines, self._columns, block, samples)
            for index, chip in enumerate(chips):
                equal[index] += self._block(index, numbers[index], block, lines, job, room, chip)
                self._read(lines[rows.lines], block, shares, chip.read)
        for index, chip in enumerate(chips):
            outputs[index] = rows.read(chip.read, numbers[index])
        return TileSums(outputs, equal, room.totals)

    def _chip(self, samples: int) -> _Chip:
        read = self._rows[self._last.name].lines
        return _Chip(
            lines={name: lines.memory(samples) for name, lines in self._lines.items()},
            cells={name: cells.memory(samples) for name, cells in self._cells.items()},
            read=np.zeros((read.stop - read.start, samples)),
        )

    def _is_equal(self, stage: Stage) -> bool:
        """Whether the signals of a stage are those of every chip."""
        kept = self._model.parameters.stages[stage.name].keep_parts
        return stage.kind == "input" and not self._model.effects.input_noise and not kept

    def _block(
        self,
        index: int,
        number: int,
        block: StepBlock,
        lines: Floats,
        job: TileJob,
        room: _Room,
        chip: _Chip,
    ) -> int:
        """Some steps of one chip; how many states are those wanted."""
        samples, equal = lines.shape[-1], 0
        for stage in self._before:
            name, here = stage.name, lines[self._places[stage.name]]
            if index and self._is_equal(stage):
                continue
            carrying, memory = self._lines[name], chip.lines[name]
            if name in self._rows:
                sums = _shaped(room.sums, 2 * stage.size, block, samples)
                total, bias = self._rows[name].total(lines, number, block, sums)
            else:
                total, bias = self._inputs(job, index, block, room), np.zeros(stage.size)
            if name not in self._cells:
                bias = carrying.cross(total, bias, block, memory)
                room.signals[name].add(index, total, bias, block)
                carrying.write(total, bias, number, block, memory, here)
                continue
            cells, own = self._cells[name], chip.cells[name]
            states = _shaped(room.states, stage.size, block, samples)
            states = cells.run(total, bias, number, block, room.keys[name][index], own, states)
            room.cells[name].add(index, total, bias, states, own.before, block)
            if name in room.wanted:
                wanted = room.wanted[name][:, block.start : block.start + block.steps]
                equal += sum_loops.count_equal(states, cells.step_ends(block), wanted)
            signed = _shaped(room.sums, stage.size, block, samples)
            cells.look_up(states, number, block, own, signed)
            carrying.write(signed, np.zeros_like(bias), number, block, memory, here)
        return equal

    def _room(self, job: TileJob, columns: int) -> _Room:
        """Room for tiles of so many rows times samples."""
        numbers = range(self._model.parameters.count)[job.places.batch]
        everyone, first = (slice(numbers.start, stop) for stop in (numbers.stop, numbers.start + 1))
        moments = len(self._model.moments)
        cells = max(stage.size for stage in self._design.cells)
        widest = 2 * max(stage.size for stage in self._design.stages)
        return _Room(
            inputs=np.repeat(np.moveaxis(job.inputs, -1, 0), moments, axis=1),
            keys={name: cells.keys(job.places) for name, cells in self._cells.items()},
            wanted={
                name: np.ascontiguousarray(np.moveaxis(states, -1, 0), dtype=np.int8)
                for name, states in job.wanted.items()
            },
            signals={
                stage.name: SignalTotals(
                    stage,
                    self._supply,
                    first if self._is_equal(stage) else everyone,
                )
                for stage in self._before
                if stage.cell is None
            },
            cells={
                stage.name: CellStageTotals(
                    self._design,
                    stage,
                    self._model,
                    self._supply,
                    self._cells[stage.name],
                    everyone,
                )
                for stage in self._design.cells
            },
            lines=np.zeros(self._columns * columns),
            sums=np.zeros(widest * columns),
            states=np.zeros(cells * columns, dtype=np.int8),
        )

    def _inputs(self, job: TileJob, index: int, block: StepBlock, room: _Room) -> Floats:
        """Input currents of one chip with their noise in some steps, [channel, row, sample]."""
        moments, channels = block.moments, len(room.inputs)
        start = block.start * moments
        inputs = room.inputs[:, start : start + block.rows]
        amount = self._model.effects.input_noise
        if not amount:
            return np.array(inputs, order="C")
        places = job.places
        here = places.chips[index : index + 1]
        keys = stream_keys(places.seed, INPUT_STREAM, here, places.samples)
        rms = np.full((1, channels), amount)
        noise = noise_currents(StepNoise(keys, rms), block.steps, block.start)[:, 0]
        noise = np.repeat(np.moveaxis(noise, -1, 0), moments, axis=1)
        return np.ascontiguousarray(inputs + noise)

    def _read(self, lines: Floats, block: StepBlock, shares: Floats, read: Floats) -> None:
        """Add what a block has to the lines that decisions are read from, [line, sample]."""
        if self._design.readout.over == "last":
            for row, start in zip(block.ends.rows, block.ends.first, strict=True):
                read[:, start:] = lines[:, row, start:]
            return
        sum_loops.add_means(lines, block.ends, shares, read)


def _shaped(room: NDArray[Any], units: int, block: StepBlock, samples: int) -> NDArray[Any]:
    """The beginning of a room as [unit, row, sample]."""
    return room[: units * block.rows * samples].reshape(units, block.rows, samples)
