"""Whose arrays and which form of the engine: what is there is taken, what is not is told."""

import importlib.util

import numpy as np
import pytest

from hwsim.engines.arrays import NUMPY, arrays_on
from hwsim.engines.forms import is_compiled
from hwsim.foundation.errors import InputError


def test_numpy_is_the_default():
    assert arrays_on() is NUMPY


@pytest.mark.parametrize("device", ["numpy", "cpu"])
@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float64, np.bool_])
def test_arrays_go_there_and_back(device, dtype):
    arrays = arrays_on(device)
    values = np.arange(6).reshape(2, 3).astype(dtype).T
    back = arrays.to_numpy(arrays.asarray(values))
    assert back.dtype == dtype
    np.testing.assert_array_equal(back, values)


@pytest.mark.parametrize("device", ["cuda:977", "cuda:x"])
def test_a_device_that_is_not_there_is_told(device):
    with pytest.raises(InputError, match=f"torch cannot use the device '{device}'") as told:
        arrays_on(device)
    assert "--device numpy" in str(told.value)


def test_an_unknown_device_is_told():
    with pytest.raises(InputError, match="no device is called 'tpu'"):
        arrays_on("tpu")


def test_the_compiled_form_is_taken_where_it_can_be():
    assert is_compiled(NUMPY)
    assert not is_compiled(NUMPY, "arrays")
    assert not is_compiled(arrays_on("cpu"))


def test_without_numba_the_form_is_that_of_the_arrays(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert not is_compiled(NUMPY)
    with pytest.raises(InputError, match=r"needs numba.*hwsim\[fast\]"):
        is_compiled(NUMPY, "compiled")


def test_the_compiled_form_does_not_take_tensors():
    with pytest.raises(InputError, match="not of torch"):
        is_compiled(arrays_on("cpu"), "compiled")
