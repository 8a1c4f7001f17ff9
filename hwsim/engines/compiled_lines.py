"""The lines that one stage drives, compiled: `hwsim.engines.signal_lines`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwsim.design.stage import Stage
from hwsim.engines import line_loops
from hwsim.engines.arrays import NUMPY
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.line_dynamics import LEAST
from hwsim.engines.line_ends import LineEnds
from hwsim.engines.line_layout import LineLayout, lines_copy_exactly
from hwsim.engines.step_block import Floats, StepBlock


@dataclass(frozen=True, slots=True, eq=False)
class LineMemory:
    """What the lines of a chip keep from one block of steps to the next.

    Attributes:
        stored: charge of the swing of splitters, unit current s, [unit, sample].
        current: of lines, unit currents, [line, sample].
    """

    stored: Floats
    current: Floats


class CompiledLines:
    """Lines of many chips, one chip after the other.

    Args:
        stage: the stage.
        model: the chips.
        layout: of its lines.
    """

    def __init__(self, stage: Stage, model: ChipModel, layout: LineLayout) -> None:
        self._model = model
        self._stage = stage
        self._exact = lines_copy_exactly(model.effects)
        self._crosses = model.effects.tails and stage.kind in ("input", "splitter")
        self._times = np.diff(model.moments, prepend=0.0)
        self._native = slice(0, len(layout.native) * stage.size)
        self._turned = slice(self._native.stop, layout.columns)
        order = [part for part, _ in layout.native]
        self._copied = [order.index(part) for part in layout.turned]
        self._native_ends = LineEnds(stage, model, layout.native, NUMPY)
        self._turned_ends = LineEnds(stage, model, layout.turned_ends, NUMPY)
        found = model.parameters.stages[stage.name]
        self._added = np.zeros((model.parameters.count, self._native.stop))
        if found.keep_parts:
            self._added += np.swapaxes(found.keep, 1, 2).reshape(self._added.shape)
        if model.effects.leakage and stage.cell is not None:
            self._added += model.empty[stage.name]

    def memory(self, samples: int) -> LineMemory:
        """Room for what a chip keeps."""
        lines = self._turned.stop if self._model.effects.tails else 0
        units = self._stage.size if self._crosses else 0
        return LineMemory(np.empty((units, samples)), np.empty((lines, samples)))

    def cross(self, total: Floats, bias: Floats, block: StepBlock, memory: LineMemory) -> Floats:
        """Swing the nodes of splitters, whose sums become what flows on.

        Returns:
            The bias that is left to add, [unit].
        """
        if not self._crosses:
            return bias
        total += bias[:, None, None]
        charge = self._model.crossing_charge
        if block.start == 0:
            memory.stored[...] = charge * (total[:, 0] > 0.0)
        line_loops.cross(total, self._times, charge, memory.stored, block.every.first)
        return np.zeros_like(bias)

    def write(
        self,
        signed: Floats,
        bias: Floats,
        chip: int,
        block: StepBlock,
        memory: LineMemory,
        lines: Floats,
    ) -> None:
        """From what units drive to what mirrors copy.

        Args:
            signed: but for the bias, [unit, row, sample].
            bias: [unit].
            chip: of the batch.
            block: which steps.
            memory: of the chip.
            lines: of the stage, for the results, [line, row, sample].
        """
        native = lines[self._native]
        line_loops.drive(signed, bias, block.every.spans, native)
        if self._exact:
            return
        here = memory.current[self._native]
        self._carry(native, self._added[chip], self._native_ends, block, here)
        if not self._copied:
            return
        size, turned = self._stage.size, lines[self._turned]
        for place, part in enumerate(self._copied):
            source = native[part * size : (part + 1) * size]
            turned[place * size : (place + 1) * size] = source
        here = memory.current[self._turned]
        self._carry(turned, np.zeros(len(turned)), self._turned_ends, block, here)

    def _carry(
        self, lines: Floats, added: Floats, ends: LineEnds, block: StepBlock, current: Floats
    ) -> None:
        """Drives of either ends become what mirrors copy, in place."""
        effects = self._model.effects
        line_loops.raise_to(lines, added, ends.least, block.every.spans)
        if effects.tails:
            if block.start == 0:
                dead = np.maximum(LEAST, ends.least)[:, None]
                current[...] = lines[:, 0] if self._stage.cell is None else dead
            line_loops.follow(lines, ends.times_over_charges, current, block.every.first)
        if effects.output_resistance:
            line_loops.bend(lines, ends.full, ends.bend, block.every.spans)
