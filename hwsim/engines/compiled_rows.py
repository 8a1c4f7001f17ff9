"""The mirrors into the summing nodes of one stage, compiled: `hwsim.engines.rows`."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import numpy as np

from hwsim.design.stage import Stage
from hwsim.engines import line_loops
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.line_layout import LineLayout
from hwsim.engines.row_numbers import row_numbers
from hwsim.engines.step_block import Floats, StepBlock

SMALL = 10**6
"""Multiplications up to which OpenBLAS takes matrices as they are: of larger ones it makes copies
first, which pays where each number is used often."""

PIECES = 16
"""At most, of a product that is cut into small ones."""


class CompiledRows:
    """Rows of many chips, one chip after the other.

    Args:
        stage: the stage.
        model: the chips.
        layouts: of the lines of all stages.
        places: of the lines of all stages in the array of all lines.
    """

    def __init__(
        self,
        stage: Stage,
        model: ChipModel,
        layouts: Mapping[str, LineLayout],
        places: Mapping[str, slice],
    ) -> None:
        numbers = row_numbers(stage, model, layouts)
        starts = {name: places[name].start for name in numbers.gains}
        first = min(starts.values())
        last = max(starts[name] + gain.shape[1] for name, gain in numbers.gains.items())
        self.lines = slice(first, last)
        chips, columns = numbers.bias.shape
        self._gains = np.zeros((chips, columns, last - first))
        for name, gain in numbers.gains.items():
            start = starts[name] - first
            self._gains[:, :, start : start + gain.shape[1]] = gain.swapaxes(1, 2)
        self._bias = numbers.bias
        self._follows, self._node = numbers.follows, numbers.node
        self._slopes = model.slope_source, model.slope_sink
        self._size = stage.size

    def total(
        self, lines: Floats, chip: int, block: StepBlock, room: Floats
    ) -> tuple[Floats, Floats]:
        """Sum currents.

        Args:
            lines: of all stages, [line, row, sample].
            chip: of the batch.
            block: which steps.
            room: for the results, [at least 2 unit, row, sample].

        Returns:
            Sums but for a bias, [unit, row, sample], and the bias, [unit].
        """
        used = lines[self.lines]
        bias = self._bias[chip]
        found = room[: len(bias)]
        columns = found[0].size
        _product(self._gains[chip], used.reshape(-1, columns), found.reshape(-1, columns))
        if not self._follows:
            return found, bias
        line_loops.settle_nodes(found, bias, self._slopes, self._node, block.every.spans)
        return found[: self._size], np.zeros(self._size)

    def read(self, lines: Floats, chip: int) -> Floats:
        """Sum currents of an output stage with their bias, [sample, unit].

        Args:
            lines: those of `lines`, [line, sample].
            chip: of the batch.
        """
        return np.asarray((self._gains[chip] @ lines).T + self._bias[chip])


def _product(gains: Floats, lines: Floats, sums: Floats) -> None:
    """Sums of [row, line] times [line, column], piece by piece where that is faster."""
    columns = lines.shape[1]
    pieces = ceil(gains.size * columns / SMALL)
    wide = ceil(columns / pieces) if 0 < pieces <= PIECES else columns
    for start in range(0, columns, wide):
        part = slice(start, start + wide)
        np.matmul(gains, lines[:, part], out=sums[:, part])
