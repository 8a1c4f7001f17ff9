"""Is a difference between two sets of figures of the same chips more than chance?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""A figure of a production from those of its chips: [resample, chip] to [resample]."""

RESAMPLES = 4000
LEVEL = 0.01
"""A difference is beyond noise where the interval of 1 - `LEVEL` leaves out zero: of the half dozen
figures of a comparison one is then marked by chance in about one comparison of twenty."""

SEED = 2026
"""Of the resampling: the same chips give the same verdict."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of a production after a change, minus that before.

    Attributes:
        value: of the chips that were run.
        low: lower end of the interval of 1 - `LEVEL`.
        high: its upper end.
    """

    value: float
    low: float
    high: float

    @property
    def is_beyond_noise(self) -> bool:
        """Whether another draw of chips would hardly have shown no difference, or its opposite."""
        return self.low > 0 or self.high < 0


def paired_change(first: Floats, second: Floats, statistic: Statistic) -> Change:
    """Change of a figure from one set of chips to the same chips after a change.

    Chips are drawn again with replacement, each with both of its figures, so that what the chips
    have in common drops out of the difference (B. Efron, R. J. Tibshirani, An Introduction to the
    Bootstrap, 1993, chapter 13: percentile intervals).

    Args:
        first: of every chip before, [chip].
        second: of the same chips after.
        statistic: what is said of them.
    """
    chips = len(first)
    drawn = np.random.default_rng(SEED).integers(0, chips, (RESAMPLES, chips))
    changes = statistic(second[drawn]) - statistic(first[drawn])
    # An observed difference of a resample, not one between two: nothing appears between ties.
    low, high = np.quantile(changes, [LEVEL / 2, 1 - LEVEL / 2], method="closest_observation")
    here = statistic(second[None]) - statistic(first[None])
    return Change(float(here[0]), float(low), float(high))
