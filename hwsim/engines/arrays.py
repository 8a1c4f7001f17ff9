"""Whose arrays an engine computes with: NumPy's on this machine, or torch's on a device.

Array code takes the namespace of the arrays it is given (array API, through array-api-compat) and
runs unchanged on both. Everything is computed in float64, so that decisions do not depend on which
library, how many workers or which batch computed them.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import array_api_compat.numpy
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwsim.foundation.errors import InputError

Array = Any
"""An array of whichever library holds it: `numpy.ndarray` or `torch.Tensor`."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """A library of arrays and the place where they live.

    Attributes:
        library: ``numpy`` or ``torch``.
        device: ``cpu``, ``cuda`` or ``cuda:N``.
        xp: the functions of the library under their array API names.
    """

    library: str
    device: str
    xp: Any

    def asarray(self, values: ArrayLike) -> Array:
        """Values as an array of this library, on this device, of the type NumPy gives them."""
        return self.xp.asarray(np.ascontiguousarray(values), device=self.device)

    def to_numpy(self, array: Array) -> NDArray[Any]:
        """An array of this library as one of NumPy's."""
        return np.asarray(array if self.device == "cpu" else array.cpu())


NUMPY = Arrays("numpy", "cpu", array_api_compat.numpy)
"""The reference, and the default."""


def arrays_on(device: str = "numpy") -> Arrays:
    """Arrays for what a user asked for.

    Args:
        device: ``numpy``, or a device of torch: ``cpu``, ``cuda``, ``cuda:N``.

    Raises:
        InputError: there is no such device here.
    """
    if device == "numpy":
        return NUMPY
    if device != "cpu" and device.partition(":")[0] != "cuda":
        raise InputError(
            f"no device is called {device!r}", hint="numpy, cpu (torch), cuda or cuda:N"
        )
    # torch takes a second to import; whoever computes with NumPy does not wait for it.
    adapter = importlib.import_module("hwsim.engines.torch_arrays")
    found: Arrays = adapter.torch_arrays(device)
    return found
