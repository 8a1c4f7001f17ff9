"""Real weights to integer numbers of unit transistors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def largest_units(bits: int) -> int:
    """Largest number of unit transistors in a mirror: ``2**(bits - 1) - 1``; the sign is a side."""
    return int(2 ** (bits - 1)) - 1


def mirror_diode(weights: Floats, bits: int, most: int) -> int:
    """Unit transistors in the diode of a layer's lines, so that no weight needs too many.

    Args:
        weights: the current gains that mirrors on these lines must have.
        bits: bits of a weight.
        most: upper limit; a larger diode is finer and slower (its gate is a capacitor).

    Returns:
        ``floor(largest_units / max |weight|)`` within 1 and `most`.
    """
    largest = float(np.abs(weights).max(initial=0.0))
    if largest == 0.0:
        return most
    return int(np.clip(np.floor(largest_units(bits) / largest), 1, most))


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of a source stage carry.

    Attributes:
        diode_units: unit transistors in the diode of each line.
        scale: unit currents that stand for a software 1.0, per source unit.
    """

    diode_units: int
    scale: Floats


def mirror_units(
    weights: Floats, row_scale: Floats, source: Lines, bits: int
) -> tuple[tuple[int, ...], ...]:
    """Signed unit transistors of every mirror from `source` into rows of `row_scale`.

    ``units[j, k] = row_scale[j] * weights[j, k] * diode_units / scale[k]``, rounded to the
    nearest integer and limited to `largest_units`.
    """
    exact = row_scale[:, None] * weights * source.diode_units / source.scale[None, :]
    limit = largest_units(bits)
    units = np.clip(np.rint(exact), -limit, limit).astype(int)
    return tuple(tuple(int(unit) for unit in row) for row in units)


def reference_multiples(currents: Floats, reference_units: int, least: int) -> tuple[int, ...]:
    """Currents as integer multiples of ``unit current / reference_units``, at least `least`."""
    multiples = np.maximum(np.rint(currents * reference_units), least)
    return tuple(int(multiple) for multiple in multiples)
