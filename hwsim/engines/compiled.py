"""How functions are compiled with numba, and what several of them use: spans and noise.

The interpreter's lock is released, so that threads over tiles use all cores. Only sums of what
decides nothing may be reordered: everything else has the roundings of the array form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from hwsim.engines.step_noise import (
    BODY_BITS,
    FRACTION_BITS,
    FRACTION_UNIT,
    GOLDEN,
    LAST_OF_BODY,
    MIX_A,
    MIX_B,
    NODES,
    TAIL_BITS,
    StepNoise,
)

Floats = NDArray[np.float64]
Keys = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., object])

# Unsigned arithmetic wants all of its operands unsigned: numba makes floats out of a mixture.
_GOLDEN, _MIX_A, _MIX_B = (np.uint64(factor % (1 << 64)) for factor in (GOLDEN, MIX_A, MIX_B))
_SHIFT_1, _SHIFT_2, _SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
_BODY_SHIFT, _BODY_MASK = np.uint64(63 - BODY_BITS), np.uint64(LAST_OF_BODY)
_TAIL_SHIFT = np.uint64(63 - BODY_BITS - TAIL_BITS)
_TAIL_MASK = np.uint64((1 << TAIL_BITS) - 1)
_BODY_FRACTION_SHIFT = np.uint64(63 - BODY_BITS - FRACTION_BITS)
_TAIL_FRACTION_SHIFT = np.uint64(63 - BODY_BITS - TAIL_BITS - FRACTION_BITS)
_FRACTION_MASK = np.uint64((1 << FRACTION_BITS) - 1)


def compiled(function: Function) -> Function:
    """Compiled at the first call; seconds for all of them, so that no cache on disk is needed.

    Divisions follow IEEE 754 as in NumPy: a check of every divisor would keep loops from becoming
    vector code.
    """
    return cast("Function", numba.njit(nogil=True, error_model="numpy")(function))


def inlined(function: Function) -> Function:
    """A part of compiled functions that is written into each of them."""
    return cast("Function", numba.njit(inline="always", error_model="numpy")(function))


def summing(function: Function) -> Function:
    """`compiled`, with sums in whatever order is fastest."""
    return cast(
        "Function", numba.njit(nogil=True, error_model="numpy", fastmath={"reassoc"})(function)
    )


@compiled
def within(rows: NDArray[Any], span: Keys) -> NDArray[Any]:
    """The places of a span in [row, sample]: `hwsim.engines.step_block.Rows`."""
    return rows.reshape(-1)[span[0] : span[1]]


@compiled
def normal(key: int, counter: int, nodes: Floats) -> float:
    """One standard normal: `hwsim.engines.step_noise.standard_normals`."""
    x = np.uint64(key) + np.uint64(counter) * _GOLDEN
    x = (x ^ (x >> _SHIFT_1)) * _MIX_A
    x = (x ^ (x >> _SHIFT_2)) * _MIX_B
    x = x ^ (x >> _SHIFT_3)
    index = np.int64((x >> _BODY_SHIFT) & _BODY_MASK)
    fraction = x >> _BODY_FRACTION_SHIFT
    if index == LAST_OF_BODY:
        index += np.int64((x >> _TAIL_SHIFT) & _TAIL_MASK)
        fraction = x >> _TAIL_FRACTION_SHIFT
    part = np.float64(np.int64(fraction & _FRACTION_MASK)) * FRACTION_UNIT
    magnitude: float = nodes[index] + part * (nodes[index + 1] - nodes[index])
    return -magnitude if np.int64(x) < 0 else magnitude


def noise_currents(noise: StepNoise, steps: int, start: int = 0) -> Floats:
    """`hwsim.engines.step_noise.noise_currents` of some steps from `start` on."""
    currents = np.empty((steps, *noise.keys.shape, noise.rms.shape[-1]))
    _draw_all(noise.keys, noise.rms, start, NODES, currents)
    return currents


@compiled
def _draw_all(keys: Keys, rms: Floats, start: int, nodes: Floats, currents: Floats) -> None:
    steps, chips, samples, units = currents.shape
    for step in range(steps):
        for chip in range(chips):
            for sample in range(samples):
                for unit in range(units):
                    drawn = normal(keys[chip, sample], (start + step) * units + unit, nodes)
                    currents[step, chip, sample, unit] = rms[chip, unit] * drawn
