import pickle

import numpy as np
import pytest

from hwsim.data.npz import load_npz, npz_bytes
from hwsim.foundation.errors import InputError


def arrays(**changes) -> dict:
    return {
        "x_train": np.ones((4, 5, 3)),
        "y_train": np.array([0, 1, 1, 0]),
        "x_test": np.ones((2, 5, 3)),
        "y_test": np.array([1, 0]),
    } | changes


@pytest.fixture
def saved(tmp_path):
    def save(**changes):
        path = tmp_path / "task.npz"
        np.savez(path, **{k: v for k, v in arrays(**changes).items() if v is not None})
        return path

    return save


def test_lengths_default_to_all_steps(saved):
    splits = load_npz(saved())
    assert splits.train.lengths.tolist() == [5] * 4
    assert splits.train.classes == ("0", "1")
    assert splits.test.labels.tolist() == [1, 0]


def test_lengths_and_class_names_are_read(saved):
    splits = load_npz(saved(length_test=np.array([2, 5]), classes=np.array(["low", "high"])))
    assert splits.test.lengths.tolist() == [2, 5]
    assert splits.test.classes == ("low", "high")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"x_test": None}, "lacks x_test .*needs x_train"),
        ({"x_train": np.array([[1.0], [1.0, 2.0]], dtype=object)}, "pickled.*pad them"),
        ({"x_train": np.ones((4, 5))}, r"x_train: is float64 \[4, 5\]"),
        ({"x_train": np.full((4, 5, 3), "a")}, "x_train: is <U1"),
        ({"x_train": np.full((4, 5, 3), np.nan)}, "train arrays: sequence 0 has a NaN"),
        ({"x_test": np.ones((2, 5, 4))}, "test set 4"),
        ({"y_train": np.array([0.0, 1, 1, 0])}, "y_train: is float64"),
        ({"y_train": np.array([0, -1, 1, 0])}, "y_train: has the negative label -1"),
        ({"y_train": np.array([0, 2, 2, 0])}, "y_train: has no sequence of class 1"),
        ({"y_train": np.array([0, 2**40, 2, 0])}, "y_train: has no sequence of class 1"),
        ({"y_train": np.array([0, 1])}, "labels have shape"),
        ({"y_test": np.array([0, 2])}, "test arrays: sequence 1 has 2 as label"),
        ({"length_train": np.array([1, 2, 3, 6])}, "sequence 3 has 6 as length"),
        ({"length_train": np.array([1.0, 2, 3, 4])}, "lengths are of type float64"),
        ({"classes": np.array(["a"])}, "names 1 classes, y_train has 2"),
        ({"classes": np.array(["a", "b", "c"])}, "no sequence of class 2"),
        ({"classes": np.array([1, 2])}, "not a list of names"),
    ],
)
def test_bad_arrays_get_one_line(saved, changes, complaint):
    path = saved(**changes)
    with pytest.raises(InputError, match=complaint) as caught:
        load_npz(path)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_npz(tmp_path / "none.npz")


@pytest.mark.parametrize("kept", [0, 3, 10, 400, -30])
def test_truncated_file(saved, kept):
    path = saved()
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="cut short or not a NumPy archive"):
        load_npz(path)


def test_flipped_byte_is_noticed(tmp_path):
    path = tmp_path / "task.npz"
    np.savez_compressed(path, **arrays(x_train=np.random.default_rng(0).normal(size=(4, 5, 3))))
    content = bytearray(path.read_bytes())
    content[250] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(InputError, match="cut short or not"):
        load_npz(path)


def test_a_pickle_is_never_loaded(tmp_path):
    path = tmp_path / "task.npz"
    path.write_bytes(pickle.dumps({"x_train": [1]}))
    with pytest.raises(InputError, match="pickled"):
        load_npz(path)


def test_a_bare_array(tmp_path):
    path = tmp_path / "task.npz"
    with path.open("wb") as stream:
        np.save(stream, np.ones(3))
    with pytest.raises(InputError, match="one bare array"):
        load_npz(path)


def test_a_validation_set_is_read_and_written(saved, tmp_path):
    x, y = np.full((1, 5, 3), 2.0), np.array([1])
    splits = load_npz(saved(x_validation=x, y_validation=y, length_validation=np.array([2])))
    assert splits.validation.lengths.tolist() == [2]
    path = tmp_path / "again.npz"
    path.write_bytes(npz_bytes(splits))
    again = load_npz(path)
    for name, part in splits.parts().items():
        assert np.array_equal(again.parts()[name].values, part.values)
        assert np.array_equal(again.parts()[name].lengths, part.lengths)
        assert np.array_equal(again.parts()[name].labels, part.labels)


def test_half_a_validation_set_is_refused(saved):
    with pytest.raises(InputError, match="has x_validation alone"):
        load_npz(saved(x_validation=np.ones((1, 5, 3))))
    with pytest.raises(InputError, match="validation set 2"):
        load_npz(saved(x_validation=np.ones((1, 5, 2)), y_validation=np.array([0])))
