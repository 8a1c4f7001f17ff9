"""Flip-flop: the state of a few bits that rare pulses set and reset.

After the task of D. Sussillo and O. Barak, "Opening the black box", Neural Computation 25 (2013);
here the bits are asked for once, at the end.
"""

from __future__ import annotations

import numpy as np

from hwsim.data.generated import Examples, Sizes, generate
from hwsim.data.sequences import Splits
from hwsim.foundation.errors import InputError


def flip_flop(
    *,
    steps: int = 64,
    bits: int = 2,
    rate: float = 0.1,
    noise: float = 0.1,
    sizes: Sizes | None = None,
    seed: int = 0,
) -> Splits:
    """Generate the task.

    One channel a bit. A pulse of +1 sets the bit, a pulse of -1 resets it; every channel has a
    pulse at the first step, and at every later one with the probability `rate`, of either sign
    evenly. Every value carries Gaussian noise. The class is the number that the bits form after
    the last step, the first channel being the lowest bit.

    Args:
        steps: length of every sequence.
        bits: number of bits, 1 to 6.
        rate: probability of a pulse, above 0 and at most 1.
        noise: standard deviation of the noise, more than 0.
        sizes: of the sets.
        seed: of everything.

    Raises:
        InputError: a number out of its range.
    """
    if steps < 1 or not 1 <= bits <= 6 or not 0 < rate <= 1 or not noise > 0:
        raise InputError("flip_flop needs steps >= 1, 1 to 6 bits, 0 < rate <= 1 and noise > 0")

    def draw(rng: np.random.Generator, count: int) -> Examples:
        shape = (count, steps, bits)
        happens = rng.random(shape) < rate
        happens[:, 0] = True
        pulses = np.where(happens, rng.choice([-1, 1], shape), 0)
        state = np.zeros((count, bits), dtype=np.int64)
        for pulse in np.moveaxis(pulses, 1, 0):
            state = np.where(pulse != 0, pulse, state)
        labels = (state > 0) @ (1 << np.arange(bits))
        values = pulses + rng.normal(0.0, noise, shape)
        return Examples(values, np.full(count, steps), labels)

    classes = tuple(f"{number:0{bits}b}" for number in range(2**bits))
    return generate(draw, classes, sizes or Sizes(), seed)
