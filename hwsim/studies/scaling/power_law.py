"""Power laws: the exponent of a set of points, and how well they tell it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from hwsim.foundation.errors import InputError

LEVEL = 0.95
"""Of the interval of an exponent."""


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """``y = factor x ** exponent``.

    Attributes:
        exponent: slope of the straight line through the logarithms (least squares).
        low: lower end of its 95 % interval (Student's t of the residuals).
        high: upper end.
        factor: y at an x of 1.
        r2: share of the variance of ``ln y`` that the law explains.
    """

    exponent: float
    low: float
    high: float
    factor: float
    r2: float

    def at(self, x: float) -> float:
        """The law at one place."""
        return float(self.factor * x**self.exponent)

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "exponent": self.exponent,
            "interval": [self.low, self.high],
            "factor": self.factor,
            "r2": self.r2,
        }


def fit_power_law(x: ArrayLike, y: ArrayLike) -> PowerLaw:
    """Fit a power law to points.

    Args:
        x: above zero, at least two different values, [point].
        y: above zero, at least three points, [point].

    Raises:
        InputError: too few points, or values that have no logarithm.
    """
    places, values = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if len(places) < 3 or len(np.unique(places)) < 2:
        raise InputError(
            f"{len(places)} points at {len(np.unique(places))} places are no power law",
            hint="three points at two places are the least",
        )
    if min(places.min(), values.min()) <= 0:
        raise InputError("a power law has no values at or below zero")
    logarithms, heights = np.log(places), np.log(values)
    across = logarithms - logarithms.mean()
    slope = float(across @ heights / (across @ across))
    start = float(heights.mean() - slope * logarithms.mean())
    residuals = heights - start - slope * logarithms
    freedom = len(places) - 2
    error = math.sqrt(float(residuals @ residuals) / freedom / float(across @ across))
    reach = float(student.ppf(0.5 + LEVEL / 2, freedom)) * error
    spread = float(np.var(heights))
    return PowerLaw(
        exponent=slope,
        low=slope - reach,
        high=slope + reach,
        factor=math.exp(start),
        r2=1.0 - float(np.var(residuals)) / spread if spread else 1.0,
    )
