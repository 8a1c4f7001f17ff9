"""Exponents of made-up power laws, and how often their intervals hold them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.foundation.errors import InputError
from hwsim.studies.scaling.power_law import LEVEL, fit_power_law


@settings(deadline=None)
@given(st.floats(-3, 3), st.floats(1e-9, 1e3))
def test_an_exact_law_is_found_exactly(exponent, factor):
    x = np.array([1.0, 2.0, 4.0, 8.0])
    found = fit_power_law(x, factor * x**exponent)
    assert found.exponent == pytest.approx(exponent, abs=1e-9)
    assert found.factor == pytest.approx(factor)
    assert found.low == pytest.approx(exponent, abs=1e-6)
    assert found.high == pytest.approx(exponent, abs=1e-6)
    assert found.at(3.0) == pytest.approx(factor * 3.0**exponent)


@pytest.mark.parametrize("exponent", [1.0, 2.0])
def test_intervals_hold_the_exponent_as_often_as_they_say(exponent):
    """Five networks of each of five widths, spread by 20 %, two thousand times."""
    draw = np.random.default_rng(3)
    x = np.repeat([4.0, 8.0, 16.0, 32.0, 64.0], 5)
    times = 2000
    fits = [fit_power_law(x, x**exponent * np.exp(draw.normal(0, 0.2, 25))) for _ in range(times)]
    held = np.mean([fit.low <= exponent <= fit.high for fit in fits])
    # four standard deviations of a count
    assert held == pytest.approx(LEVEL, abs=4 * (LEVEL * (1 - LEVEL) / times) ** 0.5)
    assert np.mean([fit.exponent for fit in fits]) == pytest.approx(exponent, abs=0.01)


def test_a_spread_widens_the_interval():
    x = np.repeat([2.0, 4.0, 8.0], 4)
    wide, narrow = (
        fit_power_law(x, x * np.exp(spread * np.tile([-1.0, 1.0, -1.0, 1.0], 3)))
        for spread in (0.3, 0.03)
    )
    assert wide.high - wide.low == pytest.approx(10 * (narrow.high - narrow.low))
    assert wide.r2 < narrow.r2 < 1


@pytest.mark.parametrize(
    ("x", "y", "complaint"),
    [
        ([1, 2], [1, 2], "2 points at 2 places"),
        ([3, 3, 3], [1, 2, 3], "3 points at 1 places"),
        ([1, 2, 3], [1, 0, 3], "no values at or below zero"),
        ([-1, 2, 3], [1, 2, 3], "no values at or below zero"),
    ],
)
def test_what_is_no_power_law(x, y, complaint):
    with pytest.raises(InputError, match=complaint):
        fit_power_law(x, y)
