import numpy as np
import pytest

from hwsim.data.sequences import Sequences, Splits


def _sequences(count, seed):
    """Two classes told apart by the sign of one channel, of unequal lengths."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    values = rng.normal(size=(count, 6, 2)) * 0.3
    values[:, :, 0] += np.where(labels, 1.0, -1.0)[:, np.newaxis]
    return Sequences(values * 10 + 5, rng.integers(2, 7, count), labels, ("down", "up"))


@pytest.fixture
def splits():
    return Splits(_sequences(40, 0), _sequences(20, 1))


@pytest.fixture
def task(tmp_path, splits):
    """The path of an archive of the two classes."""
    path = tmp_path / "toy.npz"
    np.savez(
        path,
        x_train=splits.train.values,
        y_train=splits.train.labels,
        length_train=splits.train.lengths,
        x_test=splits.test.values,
        y_test=splits.test.labels,
        length_test=splits.test.lengths,
    )
    return str(path)
