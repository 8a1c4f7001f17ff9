"""A trained network in a file that holds numbers and a header, and nothing executable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from hwsim.checkpoints.header import FORMAT, VERSION, CheckpointHeader
from hwsim.checkpoints.tensors import Tensors, checked_tensors
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash, write_bytes

_METADATA_KEY = "hwsim"
_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"
_HEADER_AT = 8


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A network's header and its tensors, which agree.

    Args:
        header: what the network is.
        tensors: its learned numbers by name (`expected_shapes`), dimensionless; held as float64
            arrays of single-precision values, as in the file.

    Raises:
        InputError: the tensors do not fit the header or hold values that no network has.
    """

    header: CheckpointHeader
    tensors: Tensors

    def __post_init__(self) -> None:
        object.__setattr__(self, "tensors", checked_tensors(self.header, self.tensors))

    @property
    def content_hash(self) -> str:
        """SHA-256 of the header and of every tensor."""
        parts = [self.header.model_dump_json().encode()]
        for name, tensor in sorted(self.tensors.items()):
            parts += [name.encode(), tensor.astype("<f4").tobytes()]
        return content_hash(*parts)


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; a reader sees the old file or the whole new one.

    Raises:
        InputError: the folder is missing or cannot be written to.
    """
    tensors = {name: tensor.astype(np.float32) for name, tensor in checkpoint.tensors.items()}
    metadata = {_METADATA_KEY: checkpoint.header.model_dump_json()}
    write_bytes(path, save(tensors, metadata=metadata))


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        InputError: the file is missing, cut short, pickled, not made by hwsim, of another
            version, or its header or tensors are not those of a network.
    """
    _refuse_pickles(path)
    try:
        with safe_open(path, framework="numpy") as stream:
            header = _read_header(stream.metadata() or {}, path)
            tensors = {}
            for name in sorted(stream.keys()):
                kind = stream.get_slice(name).get_dtype()
                if kind != "F32":
                    raise InputError(f"{name} holds {kind} numbers, expected F32")
                tensors[name] = np.asarray(stream.get_tensor(name), dtype=np.float64)
        return Checkpoint(header, tensors)
    except SafetensorError:
        raise InputError(
            "is cut short or not a safetensors file", where=str(path), hint="copy or train it again"
        ) from None
    except InputError as error:
        raise InputError(error.what, where=error.where or str(path), hint=error.hint) from None


def _refuse_pickles(path: Path) -> None:
    if not path.is_file():
        raise InputError("no such checkpoint", where=str(path), hint="make one with 'hwsim train'")
    try:
        with path.open("rb") as stream:
            start = stream.read(_HEADER_AT + 1)
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    # A header's length comes first in a safetensors file, and may begin as a pickle does.
    is_safetensors = start[_HEADER_AT:] == b"{"
    if start.startswith(_ZIP) or (start.startswith(_PICKLE) and not is_safetensors):
        raise InputError(
            "is a pickle or zip archive, which can run code and is never loaded",
            where=str(path),
            hint="hwsim reads the .safetensors files that 'hwsim train' writes",
        )


def _read_header(metadata: dict[str, str], path: Path) -> CheckpointHeader:
    foreign = InputError(
        "is a safetensors file that hwsim did not make",
        where=str(path),
        hint="make a checkpoint with 'hwsim train'",
    )
    try:
        raw = json.loads(metadata[_METADATA_KEY])
    except (KeyError, json.JSONDecodeError):
        raise foreign from None
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise foreign
    if raw.get("version") != VERSION:
        raise InputError(
            f"is a checkpoint of version {raw.get('version')}, this hwsim reads {VERSION}",
            where=str(path),
            hint="train it again, or use the hwsim that made it",
        )
    try:
        return CheckpointHeader.model_validate_json(metadata[_METADATA_KEY])
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "header"
        raise InputError(f"{field}: {first['msg']}", where=f"{path}: header") from None
