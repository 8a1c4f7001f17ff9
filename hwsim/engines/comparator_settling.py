"""Comparators that need a charge to decide: a candidate beyond its threshold must stay there.

The state node takes the excess of the candidate over the threshold, ``dq/dt = c - threshold``,
and flips when `q` reaches the charge that the datasheet measured (``rise_charge``,
``fall_charge``); it falls back at once when the excess changes its sign.
"""

from __future__ import annotations

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from hwsim.engines.arrays import Array
from hwsim.engines.step_noise import StepNoise, noise_currents


def run_settling_comparator(
    candidate: Array,
    upper: Array,
    lower: Array,
    times: NDArray[np.float64],
    charges: tuple[float, float],
    noise: StepNoise | None = None,
    before: Array | None = None,
) -> Array:
    """States of comparators.

    Args:
        candidate: sum currents before the rectifier, [moment, chip, sample, unit].
        upper: a comparator sets above it, [chip, unit].
        lower: it clears below it, [chip, unit].
        times: from each moment's predecessor to it, s, [moment].
        charges: that setting and clearing take, current of the candidates times s.
        noise: of the candidates; None for none.
        before: states before the first moment, [chip, sample, unit]; None from reset.

    Returns:
        1 (set) or 0 after each moment, int8 [moment, chip, sample, unit].
    """
    xp = array_api_compat.array_namespace(candidate)
    if noise is not None:
        candidate = candidate + noise_currents(noise, candidate.shape[0])
    rise, fall = charges
    states = xp.zeros(candidate.shape, dtype=xp.int8, device=array_api_compat.device(candidate))
    state = (states[0, ...] if before is None else before) > 0
    charge = xp.zeros_like(candidate[0, ...])
    for moment, time in enumerate(times):
        current = xp.clip(candidate[moment, ...], 0.0, None)
        excess = xp.where(state, lower[:, None, :] - current, current - upper[:, None, :])
        charge = xp.where(excess > 0, charge + excess * float(time), xp.zeros_like(charge))
        flips = (excess > 0) & (charge >= xp.where(state, fall, rise))
        state = state ^ flips
        charge = xp.where(flips, xp.zeros_like(charge), charge)
        states[moment, ...] = xp.astype(state, xp.int8)
    return states
