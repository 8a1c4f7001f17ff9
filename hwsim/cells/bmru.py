"""BMRU: a memory of two states that a large candidate writes by its sign.

h_t = z alpha sgn(c) + (1 - z) h_{t-1} with z = [abs(c) > beta] (arXiv 2601.09495). The state is
held here as h / alpha.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwsim.cells.ternary import ternary_steps


def bmru_states(
    candidates: ArrayLike, threshold_up: ArrayLike, threshold_down: ArrayLike | None = None
) -> NDArray[np.int64]:
    """The sign that was written last.

    Args:
        candidates: candidates [..., T, units].
        threshold_up: positive trip point beta, broadcast against one step [..., units].
        threshold_down: magnitude of the negative trip point; `threshold_up` when not given.

    Returns:
        -1 or +1 after each step, int64 [..., T, units]; 0 until the first write.
    """
    state = np.asarray(0, dtype=np.int64)
    states = []
    for candidate in np.moveaxis(np.asarray(candidates), -2, 0):
        written = ternary_steps(candidate, threshold_up, threshold_down)
        state = np.where(written != 0, written, state)
        states.append(state)
    return np.stack(states, axis=-2)
