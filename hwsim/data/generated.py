"""Tasks that are generated: sequences from a seed, different ones in every set."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.data.sequences import Sequences, Splits
from hwsim.foundation.errors import InputError

_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many sequences each set of a generated task has.

    Raises:
        InputError: a set without a sequence.
    """

    train: int = 2000
    validation: int = 500
    test: int = 1000

    def __post_init__(self) -> None:
        for name in ("train", "validation", "test"):
            if getattr(self, name) < 1:
                raise InputError(f"a generated task with {getattr(self, name)} {name} sequences")

    @property
    def total(self) -> int:
        """Sequences of all sets."""
        return self.train + self.validation + self.test


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Drawn sequences: values [N, T, C], lengths [N] and labels [N]."""

    values: NDArray[np.float64]
    lengths: NDArray[np.int64]
    labels: NDArray[np.int64]


Draw = Callable[[np.random.Generator, int], Examples]
"""Draws a number of sequences, not necessarily different ones."""


def generate(draw: Draw, classes: tuple[str, ...], sizes: Sizes, seed: int) -> Splits:
    """Draw a task: no sequence is there twice, so none is in two sets.

    Args:
        draw: draws sequences of one length of array.
        classes: names of the labels.
        sizes: of the sets, which follow each other in what is drawn.
        seed: of everything.

    Raises:
        InputError: there are not that many different sequences.
    """
    drawn = _distinct(draw, sizes.total, np.random.default_rng(seed))
    everything = Sequences(drawn.values, drawn.lengths, drawn.labels, classes)
    borders = np.cumsum([0, sizes.train, sizes.validation, sizes.test])
    train, validation, test = (
        everything.take(range(first, last)) for first, last in itertools.pairwise(borders)
    )
    return Splits(train=train, test=test, validation=validation)


def _distinct(draw: Draw, count: int, rng: np.random.Generator) -> Examples:
    seen: set[bytes] = set()
    parts: list[Examples] = []
    for _ in range(_ROUNDS):
        drawn = draw(rng, count - len(seen))
        fresh = []
        for index, (row, length) in enumerate(zip(drawn.values, drawn.lengths, strict=True)):
            content = row[:length].tobytes()
            if content not in seen:
                seen.add(content)
                fresh.append(index)
        parts.append(Examples(drawn.values[fresh], drawn.lengths[fresh], drawn.labels[fresh]))
        if len(seen) == count:
            return Examples(
                np.concatenate([part.values for part in parts]),
                np.concatenate([part.lengths for part in parts]),
                np.concatenate([part.labels for part in parts]),
            )
    raise InputError(
        f"there are only about {len(seen)} different sequences, {count} are asked for",
        hint="longer sequences, or smaller sets",
    )
