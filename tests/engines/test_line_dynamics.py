"""Currents of lines against a solver of their differential equation, and against hand counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from hwsim.engines.line_dynamics import LEAST, bent, crossed, follow, settled

currents = st.floats(1e-4, 3.0)


@settings(max_examples=30, deadline=None)
@given(start=currents, drive=currents, time=st.floats(0.01, 30.0))
def test_a_current_is_the_solution_of_the_equation_of_its_line(start, drive, time):
    solution = solve_ivp(
        lambda _, current: current * (drive - current), (0, time), [start], rtol=1e-9, atol=1e-12
    )
    found = settled(np.array([start]), np.array([drive]), time)
    assert found[0] == pytest.approx(solution.y[0, -1], rel=1e-5)


def test_a_line_without_drive_dies_as_its_charge_over_the_time_wherever_it_began():
    time_over_charge = np.array([50.0, 500.0])
    for start in (0.5, 2.0):
        found = settled(np.full(2, start), np.zeros(2), time_over_charge)
        expected = 1 / (1 / start + time_over_charge)
        np.testing.assert_allclose(found, expected, rtol=2e-3)


def test_a_dead_line_wakes_after_the_logarithm_of_what_it_lacks():
    half = np.log(1.0 / LEAST - 1)  # a logistic reaches half of its end there
    assert settled(np.zeros(1), np.ones(1), half)[0] == pytest.approx(0.5)


@settings(max_examples=30, deadline=None)
@given(start=currents, drive=currents, first=st.floats(0.1, 5), second=st.floats(0.1, 5))
def test_two_parts_of_a_time_are_the_whole_of_it(start, drive, first, second):
    value, target = np.array([start]), np.array([drive])
    parts = settled(settled(value, target, first), target, second)
    np.testing.assert_allclose(parts, settled(value, target, first + second), rtol=1e-9)


def test_lines_are_followed_through_moments_and_steps_in_order():
    drive = np.zeros((1, 2, 2, 1, 1))
    drive[0, :, :, 0, 0] = [[1.0, 1.0], [0.0, 0.0]]
    times, least = np.array([[3.0], [2.0]]), np.array([LEAST])
    found = follow(drive, times, 0.5, least)[0, :, :, 0, 0].ravel()
    current, expected = np.array([0.5]), []
    for target, time in zip((1.0, 1.0, 0.0, 0.0), (3.0, 2.0, 3.0, 2.0), strict=True):
        current = settled(current, np.array([target]), time)
        expected.append(current[0])
    np.testing.assert_allclose(found, expected)


def test_a_splitter_passes_a_new_sign_on_when_its_node_has_swung():
    total = np.zeros((1, 3, 1, 1, 2))
    total[0, :, 0, 0, 0] = [1.0, -0.5, -0.5]  # needs 2 s at 0.5 for a charge of 1
    total[0, :, 0, 0, 1] = [1.0, -2.0, 0.25]  # at once, and then not within the step
    found = crossed(total, np.array([1.5]), 1.0)[0, :, 0, 0]
    np.testing.assert_array_equal(found[:, 0], [1.0, 0.0, -0.5])
    np.testing.assert_array_equal(found[:, 1], [1.0, -2.0, 0.0])


def test_a_line_dies_no_further_than_what_leaks():
    found = settled(np.array([1.0]), np.zeros(1), 1e6, 0.003)
    assert found[0] == pytest.approx(0.003, rel=1e-3)


def test_small_currents_are_copied_larger_and_the_measured_one_as_it_is():
    found = bent(np.array([[0.1, 0.5, 1.0, 0.0]]), 0.5, np.full(4, 0.01))[0]
    np.testing.assert_allclose(found[:3], [0.1 * 5**0.01, 0.5, 2**-0.01])
    assert found[3] == 0.0
