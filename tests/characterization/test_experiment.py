"""What is read from samples: crossings, integrals, the largest fall of a curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.characterization.comparator import largest_fall
from hwsim.characterization.experiment import Findings, crossing, integral


def test_a_crossing_is_interpolated():
    time = np.array([0.0, 1.0, 2.0, 4.0])
    values = np.array([0.0, 0.0, 1.0, 1.0])
    assert crossing(time, values, 0.25, 0.0, rising=True) == pytest.approx(1.25)
    assert crossing(time, 1 - values, 0.25, 0.0, rising=False) == pytest.approx(1.75)


def test_no_crossing_is_not_a_number():
    time = np.linspace(0, 1, 5)
    assert np.isnan(crossing(time, np.zeros(5), 0.5, 0.0, rising=True))
    assert np.isnan(crossing(time, np.ones(5), 0.5, 2.0, rising=True))


@given(st.floats(0.0, 1.0), st.floats(1.1, 3.0))
def test_the_integral_of_a_line_is_its_area(start, stop):
    time = np.linspace(0, 3, 7)
    assert integral(time, 2 * time, start, stop) == pytest.approx(stop**2 - start**2, rel=1e-2)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=30))
def test_no_pair_of_samples_falls_further(values):
    samples = np.array(values)
    up, down = largest_fall(samples)
    assert up <= down
    falls = [a - b for i, a in enumerate(values) for b in values[i:]]
    assert samples[up] - samples[down] == pytest.approx(max(falls))


def test_a_value_silences_an_absence_and_not_the_other_way():
    both = Findings({"level": 1.0}) | Findings(absent={"level": "lost", "off": "never"})
    assert both.figures == {"level": 1.0}
    assert both.absent == {"off": "never"}
