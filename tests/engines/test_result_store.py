import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwsim.engines.reading import Reading
from hwsim.engines.result_store import ResultStore
from hwsim.engines.trace import Waveform
from hwsim.foundation.errors import InputError


@pytest.fixture(scope="module")
def reading():
    rng = np.random.default_rng(0)
    return Reading(
        current={"input": rng.normal(size=(3, 2)), "cells_1": rng.normal(size=(3, 4))},
        state={"cells_1": rng.integers(-3, 4, (3, 4))},
        supply_current={"reference": rng.normal(size=3)},
        waveform=Waveform(np.linspace(0, 1, 9), {"input": rng.normal(size=(9, 2)) * 1e-9}),
        violations=("cells_1[0]: 2 levels in step 1",),
        seconds=2.5,
    )


@pytest.fixture(scope="module")
def saved(reading, tmp_path_factory):
    """A store with one reading, and its file."""
    folder = tmp_path_factory.mktemp("results") / "new"
    store = ResultStore(folder)
    store.save("key", reading)
    (path,) = folder.iterdir()
    return store, path, path.read_bytes()


def same(one, other):
    for name in ("current", "state", "supply_current"):
        left, right = getattr(one, name), getattr(other, name)
        assert set(left) == set(right)
        for key, value in left.items():
            np.testing.assert_array_equal(value, right[key])
    return (one.violations, one.seconds) == (other.violations, other.seconds)


def test_a_reading_comes_back(saved, reading):
    store, _, _ = saved
    assert same(store.load("key"), reading)
    assert "key" in store
    waveform = store.load("key").waveform
    np.testing.assert_array_equal(waveform.time, reading.waveform.time)
    # single precision is enough for a picture
    np.testing.assert_allclose(
        waveform.current["input"], reading.waveform.current["input"], rtol=1e-6
    )


def test_a_key_that_nobody_saved(saved):
    store, _, _ = saved
    assert store.load("other") is None
    assert "other" not in store


def test_a_folder_that_does_not_exist(tmp_path):
    assert ResultStore(tmp_path / "none").load("key") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.data())
def test_a_damaged_file_counts_as_absent(saved, reading, data):
    store, path, sound = saved
    damaged = bytearray(sound)
    place = data.draw(st.integers(0, len(sound) - 1))
    damaged[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(damaged)
    found = store.load("key")
    path.write_bytes(sound)
    # a byte of a time stamp may change without harm
    assert found is None or same(found, reading)


@given(st.floats(0, 0.999))
def test_a_file_that_breaks_off_counts_as_absent(saved, part):
    store, path, sound = saved
    path.write_bytes(sound[: int(part * len(sound))])
    assert store.load("key") is None
    path.write_bytes(sound)


def test_an_archive_of_something_else_counts_as_absent(tmp_path):
    np.savez(tmp_path / "key.npz", other=np.zeros(3))
    assert ResultStore(tmp_path).load("key") is None


def test_a_folder_that_cannot_be_made(tmp_path, reading):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        ResultStore(tmp_path / "file" / "results").save("key", reading)
