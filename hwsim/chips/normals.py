"""Standard normal numbers that belong to a device of a chip, whoever asks for them and when.

Counter-based: the generator Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw,
"Parallel random numbers: as easy as 1, 2, 3", SC 2011) encrypts a counter with a key. The key is
the seed of the production run, the counter is the number of the chip beside a hash of the device's
name. Nothing is drawn in an order, so neither batches nor other devices change what a device gets:
a template with one transistor more leaves all others as they were, and two designs that share a
device share its deviation.

Integers are the same on every machine. The normal numbers follow from them by the inverse of the
normal distribution (`scipy.special.ndtri`), whose logarithm and root may differ between machines in
the last of 53 bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from hwsim.chips.population import Population

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

_ROUNDS = 10
_FACTORS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_BLOCK = 1 << 15
"""Devices at a time: the words of a block stay in the cache of a core."""


def device_key(name: str) -> int:
    """The 64 bits by which the generator knows a device: a hash of its name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def device_normals(population: Population, keys: Sequence[int]) -> Floats:
    """Two independent standard normal numbers for each device of each chip.

    Args:
        population: seed and chips; its scale has no effect here.
        keys: of the devices, `device_key`.

    Returns:
        [chip, device, 2], for the threshold voltage and for the current factor.
    """
    devices = np.array(keys, dtype=np.uint64)
    normals = np.empty((population.count, len(devices), 2))
    for row, chip in enumerate(population.indices):
        for start in range(0, len(devices), _BLOCK):
            part = slice(start, start + _BLOCK)
            words = philox(population.seed, chip, devices[part])
            normals[row, part, 0] = _normal(words[0], words[1])
            normals[row, part, 1] = _normal(words[2], words[3])
    return normals


def philox(seed: int, chip: int, devices: Words) -> tuple[Words, Words, Words, Words]:
    """Philox4x32-10 of the counters (device, chip) under the key `seed`.

    Args:
        seed: 64 bits.
        chip: 64 bits.
        devices: 64 bits each, [device].

    Returns:
        Four words of 32 bits each, [device], as 64-bit integers.
    """
    first, second = devices & _LOW, devices >> _HALF
    third = np.full_like(devices, chip & 0xFFFFFFFF)
    fourth = np.full_like(devices, chip >> 32)
    keys = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(_ROUNDS):
        left, right = first * _FACTORS[0], third * _FACTORS[1]
        first, second, third, fourth = (
            (right >> _HALF) ^ second ^ np.uint64(keys[0]),
            right & _LOW,
            (left >> _HALF) ^ fourth ^ np.uint64(keys[1]),
            left & _LOW,
        )
        keys = [(key + step) & 0xFFFFFFFF for key, step in zip(keys, _WEYL, strict=True)]
    return first, second, third, fourth


def _normal(low: Words, high: Words) -> Floats:
    """Two words as one number between 0 and 1, and where the normal distribution has it."""
    bits = ((high << _HALF) | low) >> np.uint64(11)
    return np.asarray(ndtri((bits.astype(np.float64) + 0.5) * 2.0**-53))
