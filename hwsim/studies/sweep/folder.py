"""The folder of a sweep: what it is of, finished jobs by their hash, and the results.

A job's file appears whole or not at all, so a run that was killed has lost only what it was
computing, and the results can be put together in their own order whoever finished first.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from hwsim.foundation.errors import InputError
from hwsim.foundation.files import (
    content_hash,
    locked_folder,
    replaced_folder,
    require_own_folder,
    write_bytes,
)
from hwsim.studies.sweep.job import COLUMNS, ChipRows, Sweep

VERSION = 2
"""Of the folder: the description, the files of the jobs and the columns of the results."""

DESCRIPTION = "sweep.json"
"""The file by which the folder of a sweep is known."""

JOBS = "jobs"
"""Folder of the finished jobs."""


class SweepFolder:
    """The folder of one sweep; `opened` makes or continues it.

    Args:
        path: an existing folder with a description.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, key: str, count: int) -> ChipRows | None:
        """The result of a job, or None if it is not there or damaged.

        Args:
            key: of the job.
            count: its number of chips.
        """
        try:
            content = json.loads(self._job(key).read_bytes())
            rows = ChipRows(*(tuple(map(float, content["rows"][name])) for name in COLUMNS))
            whole = content["sum"] == _sum(key, rows) and len(rows) == count
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return rows if whole else None

    def save(self, key: str, rows: ChipRows) -> None:
        """Keep the result of a job.

        Raises:
            InputError: it cannot be written; what is there stays.
        """
        content = {"rows": _plain(rows), "sum": _sum(key, rows)}
        self.write(f"{JOBS}/{key}.json", json.dumps(content).encode())

    def write(self, name: str, content: bytes) -> None:
        """Write a file of the sweep, whole or not at all.

        Raises:
            InputError: it cannot be written; finished jobs stay.
        """
        try:
            write_bytes(self.path / name, content)
        except InputError as error:
            hint = "finished jobs are kept: the same command continues"
            raise InputError(error.what, where=error.where, hint=hint) from None

    def _job(self, key: str) -> Path:
        return self.path / JOBS / f"{key}.json"


def _plain(rows: ChipRows) -> dict[str, list[float]]:
    return {name: list(getattr(rows, name)) for name in COLUMNS}


def _sum(key: str, rows: ChipRows) -> str:
    """Check sum of a result: a disk that lost power can leave a file with holes."""
    return content_hash(key.encode(), json.dumps(_plain(rows)).encode())[:16]


@contextlib.contextmanager
def opened(path: Path, sweep: Sweep, subject: Mapping[str, str]) -> Iterator[SweepFolder]:
    """Make the folder of a sweep, or continue it, and keep others out for as long.

    Args:
        path: the folder; its parents are made.
        sweep: what is run.
        subject: hashes of what its jobs share.

    Raises:
        InputError: the folder is not a sweep's, is of another sweep or another version, is being
            written by another run, or cannot be written. Nothing in it has changed then.
    """
    described = _description(sweep, subject)
    require_own_folder(path, DESCRIPTION)
    if (path / DESCRIPTION).is_file():
        _require_the_same(path / DESCRIPTION, described)
    else:
        with replaced_folder(path, DESCRIPTION) as fresh:
            (fresh / JOBS).mkdir()
            write_bytes(fresh / DESCRIPTION, json.dumps(described, indent=1).encode())
    with locked_folder(path, "sweep"):
        _remove_torn(path)
        yield SweepFolder(path)


def _description(sweep: Sweep, subject: Mapping[str, str]) -> dict[str, object]:
    return {
        "format": "hwsim-sweep",
        "version": VERSION,
        "chips": sweep.chips,
        "seed": sweep.seed,
        "samples": sweep.samples,
        **subject,
        "points": [point.values() for point in sweep.points],
    }


def _require_the_same(path: Path, described: Mapping[str, object]) -> None:
    """Refuse a folder of another sweep.

    Raises:
        InputError: with the first thing that differs.
    """
    hint = "choose another folder for this one"
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=str(path), hint=hint) from None
    if not isinstance(found, dict) or found.get("format") != described["format"]:
        raise InputError("is not the description of a sweep", where=str(path), hint=hint)
    if found.get("version") != VERSION:
        raise InputError(
            f"is a sweep of version {found.get('version')}, this hwsim writes {VERSION}",
            where=str(path),
            hint=hint,
        )
    for name, value in described.items():
        there = found.get(name)
        if there != value:
            raise InputError(
                f"holds a sweep {_difference(name, there, value)}",
                where=str(path.parent),
                hint=hint,
            )


def _difference(name: str, there: object, here: object) -> str:
    if isinstance(there, int | str) and isinstance(here, int | str) and len(str(here)) < 64:
        return f"with {name} {there}, not {here}"
    return f"with other {name}"


def _remove_torn(path: Path) -> None:
    """Remove what a killed run was writing; nobody else writes while the folder is locked."""
    for folder in (path, path / JOBS):
        for torn in folder.glob(".*"):
            torn.unlink(missing_ok=True)
