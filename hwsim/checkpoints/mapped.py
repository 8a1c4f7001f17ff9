"""The tensors of a checkpoint from those of other code, by a mapping."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hwsim.checkpoints.foreign_layers import refuse_foreign
from hwsim.checkpoints.mapping import Filled, NetworkSection, Taken, TensorMapping
from hwsim.checkpoints.tensors import Shapes, network_shapes
from hwsim.foundation.errors import InputError

Arrays = Mapping[str, NDArray[np.float64]]

_CLOSE = 1e-6
_LISTED = 12


def mapped_tensors(mapping: TensorMapping, found: Arrays) -> dict[str, NDArray[np.float64]]:
    """Take every tensor of a network from a file.

    Args:
        mapping: what each is called there.
        found: the tensors of the file by name, without the mapping's prefix.

    Returns:
        The tensors by their names in a checkpoint.

    Raises:
        InputError: a role or a name is missing or surplus, a shape does not fit, or a skip is not
            the identity.
    """
    sources = mapping.sources()
    shapes = _shapes(mapping.network)
    skips: Shapes = {
        f"blocks.{block}.skip": (mapping.network.units,) * 2
        for block in range(mapping.network.blocks)
    }
    _compare_roles(set(sources), set(shapes), set(skips))
    used = {entry.source for entry in sources.values() if isinstance(entry, Taken)}
    _compare_names(used, set(mapping.ignored), set(found))
    refuse_foreign(
        {
            name: tensor.shape
            for name, tensor in found.items()
            if name not in used and name not in mapping.ignored
        }
    )
    for role in skips.keys() & sources.keys():
        _require_identity(role, sources[role], found, mapping.network.units)
    return {role: _made(role, sources[role], found, shape) for role, shape in shapes.items()}


def _shapes(network: NetworkSection) -> Shapes:
    return network_shapes(
        network.cell, network.channels, network.units, network.blocks, len(network.classes)
    )


def _compare_roles(given: set[str], needed: set[str], allowed: set[str]) -> None:
    missing = sorted(needed - given)
    if missing:
        raise InputError(
            f"the mapping lacks {_listed(missing)}",
            where="tensors",
            hint="a tensor that the code does not have can be filled: {value: 0}",
        )
    surplus = sorted(given - needed - allowed)
    if surplus:
        raise InputError(
            f"the mapping names {_listed(surplus)}, which this network does not have",
            where="tensors",
            hint=f"it has {_listed(sorted(needed))}",
        )


def _compare_names(used: set[str], ignored: set[str], found: set[str]) -> None:
    missing = sorted((used | ignored) - found)
    if missing:
        raise InputError(
            f"the file has no tensor {_listed(missing)}", hint=f"it has {_listed(sorted(found))}"
        )


def _made(
    role: str, entry: Taken | Filled, found: Arrays, shape: tuple[int, ...]
) -> NDArray[np.float64]:
    if isinstance(entry, Filled):
        if entry.value == "identity" and len(shape) != 2:
            raise InputError(f"{role} is no matrix, so it cannot be the identity")
        return entry.make(shape)
    tensor = entry.apply(found[entry.source])
    if tensor.size == 1 and len(shape) == 1:  # one number that all units share
        return np.full(shape, tensor.item())
    if tensor.shape != shape:
        turned = " (transpose it?)" if tensor.shape == shape[::-1] else ""
        raise InputError(
            f"{role} from '{entry.source}' has shape {list(tensor.shape)}, "
            f"expected {list(shape)}{turned}"
        )
    return tensor


def _require_identity(role: str, entry: Taken | Filled, found: Arrays, units: int) -> None:
    if isinstance(entry, Filled):
        tensor = entry.make((units, units) if entry.value == "identity" else (1,))
    else:
        tensor = entry.apply(found[entry.source])
    expected = np.eye(units) if tensor.ndim == 2 else np.ones(tensor.shape)
    fits = tensor.shape in ((units, units), (units,), (1,), ())
    if not fits or not np.allclose(tensor, expected, rtol=0, atol=_CLOSE):
        raise InputError(
            f"{role} is not the identity: the circuit adds what goes into a block unchanged",
            hint="train with a plain skip; or, where it is one positive number a unit and there is "
            "one block, divide output.weight, output.bias and multiply readout.weight by it",
        )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
