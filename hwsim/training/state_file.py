"""The tensors of a file from other code: torch, safetensors or NumPy, never anything executable."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from hwsim.foundation.errors import InputError

_TORCH = (".pt", ".pth", ".bin", ".ckpt")


def read_state(path: Path, prefix: str = "") -> dict[str, NDArray[np.float64]]:
    """Read the tensors of a file.

    Args:
        path: `.pt`, `.pth`, `.bin` or `.ckpt` that torch saved, `.safetensors`, or `.npz`.
        prefix: only names that begin with it count; it is cut off. Mappings in mappings are joined
            by dots, so that `state_dict.` finds the weights in a larger checkpoint.

    Returns:
        Every real tensor by its name, in double precision.

    Raises:
        InputError: no such file, another suffix, damaged, something executable in it, a complex
            or quantised tensor, or none that begins with the prefix.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path))
    if path.suffix in _TORCH:
        named = dict(_flat(_load_torch(path)))
    elif path.suffix == ".safetensors":
        named = _load_safetensors(path)
    elif path.suffix == ".npz":
        named = _load_npz(path)
    else:
        known = ", ".join((*_TORCH, ".safetensors", ".npz"))
        raise InputError(f"'{path.suffix}' is no file of tensors", where=str(path), hint=known)
    chosen = {
        name.removeprefix(prefix): tensor
        for name, tensor in named.items()
        if name.startswith(prefix)
    }
    if not chosen:
        what = f"no tensor whose name begins with '{prefix}'" if prefix else "no tensor"
        raise InputError(f"holds {what}", where=str(path), hint=", ".join(list(named)[:8]) or None)
    return {name: _real(name, tensor, path) for name, tensor in chosen.items()}


def _load_torch(path: Path) -> object:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise InputError(
            "holds more than tensors, which could run code and is never loaded",
            where=str(path),
            hint="save the numbers alone: torch.save(model.state_dict(), FILE)",
        ) from None
    except (RuntimeError, EOFError, OSError, ValueError, KeyError):
        raise InputError("is damaged, or not a file of torch.save", where=str(path)) from None


def _flat(value: object, name: str = "") -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield name, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else str(key))


def _load_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError):
        raise InputError("is cut short or not a safetensors file", where=str(path)) from None


def _load_npz(path: Path) -> dict[str, Tensor]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: torch.as_tensor(archive[name]) for name in archive.files}
    except (ValueError, TypeError, EOFError, OSError, zipfile.BadZipFile, AttributeError):
        raise InputError("is damaged, or holds more than numbers", where=str(path)) from None


def _real(name: str, tensor: Tensor, path: Path) -> NDArray[np.float64]:
    if tensor.is_complex() or tensor.is_quantized:
        kind, hint = (
            ("complex", "torch.view_as_real")
            if tensor.is_complex()
            else ("quantised", "dequantize")
        )
        raise InputError(f"'{name}' is {kind}", where=str(path), hint=f"save {hint} of it")
    return np.asarray(tensor.to_dense().double().numpy())
