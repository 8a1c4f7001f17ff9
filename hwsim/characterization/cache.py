"""Where finished measurements are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from hwsim.characterization.experiment import Findings
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import write_text

VARIABLE = "HWSIM_CACHE"
"""Environment variable that names the user's cache folder."""


class _Kept(BaseModel):
    """The findings of one measurement, as a file."""

    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")

    findings: Findings


def cache_folder() -> Path:
    """The user's cache: ``HWSIM_CACHE``, or ``hwsim`` in the cache folder of the system."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "hwsim"


class MeasurementCache:
    """Findings by the hash of everything they follow from.

    Args:
        folder: where they lie; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / "measurements" if folder else None

    def find(self, key: str) -> Findings | None:
        """What was kept under a key; a file that cannot be read counts as none."""
        if self._folder is None:
            return None
        try:
            kept = _Kept.model_validate_json(self._path(self._folder, key).read_bytes())
        except (OSError, ValidationError):
            return None
        return kept.findings

    def keep(self, key: str, findings: Findings) -> None:
        """Keep findings.

        Raises:
            InputError: the cache folder cannot be written to.
        """
        if self._folder is None:
            return
        path = self._path(self._folder, key)
        make_folder(path.parent)
        write_text(path, _Kept(findings=findings).model_dump_json())

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / key[:2] / f"{key[2:]}.json"


def make_folder(folder: Path) -> None:
    """Make a folder of the cache.

    Raises:
        InputError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make the folder: {error.strerror}",
            where=str(folder),
            hint=f"name another cache folder with {VARIABLE}",
        ) from None
