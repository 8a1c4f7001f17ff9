"""Which set a recording of a folder belongs to: by its lists, its speaker, or its name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from hwsim.foundation.errors import InputError

PARTS = ("train", "validation", "test")

_LISTS = {"validation": "validation_list.txt", "test": "testing_list.txt"}
_SPEAKER = "_nohash_"
_SHARE = 0.1


def assign_parts(folder: Path, files: Mapping[str, list[Path]]) -> dict[str, set[Path]]:
    """Split the files of a folder, the same way every time.

    Where the folder has `validation_list.txt` and `testing_list.txt`, as Speech Commands has (P.
    Warden, arXiv 1804.03209), they decide. Else a tenth of each class is for validation and a
    tenth for test, at least one file each, by the hash of the file's name; recordings of one
    speaker, which have the same name before `_nohash_`, stay together, and then it is a tenth of
    the speakers.

    Args:
        folder: of the classes.
        files: of each class.

    Returns:
        The files of each of `PARTS`.

    Raises:
        InputError: a class is missing from a set.
    """
    everything = [path for paths in files.values() for path in paths]
    lists = {part: folder / name for part, name in _LISTS.items()}
    if all(path.is_file() for path in lists.values()):
        chosen = {part: _listed(path, folder) & set(everything) for part, path in lists.items()}
    elif any(_SPEAKER in path.name for path in everything):
        chosen = _tenths({"speakers": everything})
    else:
        chosen = _tenths(files)
    parts = {"train": set(everything) - chosen["validation"] - chosen["test"], **chosen}
    for part in PARTS:
        for name, paths in files.items():
            if not parts[part] & set(paths):
                raise InputError(
                    f"class '{name}' has no file in the {part} set",
                    where=str(folder),
                    hint=f"it has {len(paths)} files; add recordings or speakers",
                )
    return parts


def _listed(path: Path, folder: Path) -> set[Path]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError("cannot be read as text", where=str(path)) from None
    return {folder / line.strip() for line in lines if line.strip()}


def _tenths(groups: Mapping[str, list[Path]]) -> dict[str, set[Path]]:
    """A tenth of every group for validation and another for test, whole speakers only."""
    chosen: dict[str, set[Path]] = {"validation": set(), "test": set()}
    for paths in groups.values():
        speakers = sorted({_speaker(path) for path in paths}, key=_hash)
        share = max(1, round(_SHARE * len(speakers)))
        for part, first in (("validation", 0), ("test", share)):
            members = set(speakers[first : first + share])
            chosen[part] |= {path for path in paths if _speaker(path) in members}
    return chosen


def _speaker(path: Path) -> str:
    return path.stem.split(_SPEAKER)[0]


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
