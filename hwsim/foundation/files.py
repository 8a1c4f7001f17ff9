"""Files that are whole or absent: written beside their place, then moved into it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hwsim.foundation.errors import InputError


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or none of it.

    Raises:
        InputError: the folder is missing or cannot be written to.
    """
    fresh = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        fresh = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        fresh.chmod(0o666 & ~_umask())
        fresh.replace(path)
    except OSError as error:
        if fresh is not None:  # a full disk must not fill up further with what does not fit
            fresh.unlink(missing_ok=True)
        raise InputError(f"cannot write: {error.strerror}", where=str(path)) from None


def write_text(path: Path, content: str) -> None:
    """`write_bytes` for UTF-8 text."""
    write_bytes(path, content.encode())


def require_own_folder(target: Path, marker: str) -> None:
    """Refuse a folder that holds somebody else's files.

    Raises:
        InputError: `target` is a file, or a folder with something in it but no `marker`.
    """
    if target.exists() and not target.is_dir():
        raise InputError("exists and is not a folder", where=str(target))
    if target.is_dir() and any(target.iterdir()) and not (target / marker).is_file():
        raise InputError(
            f"exists and was not made by hwsim (no {marker} in it)",
            where=str(target),
            hint="choose another folder",
        )


@contextlib.contextmanager
def replaced_folder(target: Path, marker: str, keep: tuple[str, ...] = ()) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `target` when the block succeeds.

    Args:
        target: the folder to make or to replace.
        marker: a file that an earlier run of ours left in it; a folder without it is not ours.
        keep: entries of the old folder that move into the new one.

    Raises:
        InputError: `target` exists, is not empty and has no `marker`, or cannot be written.
    """
    require_own_folder(target, marker)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror}", where=str(target)) from None
    try:
        yield fresh
        fresh.chmod(0o777 & ~_umask())
        for name in keep:
            if (target / name).exists():
                (target / name).rename(fresh / name)
        if target.exists():
            shutil.rmtree(target)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


@contextlib.contextmanager
def locked_folder(path: Path, what: str) -> Iterator[None]:
    """Keep other runs out of a folder; the lock ends with the process, however that ends.

    Args:
        path: an existing folder.
        what: that is in it, for the message.

    Raises:
        InputError: another run holds it.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InputError(
            f"another run is writing this {what}", where=str(path), hint="wait until it has ended"
        ) from None
    finally:
        os.close(handle)


def content_hash(*parts: bytes) -> str:
    """SHA-256 of the parts, each preceded by its length so that borders count."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
