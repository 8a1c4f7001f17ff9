"""A population of chips: which production run, which chips of it, how unlike they are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hwsim.foundation.errors import InputError

LARGEST = 2**64 - 1
"""Seeds and numbers of chips are 64-bit words of the generator."""


@dataclass(frozen=True, slots=True)
class Population:
    """Chips ``first`` to ``first + count - 1`` of the production run `seed`.

    A chip is the pair (seed, number): it is the same chip in any population that holds it,
    however it is batched.

    Attributes:
        seed: of the production run, 0 to 2**64 - 1.
        count: chips.
        first: number of the first chip.
        mismatch_scale: factor on the technology's standard deviations; 0 makes equal chips.

    Raises:
        InputError: no chips, a negative or unheard-of number, a scale that is negative or not
            finite.
    """

    seed: int
    count: int
    first: int = 0
    mismatch_scale: float = 1.0

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InputError(
                f"a population of {self.count} chips", where="count", hint="ask for at least one"
            )
        if not 0 <= self.seed <= LARGEST:
            raise InputError(
                f"{self.seed} is no seed", where="seed", hint="a seed is from 0 to 2**64 - 1"
            )
        if self.first < 0 or self.first + self.count - 1 > LARGEST:
            raise InputError(
                f"{self.first} is no number of a chip",
                where="first",
                hint="chips are counted from 0",
            )
        if not (math.isfinite(self.mismatch_scale) and self.mismatch_scale >= 0):
            raise InputError(
                f"the scale of mismatch cannot be {self.mismatch_scale}",
                where="mismatch_scale",
                hint="0 switches mismatch off, 1 is the technology's own",
            )

    @property
    def indices(self) -> range:
        """Numbers of the chips."""
        return range(self.first, self.first + self.count)

    def chip(self, index: int) -> Population:
        """One chip alone.

        Args:
            index: position in this population, from 0.

        Raises:
            InputError: the population has no such chip.
        """
        if not 0 <= index < self.count:
            raise InputError(
                f"there is no chip {index} in a population of {self.count}",
                where="chip",
                hint=f"chips are counted from 0 to {self.count - 1}",
            )
        return replace(self, first=self.first + index, count=1)

    def batches(self, size: int) -> Iterator[Population]:
        """The same chips in batches of at most `size`, in order."""
        for start in range(0, self.count, size):
            yield replace(self, first=self.first + start, count=min(size, self.count - start))
