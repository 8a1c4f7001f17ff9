"""FQ-BMRU: a comparator with hysteresis, all in the first quadrant.

h_t = alpha if c > beta_hi, 0 if c < beta_lo, else h_{t-1}, of the rectified candidate
(arXiv 2605.15216, 2605.07936). The state is held here as h / alpha.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def next_states(
    states: ArrayLike, candidates: ArrayLike, threshold_high: ArrayLike, threshold_low: ArrayLike
) -> NDArray[np.int64]:
    """One step of the comparator, element by element: 1 (on), 0 (off) or the state held."""
    held = np.where(np.asarray(candidates) < np.asarray(threshold_low), 0, states)
    return np.asarray(
        np.where(np.asarray(candidates) > np.asarray(threshold_high), 1, held), dtype=np.int64
    )


def fq_bmru_states(
    candidates: ArrayLike, threshold_high: ArrayLike, threshold_low: ArrayLike
) -> NDArray[np.int64]:
    """Whether each comparator is on.

    Args:
        candidates: rectified candidates [..., T, units].
        threshold_high: rising trip point, broadcast against one step [..., units].
        threshold_low: falling trip point, at most `threshold_high`.

    Returns:
        1 (on) or 0 (off) after each step, int64 [..., T, units]; off before the first.
    """
    state = np.asarray(0, dtype=np.int64)
    states = []
    for candidate in np.moveaxis(np.asarray(candidates), -2, 0):
        state = next_states(state, candidate, threshold_high, threshold_low)
        states.append(state)
    return np.stack(states, axis=-2)
