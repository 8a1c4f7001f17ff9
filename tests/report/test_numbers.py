"""Numbers as readers take them in."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.foundation.quantities import parse_quantity
from hwsim.report.numbers import DASH as TO
from hwsim.report.numbers import chosen, deviation, interval, prefixed, quantity, share
from hwsim.studies.accuracy import proportion


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.271e-7, "W", "127 nW"),
        (1.8e-8, "W", "18.0 nW"),
        (9.528e-9, "J", "9.53 nJ"),
        (3.3e-10, "m2", "330 µm²"),
        (5.56e-8, "m2", "0.0556 mm²"),
        (8.44e-9, "m2", "0.00844 mm²"),
        (0.0, "W", "0.00 W"),
        (-6.1e-10, "A", "-610 pA"),
        (1.0149, "", "1.015"),
        (math.nan, "W", TO),
        (2.5e-6, "s", "2.50 µs"),
    ],
)
def test_measured_values(value, unit, text):
    assert quantity(value, unit).replace("\xa0", " ") == text


@given(st.floats(1e-15, 1.0))
def test_a_value_can_be_read_back_to_three_digits(value):
    text = quantity(value, "W").replace("\xa0", " ").replace("µ", "u")
    assert parse_quantity(text, "W") == pytest.approx(value, rel=0.006)


@given(st.floats(1e-15, 999.0))
def test_a_prefix_leaves_one_to_three_digits(value):
    scale, unit = prefixed(value, "A")
    assert 0.999 <= value * scale < 1000.001
    assert unit.endswith("A")


def test_chosen_values_are_as_short_as_they_are():
    assert chosen(5e-3, "s") == "5\xa0ms"
    assert chosen(2e-6, "s") == "2\xa0µs"


def test_shares_and_intervals():
    assert share(0.96486).replace("\xa0", " ") == "96.5 %"
    assert share(math.nan) == TO
    assert interval(proportion(31, 32)).replace("\xa0", " ") == f"84.3{TO}99.4 %"


def test_deviations_have_a_sign_unless_they_are_nothing():
    assert deviation(-0.0105).replace("\xa0", " ") == "\N{MINUS SIGN}1.1 %"
    assert deviation(0.002).replace("\xa0", " ") == "+0.2 %"
    assert deviation(-0.0001).startswith("less than 0.1")
