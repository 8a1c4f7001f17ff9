"""Adding up currents of signals: step by step, or over all steps and samples at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.supply_leakage import excess
from hwsim.engines.trace import Floats

Signals: TypeAlias = NDArray[np.floating[Any]] | NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Total:
    """Over what currents are added up.

    Attributes:
        shape: of what is found, ``[sequence, step]`` or ``[chip]``.
        weight: what a constant counts in it.
        of: from signals [..., unit] to totals [*shape, unit], or [1, unit] where all chips have the
            same; linear.
    """

    shape: tuple[int, ...]
    weight: float
    of: Callable[[Signals], Floats]

    def constant(self, value: Floats | float) -> Floats:
        """What a constant, or one a chip, adds up to."""
        return np.broadcast_to(np.asarray(value) * self.weight, self.shape).copy()


@dataclass(frozen=True, slots=True, eq=False)
class LineTotals:
    """The lines of one part of a stage's signals, unit currents, each of the shape of a total.

    Attributes:
        drive: into the native diodes.
        native: what mirrors on the native ends carry beyond it.
        turned: what mirrors on the turned ends carry beyond what drives those.
    """

    drive: Floats
    native: Floats
    turned: Floats


def line_totals(drive: Floats, idle: tuple[float, float], over: Total) -> LineTotals:
    """Add up the lines of one part.

    Args:
        drive: into the native diodes, [..., unit], none negative.
        idle: leakage of mirrors as large as the diodes, of the native and of the turned polarity.
        over: what to add up over.
    """
    native = excess(drive, idle[0])
    turned = excess(drive + native, idle[1])
    return LineTotals(over.of(drive), over.of(native), over.of(turned))
