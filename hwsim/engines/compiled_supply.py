"""Lines of many chips summed for their supply current, compiled with numba in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.compiled import compiled
from hwsim.engines.supply_totals import Lines, LineTotals

Floats = NDArray[np.float64]


def sum_lines(lines: Lines, weights: Floats) -> LineTotals:
    """See `hwsim.engines.supply_totals.sum_lines`."""
    signal = np.ascontiguousarray(lines.signal, dtype=np.float64)
    chips = max(len(signal), len(lines.scale), len(lines.kept))
    sums = np.zeros((3, chips, signal.shape[-1]))
    _sum(
        signal,
        np.broadcast_to(lines.scale, sums.shape[1:]).copy(),
        np.broadcast_to(lines.kept, chips).copy(),
        lines.idle_native,
        lines.idle_turned,
        weights,
        sums,
    )
    return LineTotals(*sums)


@compiled
def _sum(
    signal: Floats,
    scale: Floats,
    kept: Floats,
    idle_native: float,
    idle_turned: float,
    weights: Floats,
    sums: Floats,
) -> None:
    # A leakage of 0 leaves an excess of 0 over a drive of 0 as well.
    least = 1e-300
    for chip in range(sums.shape[1]):
        own = chip if signal.shape[0] > 1 else 0
        for row in range(signal.shape[1]):
            weight = weights[row]
            if weight == 0.0:
                continue
            for unit in range(signal.shape[2]):
                drive = max(scale[chip, unit] * signal[own, row, unit], 0.0) + kept[chip]
                native = idle_native * idle_native / (idle_native + 0.5 * drive + least)
                driven = drive + native
                turned = idle_turned * idle_turned / (idle_turned + 0.5 * driven + least)
                sums[0, chip, unit] += weight * drive
                sums[1, chip, unit] += weight * native
                sums[2, chip, unit] += weight * turned
