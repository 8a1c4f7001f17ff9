import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.design.quantise import (
    Lines,
    largest_units,
    mirror_diode,
    mirror_units,
    reference_multiples,
)

finite = st.floats(-8, 8)


@pytest.mark.parametrize(("bits", "units"), [(2, 1), (5, 15), (6, 31), (8, 127)])
def test_one_bit_of_a_weight_is_its_sign(bits, units):
    assert largest_units(bits) == units


@pytest.mark.parametrize(
    ("largest", "diode"), [(1.0, 15), (2.0, 7), (0.5, 24), (0.0, 24), (40.0, 1)]
)
def test_a_diode_is_as_large_as_the_largest_weight_allows(largest, diode):
    assert mirror_diode(np.array([[0.1 * largest, -largest]]), bits=5, most=24) == diode


def test_units_are_the_gain_times_the_diode():
    lines = Lines(diode_units=10, scale=np.array([1.0, 0.5]))
    weights = np.array([[0.3, -0.3], [0.04, 2.0]])
    # row 2 is worth twice as much; column 2 comes on lines that carry half as much
    assert mirror_units(weights, np.array([1.0, 2.0]), lines, bits=6) == ((3, -6), (1, 31))


@given(st.lists(finite, min_size=1, max_size=6), st.integers(2, 8), st.integers(1, 24))
def test_a_mirror_is_off_by_half_a_unit_at_most_or_at_its_limit(row, bits, diode):
    weights = np.array([row])
    lines = Lines(diode, np.ones(len(row)))
    (units,) = mirror_units(weights, np.ones(1), lines, bits)
    for weight, unit in zip(row, units, strict=True):
        limit = largest_units(bits)
        assert abs(unit) <= limit
        assert abs(unit - weight * diode) <= 0.5 or (
            abs(weight * diode) > limit and unit == np.sign(weight) * limit
        )


def test_a_bias_current_is_a_multiple_of_the_reference_and_never_too_small():
    assert reference_multiples(np.array([0.5, 0.01, 0.16]), 16, least=1) == (8, 1, 3)
