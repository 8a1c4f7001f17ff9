"""Running count: where a counter with two ends stands after many steps up and down."""

from __future__ import annotations

import numpy as np

from hwsim.data.generated import Examples, Sizes, generate
from hwsim.data.sequences import Splits
from hwsim.foundation.errors import InputError


def running_count(
    *, steps: int = 64, half_range: int = 2, sizes: Sizes | None = None, seed: int = 0
) -> Splits:
    """Generate the task.

    One channel: -1, 0 or +1 at every step, drawn evenly. The counter begins at 0, adds each step
    and stops at -K and +K; the class is where it stands after the last step. Once its start is
    forgotten, all 2K+1 classes are equally likely.

    Args:
        steps: length of every sequence.
        half_range: K.
        sizes: of the sets.
        seed: of everything.

    Raises:
        InputError: no step, or no range.
    """
    if steps < 1 or half_range < 1:
        raise InputError("running_count needs steps >= 1 and half_range >= 1")

    def draw(rng: np.random.Generator, count: int) -> Examples:
        moves = rng.integers(-1, 2, (count, steps))
        counter = np.zeros(count, dtype=np.int64)
        for move in moves.T:
            counter = np.clip(counter + move, -half_range, half_range)
        values = moves[:, :, np.newaxis].astype(np.float64)
        return Examples(values, np.full(count, steps), counter + half_range)

    classes = tuple(f"{level:+d}" for level in range(-half_range, half_range + 1))
    return generate(draw, classes, sizes or Sizes(), seed)
