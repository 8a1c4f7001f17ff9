"""Intervals over chips, correlations and the test of two samples, against what is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr

from hwsim.studies.agreement import Count
from hwsim.studies.chip_statistics import (
    Share,
    correlation,
    mean_over_chips,
    over_chips,
    two_samples,
)


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    values = np.random.default_rng(0).normal(3.0, 1.0, 200)
    found = mean_over_chips(values)
    error = 1.96 * values.std(ddof=1) / math.sqrt(len(values))
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - error, abs=0.15 * error)
    assert found.high == pytest.approx(values.mean() + error, abs=0.15 * error)


def test_the_same_chips_have_the_same_interval():
    values = np.random.default_rng(1).normal(size=20)
    assert mean_over_chips(values) == mean_over_chips(values)


def test_samples_that_follow_their_chip_widen_the_interval():
    clustered = Share(tuple(Count(100 * (k % 2), 100) for k in range(20)))
    even = Share(tuple(Count(50, 100) for _ in range(20)))
    assert clustered.whole == even.whole
    assert clustered.over_chips.value == even.over_chips.value == 0.5
    assert clustered.over_chips.high - clustered.over_chips.low > 0.3
    assert even.over_chips.high == even.over_chips.low == 0.5
    assert clustered.whole.high - clustered.whole.low < 0.05


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(9, 20)), min_size=2, max_size=8))
def test_a_share_is_that_of_all_events_and_lies_in_its_intervals(pairs):
    share = Share(tuple(Count(hits, total) for hits, total in pairs))
    value = sum(h for h, _ in pairs) / sum(t for _, t in pairs)
    assert share.over_chips.value == pytest.approx(value)
    assert share.whole.low <= value <= share.whole.high
    assert min(h / t for h, t in pairs) <= share.over_chips.low
    assert share.over_chips.high <= max(h / t for h, t in pairs)


def test_one_chip_and_no_events_have_no_interval():
    alone = Share((Count(3, 4),)).record()
    assert alone["value"] == 0.75
    assert all(math.isnan(end) for end in alone["interval_over_chips"])
    nothing = Share((Count(0, 0), Count(0, 0))).record()
    assert math.isnan(nothing["value"])
    assert nothing["wilson_interval"] is None
    assert nothing["total"] == 0


def test_chips_without_events_leave_the_others_as_they_are():
    some = Share((Count(0, 0), Count(1, 2), Count(2, 2)))
    assert some.over_chips.value == 0.75
    assert some.over_chips.low >= 0.5


def test_an_infinite_figure_has_an_interval():
    ratios = np.array([1.0, np.inf, np.inf])
    found = over_chips(lambda chips: ratios[chips].max(axis=1), 3)
    assert found.value == np.inf
    assert found.low == 1.0
    assert found.high == np.inf


def test_the_correlation_is_that_of_scipy():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(10, 5))
    y = x + rng.normal(0, 0.5, (10, 5))
    found, want = correlation(x, y), pearsonr(x.ravel(), y.ravel())
    interval = want.confidence_interval(0.95)
    assert found.value == pytest.approx(want.statistic)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-4)
    assert found.pairs == 50
    assert found.spread == pytest.approx(math.sqrt(np.mean(x**2)))
    assert found.difference == pytest.approx(math.sqrt(np.mean((y - x) ** 2)))


def test_pairs_that_lack_one_are_left_out():
    x = np.array([1.0, 2.0, np.nan, 3.0, 5.0, 4.0])
    y = np.array([1.1, np.nan, 2.0, 3.2, 4.9, 4.1])
    assert correlation(x, y).pairs == 4
    assert correlation(x, y).value == pytest.approx(
        pearsonr([1, 3, 5, 4], [1.1, 3.2, 4.9, 4.1]).statistic
    )


@pytest.mark.parametrize(
    ("x", "y", "r", "has_interval"),
    [
        ([], [], math.nan, False),
        ([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0], math.nan, False),
        ([1.0, 2.0, 4.0], [1.0, 2.0, 4.0], 1.0, False),
        ([1.0, 2.0, 4.0, 5.0], [2.0, 4.0, 8.0, 10.0], 1.0, True),
    ],
)
def test_a_correlation_that_there_is_none_of(x, y, r, has_interval):
    found = correlation(np.array(x), np.array(y))
    assert found.value == pytest.approx(r, nan_ok=True)
    assert math.isfinite(found.low) is has_interval


def test_distributions_are_told_apart_when_they_differ():
    rng = np.random.default_rng(3)
    same, alike, lower = rng.normal(size=40), rng.normal(size=40), rng.normal(-2, 1, 40)
    assert not two_samples(same, alike).told_apart
    assert two_samples(same, lower).told_apart
    assert two_samples(same, same).probability == 1.0
