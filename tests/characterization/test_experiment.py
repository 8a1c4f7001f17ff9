"""What is read from samples: crossings, integrals, the largest fall of a curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.characterization.comparator import largest_fall, vertex
from hwsim.characterization.experiment import Findings, crossing, integral, worst_of
from hwsim.characterization.mirror import tail_charge


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


def test_an_absence_in_one_of_several_runs_counts():
    held, lost = Findings({"retention": 10.0}), Findings(absent={"retention": "lost"})
    for runs in ((held, lost), (lost, held)):
        assert worst_of(runs) == Findings(absent={"retention": "lost"})
    assert worst_of((held, held)) == held


@given(st.floats(-1.0, 1.0), st.floats(0.5, 2.0), st.floats(0.05, 0.4))
def test_the_vertex_of_a_parabola_lies_between_its_samples(top, bend, offset):
    x = np.array([-1.0, 0.0, 0.8])
    y = top - bend * (x - offset * 0.8) ** 2
    assert vertex(x, y, int(np.argmax(y))) == pytest.approx(top)


@pytest.mark.parametrize("x", [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
def test_samples_that_a_servo_could_not_move_are_taken_as_they_are(x):
    """A fit through them would be none: numpy warns of it, and warnings are errors here."""
    assert vertex(np.array(x), np.array([1.0, 3.0, 2.0]), 1) == 3.0
    assert vertex(np.array([0.0, 1.0, 2.0]), np.array([3.0, 3.0, 3.0]), 1) == 3.0


def test_the_charge_of_a_dying_line_is_that_of_its_equation():
    charge, first = 2e-14, 8e-9
    time = np.linspace(-1e-6, 60e-6, 500)
    current = np.where(time < 0, first, charge / (charge / first + np.maximum(time, 0)))
    found, residual = tail_charge(time, current)
    assert found == pytest.approx(charge, rel=1e-6)
    assert residual < 1e-6
    assert np.isnan(tail_charge(time, np.full(500, first))[0])
    leaking = tail_charge(time, np.maximum(current, 0.3 * first))[0]
    assert np.isnan(leaking)
