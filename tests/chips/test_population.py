"""Which chips there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.chips.population import Population
from hwsim.foundation.errors import InputError


@given(st.integers(1, 300), st.integers(0, 1000), st.integers(1, 70))
def test_batches_hold_every_chip_once_in_order(count, first, size):
    batches = list(Population(7, count, first).batches(size))
    assert [index for batch in batches for index in batch.indices] == list(
        range(first, first + count)
    )
    assert all(batch.count <= size and batch.seed == 7 for batch in batches)


def test_a_chip_keeps_its_number_and_scale():
    chip = Population(7, 5, first=10, mismatch_scale=0.5).chip(3)
    assert chip == Population(7, 1, first=13, mismatch_scale=0.5)


@pytest.mark.parametrize(
    ("arguments", "where", "what"),
    [
        ({"count": 0}, "count", "a population of 0 chips"),
        ({"count": -3}, "count", "a population of -3 chips"),
        ({"seed": -1}, "seed", "-1 is no seed"),
        ({"seed": 2**64}, "seed", "is no seed"),
        ({"first": -1}, "first", "-1 is no number of a chip"),
        ({"mismatch_scale": -0.1}, "mismatch_scale", "cannot be -0.1"),
        ({"mismatch_scale": float("nan")}, "mismatch_scale", "cannot be nan"),
        ({"mismatch_scale": float("inf")}, "mismatch_scale", "cannot be inf"),
    ],
)
def test_a_population_that_makes_no_sense_is_refused(arguments, where, what):
    with pytest.raises(InputError, match=what) as caught:
        Population(**{"seed": 1, "count": 2} | arguments)
    assert caught.value.where == where
    assert caught.value.hint


@pytest.mark.parametrize("index", [-1, 2])
def test_a_chip_that_is_not_there_is_refused(index):
    with pytest.raises(InputError, match=f"no chip {index} in a population of 2"):
        Population(1, 2).chip(index)
