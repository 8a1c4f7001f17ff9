"""minGRU: a gated unit whose gate does not see its state, a baseline (arXiv 2410.01201).

h_t = (1 - z_t) h_{t-1} + z_t c_t with z_t = sigmoid(W_z u_t + b_z) and the candidate
c_t = W u_t + b: the paper's first form, without the bend that its form in logarithms needs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit


def mingru_states(candidates: ArrayLike, gates: ArrayLike) -> NDArray[np.float64]:
    """Continuous states.

    Args:
        candidates: c, [..., T, units].
        gates: W_z u + b_z before the sigmoid, of the same shape.

    Returns:
        h, float64 [..., T, units], from 0 before the first step.
    """
    state = np.zeros(())
    states = []
    in_time = zip(
        np.moveaxis(np.asarray(candidates, dtype=np.float64), -2, 0),
        np.moveaxis(expit(np.asarray(gates, dtype=np.float64)), -2, 0),
        strict=True,
    )
    for candidate, opened in in_time:
        state = (1 - opened) * state + opened * candidate
        states.append(state)
    return np.stack(states, axis=-2)
