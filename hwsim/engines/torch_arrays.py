"""Arrays of torch, the one door through which torch comes into the engines."""

from __future__ import annotations

import array_api_compat.torch
import torch

from hwsim.engines.arrays import Arrays
from hwsim.foundation.errors import InputError


def torch_arrays(device: str) -> Arrays:
    """Arrays of torch on a device.

    Args:
        device: ``cpu``, ``cuda`` or ``cuda:N``.

    Raises:
        InputError: torch has no such device here.
    """
    try:
        # The only proof that a device works is an array on it.
        torch.zeros(1, dtype=torch.float64, device=device)
    except (RuntimeError, AssertionError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise InputError(
            f"torch cannot use the device {device!r}: {reason}",
            hint="--device numpy computes the same without it",
        ) from error
    return Arrays("torch", device, array_api_compat.torch)
