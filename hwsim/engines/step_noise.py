"""Noise from step to step: standard normals that belong to a place, not to the order of drawing.

Each number is a function of (seed, stage, chip, sample, step, unit) alone: a key is mixed out of
the first four, and the counter `step * units + unit` is mixed into it. So a result does not depend
on how chips and samples are batched, on the number of workers or on the library of arrays; all
forms do the same integer arithmetic and the same three roundings.

Mixing is SplitMix64's (Steele, Lea, Flood, OOPSLA 2014, doi 10.1145/2660193.2660195; variant 13 of
Stafford), in int64 that wraps: shifts are masked, so that it runs where there are no unsigned
integers. A normal is the inverse of its distribution function, linear between nodes: 2048 equal
steps of probability on each side of zero, the outermost of them in 4096 finer ones. The
distribution function is exact at the nodes; the standard deviation is 1 within 4e-5, the fourth
moment 3 within 2e-3, no magnitude is above 5.65.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import array_api_compat
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from hwsim.engines.arrays import Array

GOLDEN = 0x9E3779B97F4A7C15 - (1 << 64)
MIX_A = 0xBF58476D1CE4E5B9 - (1 << 64)
MIX_B = 0x94D049BB133111EB - (1 << 64)

BODY_BITS, TAIL_BITS, FRACTION_BITS = 11, 12, 32
LAST_OF_BODY = (1 << BODY_BITS) - 1
FRACTION_UNIT = 2.0**-FRACTION_BITS


def _nodes() -> NDArray[np.float64]:
    """Magnitudes at the nodes, ascending: 2048 of the body, then 4096 of the tail."""
    body = ndtri(0.5 + np.arange(1 << BODY_BITS) / (1 << (BODY_BITS + 1)))
    tail_steps = 1 << TAIL_BITS
    beyond = np.arange(tail_steps - 1, 0, -1) / tail_steps / (1 << (BODY_BITS + 1))
    tail = -ndtri(beyond)
    # The last step has no end; this one gives it the mean of what lies beyond its beginning.
    edge, probability = tail[-1], beyond[-1]
    mean = np.exp(-0.5 * edge**2) / np.sqrt(2 * np.pi) / probability
    return np.concatenate([body, tail, [2 * mean - edge]])


NODES = _nodes()
LARGEST = float(NODES[-1])
"""No number is further from zero: a candidate further than this from its trip points needs none."""


@dataclass(frozen=True, slots=True, eq=False)
class StepNoise:
    """Noise on the candidates of one stage, white from step to step.

    Attributes:
        keys: from `stream_keys`, int64 [chip, sample].
        rms: in the unit of the candidates, float64 [chip, unit].
    """

    keys: Array
    rms: Array


def stream_keys(
    seed: int, stage: int, chips: Sequence[int], samples: Sequence[int]
) -> NDArray[np.int64]:
    """Keys of the streams of one stage, int64 [chip, sample].

    Args:
        seed: of the production.
        stage: number of the stage, or of whatever else draws noise of its own.
        chips: indices in the production.
        samples: indices in the data.
    """
    key = np.zeros((1, 1), dtype=np.int64)
    for value in ([seed], [stage]):
        key = _folded(key, np.asarray(value, dtype=np.uint64).view(np.int64))
    key = _folded(key, np.asarray(chips, dtype=np.int64)[:, None])
    return _folded(key, np.asarray(samples, dtype=np.int64)[None, :])


def standard_normals(keys: Array, counters: Array) -> Array:
    """Standard normals, float64.

    Args:
        keys: from `stream_keys`, int64.
        counters: place within a stream, int64, broadcast against `keys`.
    """
    xp = array_api_compat.array_namespace(keys, counters)
    nodes = xp.asarray(NODES, device=array_api_compat.device(keys))
    bits = _mixed(keys + counters * GOLDEN)
    body = _field(bits, 63 - BODY_BITS, BODY_BITS)
    in_tail = body == LAST_OF_BODY
    tail = _field(bits, 63 - BODY_BITS - TAIL_BITS, TAIL_BITS)
    index = body + xp.where(in_tail, tail, xp.zeros_like(tail))
    fraction = xp.where(
        in_tail,
        _field(bits, 63 - BODY_BITS - TAIL_BITS - FRACTION_BITS, FRACTION_BITS),
        _field(bits, 63 - BODY_BITS - FRACTION_BITS, FRACTION_BITS),
    )
    low, high = nodes[index], nodes[index + 1]
    magnitude = low + xp.astype(fraction, xp.float64) * FRACTION_UNIT * (high - low)
    return xp.where(bits < 0, -magnitude, magnitude)


def noise_currents(noise: StepNoise, steps: int) -> Array:
    """All noise of a stage, in the unit of its rms, float64 [step, chip, sample, unit]."""
    xp = array_api_compat.array_namespace(noise.keys, noise.rms)
    units = noise.rms.shape[-1]
    counters = xp.arange(steps * units, device=array_api_compat.device(noise.keys))
    counters = xp.reshape(counters, (steps, 1, 1, units))
    return noise.rms[:, None, :] * standard_normals(noise.keys[:, :, None], counters)


def _field(bits: Array, shift: int, width: int) -> Array:
    """`width` bits above the lowest `shift`; the mask removes copies of the sign."""
    return (bits >> shift) & ((1 << width) - 1)


def _mixed(x: Array) -> Array:
    x = (x ^ _field(x, 30, 34)) * MIX_A
    x = (x ^ _field(x, 27, 37)) * MIX_B
    return x ^ _field(x, 31, 33)


def _folded(key: NDArray[np.int64], value: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(_mixed(key + (value + 1) * GOLDEN), dtype=np.int64)
