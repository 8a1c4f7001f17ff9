"""Which sequences of a data set a short study takes."""

from __future__ import annotations

import numpy as np

from hwsim.data.sequences import Sequences
from hwsim.foundation.errors import InputError


def evenly_spaced(sequences: Sequences, count: int) -> tuple[int, ...]:
    """Indices of `count` sequences spread evenly over a data set, the same every time.

    Data sets are often sorted by class, so the first few would be of one class.

    Raises:
        InputError: fewer sequences than asked for, or none asked for.
    """
    if not 1 <= count <= len(sequences):
        raise InputError(
            f"{count} samples asked of a data set of {len(sequences)}",
            hint=f"1 to {len(sequences)} can be had",
        )
    middle = (np.arange(count) + 0.5) * len(sequences) / count
    return tuple(int(index) for index in middle)
