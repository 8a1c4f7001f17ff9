"""Percentiles and yields of each point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.job import Sweep
from hwsim.studies.sweep.point import Point
from hwsim.studies.sweep.results import Results
from hwsim.studies.sweep.verdict import Verdict

NOMINAL = Point(1.0, 1.0, 0.0, 27.0, 1.2, "tt", 5, 1e-9, 5e-3, 3, "cmru_ladder")


def results(*accuracies, samples=10):
    found = np.array(accuracies, dtype=float)
    points = tuple(NOMINAL.changed({"mismatch": float(index)}) for index in range(len(found)))
    sweep = Sweep(points, ("mismatch",), found.shape[1], 1, samples)
    return Results(sweep, "behavioural", found, found / 2, found * 1e-7)


def test_each_point_has_its_own_chips():
    low, high = Verdict.of(results([0.1, 0.2, 0.3], [0.7, 0.8, 0.9]), 0.97).points
    assert (low.accuracy.median, high.accuracy.median) == (0.2, 0.8)
    assert (low.accuracy.low, low.accuracy.high) == pytest.approx((0.11, 0.29))
    assert low.state_agreement.median == pytest.approx(0.1)
    assert high.power.median == pytest.approx(8e-8)
    assert high.point.mismatch == 1.0
    assert high.good is None
    assert "yield" not in high.record()


def test_yield_counts_chips_of_at_least_the_accuracy_with_wilsons_interval():
    (one,) = Verdict.of(results([0.5, 0.8, 0.9, 1.0]), 0.97, 0.8).points
    wilson = binomtest(3, 4).proportion_ci(method="wilson")
    assert one.record()["yield"] == 0.75
    assert one.record()["yield_interval"] == [wilson.low, wilson.high]


@given(st.integers(1, 500), st.data())
def test_a_chip_that_just_meets_the_accuracy_is_good(samples, data):
    """No rounding of a fraction such as 0.7 may decide."""
    right = data.draw(st.integers(0, samples))
    (one,) = Verdict.of(results([right / samples], samples=samples), 0.97, right / samples).points
    assert one.good.hits == 1
    if right < samples:
        above = (right + 0.5) / samples
        (one,) = Verdict.of(results([right / samples], samples=samples), 0.97, above).points
        assert one.good.hits == 0


@pytest.mark.parametrize("above", [-0.1, 1.1, 90.0, float("nan")])
def test_an_accuracy_is_a_fraction(above):
    with pytest.raises(InputError, match="it is a fraction"):
        Verdict.of(results([0.5]), 0.97, above)
