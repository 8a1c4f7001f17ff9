"""A task in a NumPy archive: the user's own data."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwsim.data.sequences import Sequences, Splits
from hwsim.foundation.errors import InputError

_REQUIRED = ("x_train", "y_train", "x_test", "y_test")
_VALIDATION = ("x_validation", "y_validation")
_OPTIONAL = ("length_train", "length_test", *_VALIDATION, "length_validation", "classes")
_LAYOUT = "needs x_train [N, T, C], y_train [N], x_test, y_test; optional length_train, length_test"

Arrays = Mapping[str, NDArray[Any]]


def load_npz(path: Path) -> Splits:
    """Read a classification task from a NumPy archive; nothing in it is ever executed.

    Arrays: `x_train`, `x_test` [N, T, C]; `y_train`, `y_test` integers [N] from 0 upwards, every
    class present in the training set; optional `length_train`, `length_test` [N] (all steps
    are valid without them), `x_validation`, `y_validation` and `length_validation` (without them
    training holds out a part of the training set) and `classes` [K], the names of the classes.

    Raises:
        InputError: the file is missing, cut short, pickled or not an archive, or an array is
            missing, ragged, of the wrong dimensions, not finite, or labelled inconsistently.
    """
    arrays = _read_arrays(path)
    classes = _class_names(arrays, path)
    given = [name for name in _VALIDATION if name in arrays]
    if len(given) == 1:
        raise InputError(f"has {given[0]} alone", where=str(path), hint="x and y go together")
    return Splits(
        train=_part(arrays, "train", classes, path),
        test=_part(arrays, "test", classes, path),
        validation=_part(arrays, "validation", classes, path) if given else None,
    )


def npz_bytes(splits: Splits) -> bytes:
    """The archive of a task, as `load_npz` reads it; samples in single precision."""
    arrays: dict[str, NDArray[Any]] = {"classes": np.array(splits.train.classes)}
    names = {"training": "train", "validation": "validation", "test": "test"}
    for part, sequences in splits.parts().items():
        arrays[f"x_{names[part]}"] = sequences.values.astype(np.float32)
        arrays[f"length_{names[part]}"] = sequences.lengths
        arrays[f"y_{names[part]}"] = np.asarray(sequences.labels)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def _read_arrays(path: Path) -> Arrays:
    if not path.is_file():
        raise InputError("no such file", where=str(path))
    content = path.read_bytes()
    if content.startswith(b"\x93NUMPY"):
        raise InputError("holds one bare array", where=str(path), hint=_LAYOUT)
    if content.startswith(b"\x80"):
        raise _pickled(path)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            missing = [name for name in _REQUIRED if name not in archive]
            if missing:
                raise InputError(f"lacks {', '.join(missing)}", where=str(path), hint=_LAYOUT)
            return {name: archive[name] for name in _REQUIRED + _OPTIONAL if name in archive}
    except ValueError as error:
        # numpy tells an array of Python objects from a damaged one only in its message.
        raise (_pickled if "Object arrays" in str(error) else _damaged)(path) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
        raise _damaged(path) from None


def _pickled(path: Path) -> InputError:
    return InputError(
        "holds pickled Python objects, which hwsim never loads",
        where=str(path),
        hint="ragged sequences: pad them to [N, T, C] and give length_train, length_test",
    )


def _damaged(path: Path) -> InputError:
    return InputError(
        "is cut short or not a NumPy archive", where=str(path), hint="write it with numpy.savez"
    )


def _class_names(arrays: Arrays, path: Path) -> tuple[str, ...]:
    labels = arrays["y_train"]
    where = f"{path}: y_train"
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or labels.size == 0:
        raise InputError(
            f"is {labels.dtype} {list(labels.shape)}, expected integers [N]", where=where
        )
    if int(labels.min()) < 0:
        raise InputError(f"has the negative label {int(labels.min())}", where=where)
    present = np.unique(labels)
    count = int(present[-1]) + 1
    names = arrays.get("classes")
    if names is not None:
        if names.ndim != 1 or names.dtype.kind != "U":
            raise InputError("is not a list of names", where=f"{path}: classes")
        count = max(count, names.size)
    if present.size != count:
        absent = int(np.argmin(np.isin(np.arange(present.size + 1), present)))
        raise InputError(
            f"has no sequence of class {absent}",
            where=where,
            hint=f"number the classes 0..{present.size - 1} and give each a training sequence",
        )
    if names is None:
        return tuple(str(index) for index in range(count))
    if names.size != count:
        raise InputError(
            f"names {names.size} classes, y_train has {count}", where=f"{path}: classes"
        )
    return tuple(str(name) for name in names)


def _part(arrays: Arrays, part: str, classes: tuple[str, ...], path: Path) -> Sequences:
    x, labels = arrays[f"x_{part}"], arrays[f"y_{part}"]
    if x.ndim != 3 or x.dtype.kind not in "fiu":
        raise InputError(
            f"is {x.dtype} {list(x.shape)}, expected numbers [N, T, C]", where=f"{path}: x_{part}"
        )
    lengths = arrays.get(f"length_{part}", np.full(len(x), x.shape[1]))
    try:
        return Sequences(x, lengths, labels, classes)
    except InputError as error:
        raise InputError(error.what, where=f"{path}: {part} arrays", hint=error.hint) from None
