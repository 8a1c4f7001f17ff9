"""Holding out a validation set, class by class."""

from __future__ import annotations

import numpy as np

from hwsim.data.sequences import Sequences
from hwsim.foundation.errors import InputError


def hold_out(data: Sequences, fraction: float, seed: int) -> tuple[Sequences, Sequences]:
    """Split a labelled set in two, with the same share of every class in both.

    Args:
        data: labelled sequences.
        fraction: share of each class to hold out, rounded to at least one sequence.
        seed: of the choice.

    Returns:
        What is kept and what is held out, each in the order of `data`.

    Raises:
        InputError: there are no labels, only one class, or a class with fewer than two sequences.
    """
    if data.labels is None:
        raise InputError("the training set has no labels")
    if len(data.classes) < 2:
        raise InputError("the training set has only one class", hint="there is nothing to learn")
    rng = np.random.default_rng(seed)
    held = np.zeros(len(data), dtype=bool)
    for index, name in enumerate(data.classes):
        members = np.flatnonzero(data.labels == index)
        if members.size < 2:
            raise InputError(
                f"class '{name}' has {members.size} training sequences, a validation set needs two"
            )
        count = min(max(round(fraction * members.size), 1), members.size - 1)
        held[rng.permutation(members)[:count]] = True
    return data.take(np.flatnonzero(~held)), data.take(np.flatnonzero(held))
