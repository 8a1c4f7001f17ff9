"""Finished runs on disk by what they follow from, bounded, for any number of processes at once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hwsim.foundation.errors import InputError
from hwsim.foundation.files import write_bytes

FORM = "hwsim-run 1"
"""First word and version of an entry; one of another version counts as absent."""

LIMIT = 4 * 2**30
"""Bytes that a cache may hold."""

_SUFFIX = ".run"
_AFTER_CLEARING = 0.8
"""Part of the limit that is left when old entries are removed, so that not every save removes."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of the cache.

    Attributes:
        path: of it.
        size: bytes.
        used: when it was last read or written, s since the epoch.
    """

    path: Path
    size: int
    used: float


class RunCache:
    """A folder of entries, each with the hash of what it holds.

    An entry is a file that comes into its place whole, so that a writer that dies leaves none, and
    two that write the same one write the same. What is not as it was written counts as absent:
    cut short, of another version, or under the key of another run.

    Args:
        folder: made when the first entry is saved.
        limit: bytes; beyond them the entries that were not used for longest are removed.
    """

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._size: int | None = None

    def load(self, key: str) -> bytes | None:
        """What was saved under a key; None if nothing whole is there."""
        path = self._path(key)
        try:
            content = path.read_bytes()
            head, _, payload = content.partition(b"\n")
            if head.decode("ascii", "replace") != _head(key, payload):
                return None
            os.utime(path)
        except OSError:
            return None
        return payload

    def save(self, key: str, payload: bytes) -> None:
        """Keep something; what was there under the key is replaced.

        Raises:
            InputError: the folder cannot be written to; every other entry is as it was.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write: {error.strerror}", where=str(self._folder)) from None
        content = _head(key, payload).encode() + b"\n" + payload
        write_bytes(self._path(key), content)
        # Others write too: the sum is only made anew when this process thinks that it is full.
        if self._size is None:
            self._size = sum(entry.size for entry in self._entries())
        else:
            self._size += len(content)
        if self._size > self._limit:
            self._clear(key)

    def _clear(self, newest: str) -> None:
        """Remove what was not used for longest; never what was saved just now."""
        entries = sorted(self._entries(), key=lambda entry: entry.used)
        size = sum(entry.size for entry in entries)
        for entry in entries:
            if size <= self._limit * _AFTER_CLEARING:
                break
            if entry.path != self._path(newest):
                entry.path.unlink(missing_ok=True)
                size -= entry.size
        self._size = size

    def _entries(self) -> Iterator[_Entry]:
        for path in self._folder.glob(f"*{_SUFFIX}"):
            try:
                found = path.stat()
            except OSError:
                continue  # another process has just removed it
            yield _Entry(path, found.st_size, found.st_mtime)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"


def _head(key: str, payload: bytes) -> str:
    """First line of an entry."""
    return f"{FORM} {key} {hashlib.sha256(payload).hexdigest()}"
