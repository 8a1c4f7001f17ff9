"""Comparators that need a charge: the plain definition where they need none."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.cells.fq_bmru import fq_bmru_states
from hwsim.engines.comparator_settling import run_settling_comparator

UPPER, LOWER = np.array([[1.0]]), np.array([[0.4]])


def run(candidates, charges=(0.0, 0.0), times=None, before=None):
    values = np.asarray(candidates, dtype=float)[:, None, None, None]
    spans = np.ones(len(values)) if times is None else np.asarray(times)
    return run_settling_comparator(values, UPPER, LOWER, spans, charges, None, before).ravel()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1, 2), min_size=1, max_size=30))
def test_without_a_charge_it_is_the_definition_of_the_cell(candidates):
    values = np.maximum(np.array(candidates), 0.0)
    expected = fq_bmru_states(values[None, :, None], UPPER[0], LOWER[0]).ravel()
    np.testing.assert_array_equal(run(candidates), expected)


def test_an_excess_decides_when_it_has_brought_the_charge():
    assert run([1.1, 1.1, 1.1], charges=(0.25, 0.0)).tolist() == [0, 0, 1]
    assert run([1.1, 0.9, 1.1, 1.1], charges=(0.25, 0.0)).tolist() == [0, 0, 0, 0]
    assert run([3.0], charges=(0.25, 0.0), times=[0.1]).tolist() == [0]


def test_clearing_takes_a_charge_of_its_own():
    assert run([2.0, 0.3, 0.3, 0.3], charges=(0.0, 0.25)).tolist() == [1, 1, 1, 0]


def test_it_goes_on_from_the_states_it_is_given():
    on = np.ones((1, 1, 1), dtype=np.int8)
    assert run([0.7, 0.7], before=on).tolist() == [1, 1]
    assert run([0.7, 0.7]).tolist() == [0, 0]
