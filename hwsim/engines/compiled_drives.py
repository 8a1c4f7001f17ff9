"""What signals drive their lines with, compiled with numba: the same results as on arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.compiled import compiled

Floats = NDArray[np.float64]


def line_drives(signed: Floats, sides: int) -> Floats:
    """See `hwsim.engines.line_drives.line_drives`."""
    rows = np.ascontiguousarray(signed).reshape(-1, signed.shape[-1])
    drives = np.empty((rows.shape[0], sides * rows.shape[1]))
    _drive(rows, drives, sides)
    return drives.reshape(*signed.shape[:-1], drives.shape[-1])


@compiled
def _drive(signed: Floats, drives: Floats, sides: int) -> None:
    units = signed.shape[1]
    for row in range(signed.shape[0]):
        for unit in range(units):
            plus = max(signed[row, unit], 0.0)
            drives[row, unit] = plus
            if sides == 2:
                drives[row, units + unit] = plus - signed[row, unit]
