import numpy as np
import pytest

from hwsim.data.sequences import Sequences, Splits
from hwsim.foundation.errors import InputError


def sequences(**changes) -> Sequences:
    fields = {
        "values": np.arange(24.0).reshape(3, 4, 2) + 1,
        "lengths": np.array([4, 1, 2]),
        "labels": np.array([1, 0, 1]),
        "classes": ("no", "yes"),
    }
    return Sequences(**(fields | changes))


def test_padding_is_zeroed_and_masked():
    data = sequences()
    assert data.mask.tolist() == [
        [True] * 4,
        [True, False, False, False],
        [True, True, False, False],
    ]
    assert (data.values[~data.mask] == 0).all()
    assert (data.values[data.mask] > 0).all()


def test_the_callers_array_is_left_alone():
    values = np.ones((3, 4, 2))
    data = sequences(values=values)
    assert values.min() == 1
    values[:] = 7
    assert data.values.max() == 1


def test_nan_in_the_padding_is_padding():
    values = np.ones((3, 4, 2))
    values[1, 1:] = np.nan
    assert np.isfinite(sequences(values=values).values).all()


def test_take_keeps_order_and_fields():
    taken = sequences().take([2, 0])
    assert taken.lengths.tolist() == [2, 4]
    assert taken.labels.tolist() == [1, 1]
    assert taken.values[1, 0, 0] == 1
    assert len(taken) == 2
    assert taken.channels == 2
    assert sequences(labels=None).take(slice(0, 1)).labels is None


def test_take_refuses_an_index_outside():
    with pytest.raises(InputError, match=r"outside 0\.\.2"):
        sequences().take([3])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"values": np.ones((3, 4))}, "expected \\[sequences, steps, channels\\]"),
        ({"values": np.ones((3, 0, 2))}, "expected \\[sequences, steps, channels\\]"),
        ({"values": np.full((3, 4, 2), np.nan)}, "sequence 0 has a NaN"),
        ({"values": np.full((3, 4, 2), np.inf)}, "sequence 0 has a NaN or infinite"),
        ({"lengths": np.array([4, 0, 2])}, r"sequence 1 has 0 as length outside 1\.\.4"),
        ({"lengths": np.array([4, 1, 5])}, r"sequence 2 has 5 as length outside 1\.\.4"),
        ({"lengths": np.array([4, 1])}, "lengths have shape"),
        ({"lengths": np.array([4.0, 1, 2])}, "lengths are of type float64"),
        ({"labels": np.array([1, 0, 2])}, r"sequence 2 has 2 as label outside 0\.\.1"),
        ({"labels": np.array([-1, 0, 1])}, "sequence 0 has -1"),
        ({"labels": np.array([0.0, 0, 1])}, "labels are of type float64"),
    ],
)
def test_bad_fields_are_named(changes, complaint):
    with pytest.raises(InputError, match=complaint):
        sequences(**changes)


def test_splits_must_match():
    with pytest.raises(InputError, match="2 channels, the test set 3"):
        Splits(sequences(), sequences(values=np.ones((3, 4, 3))))
    with pytest.raises(InputError, match="different classes"):
        Splits(sequences(), sequences(classes=("a", "b")))
    with pytest.raises(InputError, match="test set has no labels"):
        Splits(sequences(), sequences(labels=None))
    with pytest.raises(InputError, match="training set is empty"):
        Splits(sequences().take([]), sequences())
