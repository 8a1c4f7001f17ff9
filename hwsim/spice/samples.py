"""The arrays of a run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hwsim.spice.names import SCALES

Samples = NDArray[np.float64] | NDArray[np.complex128]
"""One vector, ``[points]``; complex in an AC analysis."""

Plots = Mapping[str, Mapping[str, Samples]]
"""Vectors by name, by plot; `Result.plots` says how both are named."""


def as_samples(name: str, values: Samples) -> Samples:
    """Copy one vector out of a larger memory.

    A scale becomes real: ngspice makes the frequency of an AC analysis complex and leaves its
    imaginary parts undefined.

    Args:
        name: as in `Result.plots`.
        values: ``[points]``, with any stride.
    """
    return values.real.copy() if name in SCALES else values.copy()
