"""A small pathfinder: are two dots connected by a dashed path, seen pixel by pixel?

After D. Linsley et al., "Learning long-range spatial dependencies with horizontal gated recurrent
units", NeurIPS 2018 (arXiv 1805.08315); hwsim draws its own, smaller pictures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hwsim.data.generated import Examples, Sizes, generate
from hwsim.data.sequences import Splits
from hwsim.foundation.errors import InputError

_MOVES = np.array([(0, 1), (1, 0), (0, -1), (-1, 0)])
_STRAIGHT_ON = 0.7
_DASH, _GAP = 2, 1
_DASH_VALUE, _DOT_VALUE = 0.5, 1.0
_REACH = 2
"""King's moves across a gap: paths further apart than that cannot be taken for one."""
_TRIES = 20000

Paths = NDArray[np.int64]
"""Rows and columns of the pixels of many paths, [N, length, 2]."""


def pathfinder(
    *, side: int = 12, length: int = 10, sizes: Sizes | None = None, seed: int = 0
) -> Splits:
    """Generate the task.

    Two paths of `length` pixels in a picture of `side` x `side`. A path goes on straight with the
    probability 0.7, else turns left or right; it does not touch itself, not even by a corner, and
    there are at least two pixels between it and the other path. Two pixels of a path are drawn, the
    next is left out, and so on, with the value 0.5; the ground is 0. Two ends carry a dot of value
    1: both ends of one path (`connected`) or one end of each (`apart`), evenly. Pixels come row by
    row, one a step.

    Args:
        side: of the picture, pixels.
        length: of a path, pixels, at least 4.
        sizes: of the sets.
        seed: of everything.

    Raises:
        InputError: the picture is too small for two such paths.
    """
    if length < 4 or side * side < 8 * length:
        raise InputError("pathfinder needs length >= 4 and side * side >= 8 * length")

    def draw(rng: np.random.Generator, count: int) -> Examples:
        labels = rng.integers(2, size=count)
        first, second = _pairs(rng, count, side, length)
        pictures = np.zeros((count, side, side))
        index = np.arange(count)
        for path in (first, second):
            dashes = path[:, np.arange(length) % (_DASH + _GAP) < _DASH]
            pictures[index[:, None], dashes[..., 0], dashes[..., 1]] = _DASH_VALUE
        others = np.where(labels[:, None] == 1, first[:, -1], second[:, 0])
        for dots in (first[:, 0], others):
            pictures[index, dots[:, 0], dots[:, 1]] = _DOT_VALUE
        values = pictures.reshape(count, side * side, 1)
        return Examples(values, np.full(count, side * side), labels)

    return generate(draw, ("apart", "connected"), sizes or Sizes(), seed)


def _pairs(rng: np.random.Generator, count: int, side: int, length: int) -> tuple[Paths, Paths]:
    """As many pairs of paths that keep apart."""
    pairs = np.zeros((0, 2, length, 2), dtype=np.int64)
    while len(pairs) < count:
        paths = _paths(rng, side, length)
        tried = paths[: len(paths) // 2 * 2].reshape(-1, 2, length, 2)
        apart = (_distances(tried[:, 0], tried[:, 1]) > _REACH).all(axis=(1, 2))
        pairs = np.concatenate([pairs, tried[apart]])
    return pairs[:count, 0], pairs[:count, 1]


def _paths(rng: np.random.Generator, side: int, length: int) -> Paths:
    """Those of many random paths that stay in the picture and off themselves."""
    odds = [_STRAIGHT_ON, (1 - _STRAIGHT_ON) / 2, (1 - _STRAIGHT_ON) / 2]
    turns = rng.choice([0, 1, -1], (_TRIES, length - 1), p=odds)
    turns[:, 0] = rng.integers(4, size=_TRIES)  # the first heading
    moves = _MOVES[turns.cumsum(axis=1) % 4]
    starts = rng.integers(side, size=(_TRIES, 1, 2))
    paths = np.concatenate([starts, starts + moves.cumsum(axis=1)], axis=1)
    inside = ((paths >= 0) & (paths < side)).all(axis=(1, 2))
    paths = paths[inside]
    # Two pixels before and after are near round a corner; anything further along must not be.
    along = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
    free = (_distances(paths, paths) > 1) | (along <= 2)
    return paths[free.all(axis=(1, 2))]


def _distances(some: Paths, others: Paths) -> NDArray[np.int64]:
    """King's moves between the pixels of paths, [N, length, length]."""
    return np.asarray(np.abs(some[:, :, None] - others[:, None]).max(axis=-1))
