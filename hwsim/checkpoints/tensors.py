"""Which tensors a checkpoint holds, their shapes, and which values they may take."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hwsim.cells.kinds import KINDS, CellKind
from hwsim.checkpoints.header import CheckpointHeader
from hwsim.foundation.errors import InputError

Tensors = Mapping[str, NDArray[np.float64]]
Shapes = dict[str, tuple[int, ...]]


def expected_shapes(header: CheckpointHeader) -> Shapes:
    """Name and shape of every tensor of a network; rows of a weight are its outputs."""
    return network_shapes(
        header.cell.kind, header.channels, header.units, header.blocks, len(header.classes)
    )


def network_shapes(kind: CellKind, channels: int, units: int, blocks: int, classes: int) -> Shapes:
    """Name and shape of every tensor of a network of these sizes."""
    traits = KINDS[kind]
    shapes = _affine("input", units, channels)
    for block in range(blocks):
        name = f"blocks.{block}"
        if traits.has_candidate:
            shapes |= _affine(f"{name}.candidate", units, units)
        for tensor, multiples in traits.tensors.items():
            shapes[f"{name}.cell.{tensor}"] = tuple(units * each for each in multiples)
        for vector in traits.vectors:
            shapes[f"{name}.cell.{vector}"] = (units,)
        shapes |= _affine(f"{name}.output", units, units)
    return shapes | _affine("readout", classes, units)


def checked_tensors(header: CheckpointHeader, tensors: Mapping[str, ArrayLike]) -> Tensors:
    """The tensors of a network in single precision, held as float64, read-only.

    Raises:
        InputError: one is missing, too many, of another shape, not finite, or a threshold or
            step that must be positive is not, or a falling threshold above its rising one.
    """
    shapes = expected_shapes(header)
    _compare_names(set(shapes), set(tensors))
    checked = {name: _checked(name, tensors[name], shape) for name, shape in shapes.items()}
    for name, tensor in checked.items():
        if name.rpartition(".")[2] in ("alpha", "beta", "beta_low") and tensor.min() <= 0:
            raise InputError(f"{name} of unit {int(np.argmin(tensor))} is not positive")
        if name.endswith(".beta_low"):
            above = tensor > checked[name.removesuffix("_low")]
            if above.any():
                raise InputError(f"{name} of unit {int(np.argmax(above))} exceeds its beta")
    return MappingProxyType(checked)


def _affine(name: str, rows: int, columns: int) -> Shapes:
    return {f"{name}.weight": (rows, columns), f"{name}.bias": (rows,)}


def _compare_names(expected: set[str], found: set[str]) -> None:
    if expected - found:
        raise InputError(f"lacks the tensor {min(expected - found)}")
    if found - expected:
        raise InputError(f"has the surplus tensor {min(found - expected)}")


def _checked(name: str, raw: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        tensor = np.asarray(raw).astype(np.float32).astype(np.float64, order="C")
    if tensor.shape != shape:
        raise InputError(f"{name} has shape {list(tensor.shape)}, expected {list(shape)}")
    if not np.isfinite(tensor).all():
        raise InputError(f"{name} has NaN or infinite values", hint="train the network again")
    tensor.setflags(write=False)
    return tensor
