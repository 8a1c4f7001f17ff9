"""CMRU: a ladder of levels that each candidate moves by one step at most.

h_t = h_{t-1} + alpha q_t with the ternary step q (arXiv 2605.11855). The state is held here as
the integer level h / alpha.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwsim.cells.ternary import ternary_steps


def cmru_levels(
    candidates: ArrayLike, threshold_up: ArrayLike, threshold_down: ArrayLike | None = None
) -> NDArray[np.int64]:
    """Levels of a ladder without ends.

    Args:
        candidates: candidates [..., T, units].
        threshold_up: positive trip point beta, broadcast against one step [..., units].
        threshold_down: magnitude of the negative trip point; `threshold_up` when not given.

    Returns:
        The level after each step, int64 [..., T, units], from level 0 before the first.
    """
    level = np.asarray(0, dtype=np.int64)
    levels = []
    for candidate in np.moveaxis(np.asarray(candidates), -2, 0):
        level = level + ternary_steps(candidate, threshold_up, threshold_down)
        levels.append(level)
    return np.stack(levels, axis=-2)
