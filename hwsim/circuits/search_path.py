"""Where templates are found: the folders of the user first, then those that ship."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from pathlib import Path

from hwsim.foundation.assets import shipped
from hwsim.foundation.description import find_description
from hwsim.foundation.errors import InputError

VARIABLE = "HWSIM_TEMPLATES"
"""Environment variable with folders of templates, separated as in PATH."""

_first: ContextVar[tuple[Path, ...]] = ContextVar("folders of the command line", default=())


@contextlib.contextmanager
def searching_first(folders: Sequence[Path]) -> Iterator[None]:
    """Look for templates in these folders first while the block runs."""
    token = _first.set((*folders, *_first.get()))
    try:
        yield
    finally:
        _first.reset(token)


def user_folders() -> tuple[Path, ...]:
    """Folders that the user named, on the command line and in the environment.

    Raises:
        InputError: one of them does not exist.
    """
    return (*_first.get(), *folders_in(VARIABLE, "templates"))


def folders_in(variable: str, what: str) -> tuple[Path, ...]:
    """Folders that an environment variable names, separated as in PATH.

    Raises:
        InputError: one of them does not exist.
    """
    named = tuple(Path(word) for word in os.environ.get(variable, "").split(os.pathsep) if word)
    for folder in named:
        if not folder.is_dir():
            raise InputError(
                "is not a folder", where=str(folder), hint=f"{variable} names folders of {what}"
            )
    return named


def template_folders() -> tuple[Path, ...]:
    """Every folder that templates are looked for in, the user's first."""
    return (*user_folders(), shipped("netlists") / "templates")


def find_template(name: str) -> Path:
    """Folder of a template.

    Raises:
        InputError: there is none of that name; the message lists those that exist.
    """
    return find_description("template", name, *template_folders())


def template_names() -> tuple[str, ...]:
    """Names of all templates that can be found, in order."""
    entries = (entry for home in template_folders() for entry in home.glob("*/template.yaml"))
    return tuple(sorted({entry.parent.name for entry in entries}))
