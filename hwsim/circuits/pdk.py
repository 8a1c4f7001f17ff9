"""A foundry's device models: where they are installed, and their paths for the cards."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from hwsim.foundation.errors import InputError

ROOT_VARIABLE = "PDK_ROOT"
"""Environment variable that names the folder of all installed PDKs."""

# ngspice ends the path of a nested .lib at a blank, quoted or not, and expands the rest.
_READABLE = re.compile(r"[\w./+,:@%-]+", re.ASCII)


class Pdk(BaseModel):
    """A process design kit that is installed on the user's machine and stays there.

    The models of a foundry have their own licence and are never copied: cards include them by
    their path.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str = Field(description="name of the PDK's folder in the root of all PDKs")
    files: dict[str, str] = Field(
        min_length=1, description="placeholder in the cards -> path of a file inside the folder"
    )
    install: str = Field(description="what a user does to get the PDK")

    def locate(self, root: Path | None = None) -> Mapping[str, Path]:
        """Absolute path of each file.

        Args:
            root: folder that holds the PDK's folder; None for ``PDK_ROOT`` and, where that is not
                set, ``~/.ciel``.

        Raises:
            InputError: no PDK there, one that lacks a file, or a path that ngspice cannot read.
        """
        home = self._home(root)
        paths = {}
        for name, inside in self.files.items():
            path = home / inside
            if not path.is_file():
                raise InputError(
                    f"is not the PDK {self.folder}: it has no file {inside}", where=str(home)
                )
            if not _READABLE.fullmatch(str(path)):
                raise InputError(
                    "ngspice cannot include a file from a path with blanks or special characters",
                    where=str(path),
                    hint="link the folder of the PDKs to a plain path and name that one",
                )
            paths[name] = path
        return paths

    def _home(self, root: Path | None) -> Path:
        """The folder of this PDK."""
        base, origin = _chosen_root(root)
        home = base.expanduser().absolute() / self.folder
        if home.is_dir():
            return home
        if (base / "libs.tech").is_dir():
            hint = f"name the folder above it: {base.expanduser().absolute().parent}"
        else:
            hint = f"{self.install}; then name its root with --pdk-root or {ROOT_VARIABLE}"
        raise InputError(f"no PDK {self.folder} in {base} ({origin})", hint=hint)


def _chosen_root(root: Path | None) -> tuple[Path, str]:
    """The root of all PDKs, and who named it."""
    if root is not None:
        return root, "--pdk-root"
    named = os.environ.get(ROOT_VARIABLE)
    if named:
        return Path(named), ROOT_VARIABLE
    return Path("~/.ciel"), f"{ROOT_VARIABLE} is not set"
