"""Figures over chips: what chips have in common counts once, however many samples each ran."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from hwsim.studies.accuracy import Proportion, proportion
from hwsim.studies.agreement import Count

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RESAMPLES = 2000
SEED = 20
"""Of the resampling: the same chips give the same interval."""

TOLD_APART = 0.05
"""Least probability with which two samples still count as of one distribution."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over chips.

    Attributes:
        value: of the chips that there are.
        low: lower end of its 95 % interval; NaN with fewer than two chips.
        high: upper end.
    """

    value: float
    low: float
    high: float

    def record(self) -> dict[str, object]:
        """As plain values, for JSON."""
        return {"value": self.value, "interval_over_chips": [self.low, self.high]}


def over_chips(figure: Callable[[Integers], Floats], chips: int) -> Estimate:
    """A figure with the interval that drawing chips again gives (percentile bootstrap, Efron 1979).

    Samples of one chip are alike, so whole chips are drawn, not samples.

    Args:
        figure: takes positions of chips, [draw, chip], and returns the figure of each draw, [draw].
        chips: how many there are.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(figure(np.arange(chips)[None, :])[0])
        if chips < 2:
            return Estimate(value, math.nan, math.nan)
        draws = np.random.default_rng(SEED).integers(0, chips, (RESAMPLES, chips))
        found = figure(draws)
    known = found[~np.isnan(found)]
    if not known.size:
        return Estimate(value, math.nan, math.nan)
    # Draws may be infinite, and there is no point between infinity and a number.
    low, high = np.quantile(known, [0.025, 0.975], method="nearest")
    return Estimate(value, float(low), float(high))


def mean_over_chips(values: Floats) -> Estimate:
    """Mean of one value a chip, [chip]."""
    return over_chips(lambda chips: values[chips].mean(axis=1), len(values))


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction of counted events on several chips.

    Attributes:
        by_chip: events of each.
    """

    by_chip: tuple[Count, ...]

    @property
    def whole(self) -> Proportion | None:
        """Over all chips, as if all events were independent; None of no events."""
        total = sum(count.total for count in self.by_chip)
        return proportion(sum(count.hits for count in self.by_chip), total) if total else None

    @property
    def over_chips(self) -> Estimate:
        """Over all chips, with the interval over chips."""
        hits = np.array([count.hits for count in self.by_chip])
        total = np.array([count.total for count in self.by_chip])
        return over_chips(
            lambda chips: hits[chips].sum(axis=1) / total[chips].sum(axis=1), len(self.by_chip)
        )

    def record(self) -> dict[str, object]:
        """As plain values, for JSON."""
        whole = self.whole
        return {
            **self.over_chips.record(),
            "wilson_interval": None if whole is None else [whole.low, whole.high],
            "hits": 0 if whole is None else whole.hits,
            "total": 0 if whole is None else whole.total,
        }


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson's r of two deviations.

    Attributes:
        value: r; NaN where one of them does not vary.
        low: lower end of its 95 % interval (R. A. Fisher, 1921: atanh r is nearly normal, with the
            variance 1 / (n - 3)); NaN with fewer than four pairs.
        high: upper end.
        pairs: that both exist.
        spread: rms of the first.
        difference: rms of the second minus the first.
    """

    value: float
    low: float
    high: float
    pairs: int
    spread: float
    difference: float

    def record(self) -> dict[str, object]:
        """As plain values, for JSON."""
        return {
            "pearson_r": self.value,
            "interval": [self.low, self.high],
            "pairs": self.pairs,
            "rms_deviation": self.spread,
            "rms_difference": self.difference,
        }


def correlation(first: Floats, second: Floats) -> Correlation:
    """Correlate two arrays of one shape; pairs with a NaN are left out."""
    both = ~(np.isnan(first) | np.isnan(second))
    x, y = first[both], second[both]
    nan = math.nan
    if not x.size:
        return Correlation(nan, nan, nan, 0, nan, nan)
    spread, difference = (float(np.sqrt(np.mean(v**2))) for v in (x, y - x))
    if not x.std() or not y.std():
        return Correlation(nan, nan, nan, x.size, spread, difference)
    r = float(np.corrcoef(x, y)[0, 1])
    if x.size < 4:
        return Correlation(r, nan, nan, x.size, spread, difference)
    edge = float(np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15)))
    reach = 1.96 / math.sqrt(x.size - 3)
    low, high = math.tanh(edge - reach), math.tanh(edge + reach)
    return Correlation(r, low, high, x.size, spread, difference)


@dataclass(frozen=True, slots=True)
class TwoSamples:
    """A two-sample Kolmogorov-Smirnov test.

    Attributes:
        distance: largest difference of the two cumulative distributions.
        probability: of such a distance between samples of one distribution.
    """

    distance: float
    probability: float

    @property
    def told_apart(self) -> bool:
        """Whether the test tells the samples apart at 5 %."""
        return self.probability < TOLD_APART

    def record(self) -> dict[str, object]:
        """As plain values, for JSON."""
        return {"distance": self.distance, "p": self.probability, "told_apart": self.told_apart}


def two_samples(first: Sequence[float], second: Sequence[float]) -> TwoSamples:
    """Test whether two samples are told apart."""
    found = ks_2samp(np.asarray(first), np.asarray(second))
    return TwoSamples(float(found.statistic), float(found.pvalue))
