"""Tasks by name: the ones that ship with hwsim, and a user's archive by its path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from hwsim.data.japanese_vowels import load_japanese_vowels
from hwsim.data.npz import load_npz
from hwsim.data.sequences import Splits
from hwsim.foundation.errors import InputError

TASKS: Mapping[str, Callable[[], Splits]] = MappingProxyType(
    {"japanese_vowels": load_japanese_vowels}
)


def load_task(task: str | Path) -> tuple[str, Splits]:
    """Load a built-in task, or a `.npz` by its path.

    Returns:
        The task's name (the file's name without its suffix for a path) and its data.

    Raises:
        InputError: the name is unknown, or the file cannot be used.
    """
    name = str(task)
    if name in TASKS:
        return name, TASKS[name]()
    path = Path(task)
    if path.suffix == ".npz" or path.is_file():
        return path.stem, load_npz(path)
    raise InputError(
        f"there is no task '{name}'",
        hint=f"use one of {', '.join(TASKS)}, or the path of a .npz file",
    )
