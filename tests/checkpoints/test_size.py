import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.cells.kinds import KINDS
from hwsim.checkpoints.size import matched_units, parameter_count
from hwsim.foundation.errors import InputError


def test_the_count_is_that_of_the_tensors(make_checkpoint):
    for kind in KINDS:
        tensors = make_checkpoint(kind).tensors
        count = sum(math.prod(tensor.shape) for tensor in tensors.values())
        assert parameter_count(kind, 3, 4, 2, 2) == count


@given(
    kind=st.sampled_from(list(KINDS)),
    parameters=st.integers(1, 200_000),
    channels=st.integers(1, 40),
    classes=st.integers(2, 20),
)
def test_no_other_width_comes_nearer(kind, parameters, channels, classes):
    units = matched_units(kind, parameters, channels, 1, classes)

    def distance(width):
        return abs(parameter_count(kind, channels, width, 1, classes) - parameters)

    assert units >= 1
    assert distance(units) <= distance(units + 1)
    assert units == 1 or distance(units) <= distance(units - 1)


def test_what_cannot_be_matched_is_refused():
    with pytest.raises(InputError, match="no network of gru has"):
        matched_units("gru", 10**10, 3, 1, 2)
