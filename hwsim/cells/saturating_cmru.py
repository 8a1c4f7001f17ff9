"""Saturating CMRU: a ladder of 2K+1 levels, which is what a circuit can hold.

level_t = clip(level_{t-1} + q_t, -K, K) and h = alpha level, with the ternary step q. The CMRU
(arXiv 2605.11855) has no ends; they are hwsim's, for hardware.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwsim.cells.ternary import ternary_steps


def next_levels(levels: ArrayLike, steps: ArrayLike, half_range: ArrayLike) -> NDArray[np.int64]:
    """One step of the ladder: clip(level + q, -K, K), element by element."""
    return np.asarray(
        np.clip(np.add(levels, steps), np.negative(half_range), half_range), dtype=np.int64
    )


def saturating_cmru_levels(
    candidates: ArrayLike,
    threshold_up: ArrayLike,
    half_range: ArrayLike,
    threshold_down: ArrayLike | None = None,
) -> NDArray[np.int64]:
    """Levels of a ladder with 2K+1 levels.

    Args:
        candidates: candidates [..., T, units].
        threshold_up: positive trip point beta, broadcast against one step [..., units].
        half_range: K, levels on each side of zero.
        threshold_down: magnitude of the negative trip point; `threshold_up` when not given.

    Returns:
        The level after each step, int64 [..., T, units], from level 0 before the first. Axes that
        only the thresholds have (many chips, say) come out in front of T.
    """
    level = np.asarray(0, dtype=np.int64)
    levels = []
    for candidate in np.moveaxis(np.asarray(candidates), -2, 0):
        steps = ternary_steps(candidate, threshold_up, threshold_down)
        level = next_levels(level, steps, half_range)
        levels.append(level)
    return np.stack(levels, axis=-2)
