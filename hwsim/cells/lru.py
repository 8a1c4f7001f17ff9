"""LRU: the linear recurrent unit, a baseline (arXiv 2303.06349).

x_t = lambda x_{t-1} + gamma B u_t and h_t = Re(C x_t) + D u_t, with a complex lambda =
exp(-exp(nu) + i exp(theta)) and gamma = exp(gamma_log) of each unit, complex matrices B and C and a
diagonal D. The paper's normalisation and MLP are not part of the cell: the network around it is the
same for every cell here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray


def lru_states(inputs: ArrayLike, tensors: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """What the unit gives at every step.

    Args:
        inputs: u, [..., T, units].
        tensors: what it learned, named as in `KINDS["lru"].tensors`.

    Returns:
        h, float64 [..., T, units], from x = 0 before the first step.
    """
    learned = {name: np.asarray(value, dtype=np.float64) for name, value in tensors.items()}
    decay = np.exp(-np.exp(learned["nu_log"]) + 1j * np.exp(learned["theta_log"]))
    gain = np.exp(learned["gamma_log"])
    into = learned["input_real"] + 1j * learned["input_imaginary"]
    out = learned["output_real"] + 1j * learned["output_imaginary"]
    state = np.zeros(())
    states = []
    for u in np.moveaxis(np.asarray(inputs, dtype=np.float64), -2, 0):
        state = decay * state + gain * (u @ into.T)
        states.append((state @ out.T).real + learned["direct"] * u)
    return np.stack(states, axis=-2)
