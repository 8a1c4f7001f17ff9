"""Some steps of some samples, as the compiled form lays them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Levels = NDArray[np.int8]


class Rows(NamedTuple):
    """Some rows of arrays [line, row, sample]; compiled loops take such a tuple as it is.

    Attributes:
        rows: their numbers, ascending, [index].
        first: sample from which on none has ended, [index]; samples are in the order in which they
            end.
        spans: where these samples lie in [row * sample]: first and behind the last, [span, 2]. One
            span holds all rows that lie beside each other and of which no sample has ended: long
            plain loops are fast, those along the samples of one row are short.
    """

    rows: Integers
    first: Integers
    spans: Integers


@dataclass(frozen=True, slots=True, eq=False)
class StepBlock:
    """The rows of arrays [line, row, sample]: the moments of some steps in their order.

    Attributes:
        start: number of the first step.
        steps: how many.
        moments: of a step.
        every: all rows.
        at: rows of each moment, by moment, one a step.
        by_step: of arrays with one row a step.
    """

    start: int
    steps: int
    moments: int
    every: Rows
    at: tuple[Rows, ...]
    by_step: Rows

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.steps * self.moments

    @property
    def ends(self) -> Rows:
        """Rows at the end of each step."""
        return self.at[-1]


def step_blocks(lengths: Integers, moments: int, steps: int) -> Iterator[StepBlock]:
    """All steps of samples, in order.

    Args:
        lengths: steps of each sample, ascending.
        moments: of a step.
        steps: of a block at most.
    """
    ended = np.searchsorted(lengths, np.arange(lengths[-1]), side="right")
    for start in range(0, int(lengths[-1]), steps):
        here = ended[start : start + steps]
        rows = len(here) * moments
        every = rows_of(np.arange(rows), np.repeat(here, moments), len(lengths))
        at = tuple(
            rows_of(np.arange(moment, rows, moments), here, len(lengths))
            for moment in range(moments)
        )
        by_step = rows_of(np.arange(len(here)), here, len(lengths))
        yield StepBlock(start, len(here), moments, every, at, by_step)


def rows_of(rows: Integers, first: Integers, samples: int) -> Rows:
    """Some rows with their spans.

    Args:
        rows: ascending.
        first: sample from which on none has ended, of each.
        samples: of a row.
    """
    starts, stops = rows * samples + first, (rows + 1) * samples
    apart = starts[1:] != stops[:-1]
    spans = np.stack([starts[np.append(True, apart)], stops[np.append(apart, True)]], axis=1)
    return Rows(rows, first, spans)
