"""GRU: the gated recurrent unit, a baseline (arXiv 1406.1078, in the form that torch computes).

r_t = sigmoid(W_r u_t + b_r + V_r h_{t-1} + d_r), z_t = sigmoid(W_z u_t + b_z + V_z h_{t-1} + d_z),
n_t = tanh(W_n u_t + b_n + r_t (V_n h_{t-1} + d_n)), h_t = (1 - z_t) n_t + z_t h_{t-1}. Its gates
see its state, so nothing of it can be scanned: it is computed step by step.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit


def gru_states(inputs: ArrayLike, tensors: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Continuous states.

    Args:
        inputs: u, [..., T, units].
        tensors: what it learned, named as in `KINDS["gru"].tensors`; the rows of each are those of
            r, z and n, in this order.

    Returns:
        h, float64 [..., T, units], from 0 before the first step.
    """
    learned = {name: np.asarray(value, dtype=np.float64) for name, value in tensors.items()}
    u = np.asarray(inputs, dtype=np.float64)
    state = np.zeros((*u.shape[:-2], u.shape[-1]))
    states = []
    for driven in np.moveaxis(u @ learned["input.weight"].T + learned["input.bias"], -2, 0):
        fed_back = state @ learned["state.weight"].T + learned["state.bias"]
        (r_in, z_in, n_in), (r_back, z_back, n_back) = (
            np.split(each, 3, axis=-1) for each in (driven, fed_back)
        )
        kept = expit(z_in + z_back)
        fresh = np.tanh(n_in + expit(r_in + r_back) * n_back)
        state = (1 - kept) * fresh + kept * state
        states.append(state)
    return np.stack(states, axis=-2)
