"""Handwritten digits of 8 x 8 pixels, seen row by row, pixel by pixel, or in a mixed-up order.

E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository
(1998), CC BY 4.0. `digits.md` beside this file has the source and the licence in full.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hwsim.data.npz import load_npz
from hwsim.data.sequences import Sequences, Splits

_ARCHIVE = Path(__file__).with_name("digits.npz")
_PERMUTATION_SEED = 0


def load_digits_by_row() -> Splits:
    """1297 training and 500 test digits: 8 steps, from the top, of 8 pixels (0 to 16)."""
    return load_npz(_ARCHIVE)


def load_digits_by_pixel() -> Splits:
    """The same digits: 64 steps of one pixel, row by row."""
    return _reordered(lambda pixels: pixels)


def load_digits_permuted() -> Splits:
    """The same digits: 64 steps of one pixel, in an order from a fixed seed, the same for all.

    After the permuted sequential MNIST of Q. V. Le, N. Jaitly, G. E. Hinton (arXiv 1504.00941).
    """
    order = np.random.default_rng(_PERMUTATION_SEED).permutation(64)
    return _reordered(lambda pixels: pixels[:, order])


def _reordered(order: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Splits:
    def one(rows: Sequences) -> Sequences:
        pixels = order(rows.values.reshape(len(rows), 64))
        return Sequences(
            pixels[:, :, np.newaxis], np.full(len(rows), 64), rows.labels, rows.classes
        )

    splits = load_digits_by_row()
    return Splits(train=one(splits.train), test=one(splits.test))
