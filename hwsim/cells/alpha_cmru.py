"""alphaCMRU: a CMRU whose step is computed from the input, so that its state is continuous.

h_t = h_{t-1} + alpha_t q_t with alpha_t = softplus(W_a u_t + b_a). This form is hwsim's reading
of a public abstract and figure (arXiv 2605.11855). No circuit restores such a state.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwsim.cells.ternary import ternary_steps


def alpha_cmru_states(
    candidates: ArrayLike,
    increments: ArrayLike,
    threshold_up: ArrayLike,
    threshold_down: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """States of the relaxed ladder.

    Args:
        candidates: candidates [..., T, units].
        increments: step alpha_t > 0, [..., T, units], in the unit of the state.
        threshold_up: positive trip point beta, broadcast against one step [..., units].
        threshold_down: magnitude of the negative trip point; `threshold_up` when not given.

    Returns:
        The state after each step, float64 [..., T, units], from 0 before the first.
    """
    state = np.asarray(0.0)
    states = []
    in_time = zip(
        np.moveaxis(np.asarray(candidates), -2, 0),
        np.moveaxis(np.asarray(increments, dtype=np.float64), -2, 0),
        strict=True,
    )
    for candidate, increment in in_time:
        state = state + increment * ternary_steps(candidate, threshold_up, threshold_down)
        states.append(state)
    return np.stack(states, axis=-2)
