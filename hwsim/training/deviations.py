"""How the numbers of drawn chips differ from those of the network that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, Self

import numpy as np
import torch
from torch import Tensor

from hwsim.chips.population import Population

Numbers = Mapping[str, Tensor]
"""Numbers of a network under the names that a checkpoint gives them; those of chips have a chip
axis in front.

Chips may have numbers that a network has not: `NAME.weight_minus`, the weights that negative
inputs see; `BLOCK.skip` and `BLOCK.skip_minus` [unit], gains around a cell; `BLOCK.cell.beta_down`
[unit], the magnitude of the negative trip point; `BLOCK.cell.level_ratios` [2K+1, unit].
"""

_LEAST_GAIN = 0.01
"""A current has no other sign, however far a threshold or a level deviates."""

_STANDS_FOR = {"weight_minus": "weight", "beta_down": "beta"}


@dataclass(frozen=True, slots=True, eq=False)
class Deviations:
    """What some chips do to the numbers of a network, each [chip, ...].

    Attributes:
        gains: factors, by the name of the number.
        offsets: what is added after that.
        values: numbers that do not follow from one of the network's.
    """

    gains: Numbers = field(default_factory=dict)
    offsets: Numbers = field(default_factory=dict)
    values: Numbers = field(default_factory=dict)

    def applied(self, numbers: Numbers) -> dict[str, Tensor]:
        """The chips' numbers for those of a network; what does not deviate has no chip axis."""
        found = dict(numbers)
        for name, gain in self.gains.items():
            head, _, tail = name.rpartition(".")
            found[name] = numbers[f"{head}.{_STANDS_FOR.get(tail, tail)}"] * gain
        for name, offset in self.offsets.items():
            found[name] = found[name] + offset
        return found | dict(self.values)

    def and_also(self, other: Deviations) -> Deviations:
        """Both at once; the gains of the other count for what it knows no other name of."""
        gains = dict(self.gains)
        for name, gain in other.gains.items():
            gains[name] = gains[name] * gain if name in gains else gain
        for name in self.gains:
            head, _, tail = name.rpartition(".")
            base = f"{head}.{_STANDS_FOR.get(tail, tail)}"
            if base != name and base in other.gains:
                gains[name] = self.gains[name] * other.gains[base]
        return Deviations(gains, {**self.offsets, **other.offsets}, {**self.values, **other.values})

    def take(self, first: int, count: int) -> Self:
        """Some of the chips, one after the other."""
        parts = (
            {name: value[first : first + count] for name, value in part.items()}
            for part in (self.gains, self.offsets, self.values)
        )
        return type(self)(*parts)

    def to(self, dtype: torch.dtype) -> Self:
        """The same in another precision."""
        parts = (
            {name: value.to(dtype) for name, value in part.items()}
            for part in (self.gains, self.offsets, self.values)
        )
        return type(self)(*parts)


class ChipSource(Protocol):
    """Where drawn chips come from."""

    def draw(self, numbers: Numbers, chips: Population) -> Deviations | None:
        """What chips do to the numbers of a network; None where they are all equal to it."""


class PlainMismatch:
    """Every number of a network off by the same relative standard deviation, by itself.

    ``number * (1 + fraction * z)`` with a standard normal z for each weight, bias, step and
    threshold of each chip. A chip is the pair of seed and number, however it is batched.
    """

    def draw(self, numbers: Numbers, chips: Population) -> Deviations | None:
        """Draw chips.

        Args:
            numbers: of the network.
            chips: which; their `mismatch_scale` is the fraction.
        """
        if chips.mismatch_scale == 0:
            return None
        total = sum(number.numel() for number in numbers.values())
        normals = np.stack(
            [
                np.random.default_rng((chips.seed, chip)).standard_normal(total)
                for chip in chips.indices
            ]
        )
        flat = torch.as_tensor(1 + chips.mismatch_scale * normals)
        gains, start = {}, 0
        for name, number in numbers.items():
            part = flat[:, start : start + number.numel()].reshape(-1, *number.shape)
            start += number.numel()
            is_positive = name.rpartition(".")[0].endswith(".cell")
            gains[name] = part.clamp(min=_LEAST_GAIN) if is_positive else part
        return Deviations(gains).to(next(iter(numbers.values())).dtype)
