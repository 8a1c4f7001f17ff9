"""Copy-first-input: which symbol was shown at the first step, after many steps of noise.

The memory task of the bistable cells (arXiv 2601.09495) as hwsim generates it.
"""

from __future__ import annotations

import numpy as np

from hwsim.data.generated import Examples, Sizes, generate
from hwsim.data.sequences import Splits
from hwsim.foundation.errors import InputError


def copy_first(
    *,
    steps: int = 300,
    symbols: int = 4,
    noise: float = 0.1,
    sizes: Sizes | None = None,
    seed: int = 0,
) -> Splits:
    """Generate the task.

    One channel a symbol. At the first step the channel of the symbol is 1 and the others are 0;
    then `steps` steps of 0 follow. Every value of every step carries Gaussian noise. Symbols are
    drawn evenly; the class is the symbol.

    Args:
        steps: steps after the first.
        symbols: number of symbols, at least 2.
        noise: standard deviation of the noise, more than 0.
        sizes: of the sets.
        seed: of everything.

    Raises:
        InputError: no step to remember over, one symbol, or no noise.
    """
    if steps < 1 or symbols < 2 or not noise > 0:
        raise InputError("copy_first needs steps >= 1, symbols >= 2 and noise > 0")

    def draw(rng: np.random.Generator, count: int) -> Examples:
        labels = rng.integers(symbols, size=count)
        values = rng.normal(0.0, noise, (count, steps + 1, symbols))
        values[np.arange(count), 0, labels] += 1.0
        return Examples(values, np.full(count, steps + 1), labels)

    return generate(draw, tuple(str(each) for each in range(symbols)), sizes or Sizes(), seed)
