"""Some steps of some samples, as the compiled form lays them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Levels = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class StepBlock:
    """The rows of arrays [line, row, sample]: the moments of some steps in their order.

    Attributes:
        start: number of the first step.
        steps: how many.
        moments: of a step.
        first: sample from which on none has ended, [row]; samples are in the order in which they
            end.
        first_of_steps: the same, [step].
        step_ends: rows of the last moment, [step].
    """

    start: int
    steps: int
    moments: int
    first: Integers
    first_of_steps: Integers
    step_ends: Integers

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.steps * self.moments

    def at(self, moment: int) -> Integers:
        """Rows of a moment, [step]."""
        return np.arange(moment, self.rows, self.moments)


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
        count = len(here)
        rows = np.arange(moments - 1, count * moments, moments)
        first = np.repeat(here, moments)
        yield StepBlock(start, count, moments, first, here, rows)
