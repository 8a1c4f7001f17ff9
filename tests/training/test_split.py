import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.data.sequences import Sequences
from hwsim.foundation.errors import InputError
from hwsim.training.split import hold_out


def numbered(counts):
    """Sequences of the given count a class; each one's only sample is its index."""
    labels = np.repeat(np.arange(len(counts)), counts)
    values = np.arange(len(labels), dtype=float)[:, np.newaxis, np.newaxis]
    names = tuple(f"class {index}" for index in range(len(counts)))
    return Sequences(values, np.ones(len(labels), dtype=int), labels, names)


@given(
    counts=st.lists(st.integers(2, 40), min_size=2, max_size=5),
    fraction=st.floats(0.01, 0.99),
    seed=st.integers(0, 2**31),
)
def test_every_class_is_in_both_parts_and_nothing_is_lost(counts, fraction, seed):
    data = numbered(counts)
    kept, held = hold_out(data, fraction, seed)
    indices = np.concatenate([kept.values.ravel(), held.values.ravel()])
    assert sorted(indices) == list(range(len(data)))
    for index, count in enumerate(counts):
        size = int((held.labels == index).sum())
        assert 1 <= size < count
        assert abs(size - fraction * count) <= 1


def test_the_split_is_the_seeds_alone():
    data = numbered([30, 30])
    first, again, other = (hold_out(data, 0.2, seed)[1].values for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_cannot_be_split():
    with pytest.raises(InputError, match="only one class"):
        hold_out(numbered([5]), 0.2, 0)
    with pytest.raises(InputError, match="class 'class 1' has 1 training sequences"):
        hold_out(numbered([5, 1]), 0.2, 0)
    unlabelled = Sequences(np.ones((3, 2, 1)), np.array([1, 2, 2]), None, ("a", "b"))
    with pytest.raises(InputError, match="no labels"):
        hold_out(unlabelled, 0.2, 0)
