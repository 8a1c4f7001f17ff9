"""From normal numbers of devices to numbers of chips: exponentials of sums, and sums of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hwsim.chips.influence import Influence
from hwsim.chips.normals import Floats, device_key, device_normals
from hwsim.chips.population import Population

BATCH = 128
"""Chips at a time, so that memory does not grow with the deviations of all devices."""


@dataclass(frozen=True, slots=True)
class _Term:
    """``sign * value * exp(influence)``, added to each of its slots."""

    value: float
    influence: Influence
    slots: Mapping[int, float]


class ChipMap:
    """Collects what a chip's numbers are made of, then evaluates them for many chips at once.

    A *slot* is one number of a chip: the sum of terms, each a nominal value times the exponential
    of a sum over devices.
    """

    def __init__(self) -> None:
        self._terms: list[_Term] = []
        self._slots = 0

    def reserve(self, *shape: int) -> NDArray[np.int64]:
        """Slots for an array of that shape, zero until terms are added."""
        count = int(np.prod(shape))
        slots = np.arange(self._slots, self._slots + count).reshape(shape)
        self._slots += count
        return slots

    def add(self, slots: Mapping[int, float], value: float, influence: Influence) -> None:
        """Add a term.

        Args:
            slots: where -> factor, often 1 or -1.
            value: nominal.
            influence: of the devices on its logarithm.
        """
        self._terms.append(_Term(value, influence, slots))

    def evaluate(self, population: Population, spreads: Mapping[str, Sequence[float]]) -> Floats:
        """All slots of all chips.

        Args:
            population: which chips.
            spreads: path of a device -> standard deviations of its threshold voltage in V and of
                its relative factor; devices that are not there do not deviate.

        Returns:
            [chip, slot].
        """
        paths = sorted({path for term in self._terms for path in term.influence} & set(spreads))
        weights = self._weights(paths, spreads) * population.mismatch_scale
        sums = self._sums()
        values = np.array([term.value for term in self._terms])
        keys = [device_key(path) for path in paths]
        result = np.empty((population.count, self._slots))
        done = 0
        for batch in population.batches(BATCH):
            normals = device_normals(batch, keys).reshape(batch.count, -1)
            terms = values[:, None] * np.exp(weights @ normals.T)
            result[done : done + batch.count] = (sums @ terms).T
            done += batch.count
        return result

    def _weights(
        self, paths: Sequence[str], spreads: Mapping[str, Sequence[float]]
    ) -> sparse.csr_array:
        """Change of the logarithm of each term per normal number, [term, 2 device]."""
        column = {path: 2 * index for index, path in enumerate(paths)}
        entries = [
            (row, column[path] + side, each * spreads[path][side])
            for row, term in enumerate(self._terms)
            for path, both in term.influence.items()
            if path in column
            for side, each in enumerate(both)
        ]
        return _matrix(entries, (len(self._terms), 2 * len(paths)))

    def _sums(self) -> sparse.csr_array:
        """[slot, term]."""
        entries = [
            (slot, index, factor)
            for index, term in enumerate(self._terms)
            for slot, factor in term.slots.items()
        ]
        return _matrix(entries, (self._slots, len(self._terms)))


def _matrix(entries: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> sparse.csr_array:
    rows, columns, values = ([each[part] for each in entries] for part in range(3))
    return sparse.csr_array(sparse.coo_array((values, (rows, columns)), shape=shape))
