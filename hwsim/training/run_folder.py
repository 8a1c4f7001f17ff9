"""What an interrupted training left, so that it can be taken up again where it was.

A folder beside the checkpoint that the training will become: `run.json` says which training it is,
`seed_N.pt` holds the state of each seed that has begun. It goes when the training has ended.
"""

from __future__ import annotations

import io
import json
import pickle
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from hwsim.foundation.errors import InputError
from hwsim.foundation.files import require_own_folder, write_bytes, write_text
from hwsim.training.fit import Fitting, State

_IDENTITY = "run.json"
_INTERVAL = 5.0

Identity = Mapping[str, str | int | float]
"""What makes two trainings the same one, by name."""


class RunFolder:
    """The folder of one training.

    Args:
        path: of the folder; it is made when there is something to keep.
        resume: go on from what it holds, instead of beginning anew.
        interval: time between two states that are kept, s; a seed's last one always is.
    """

    def __init__(self, path: Path, *, resume: bool = False, interval: float = _INTERVAL) -> None:
        self.path = path
        self.resume = resume
        self.interval = interval
        self.identity: Identity = {}

    def open(self, identity: Identity) -> None:
        """Begin a training, or check that it is the one that was interrupted.

        Raises:
            InputError: there is none to take up, it was another one, or the folder is not ours.
        """
        require_own_folder(self.path, _IDENTITY)
        self.identity = identity
        if self.resume:
            self._require_same()
        else:
            self.clear()

    def clear(self) -> None:
        """Remove the folder.

        Raises:
            InputError: it is not ours.
        """
        require_own_folder(self.path, _IDENTITY)
        shutil.rmtree(self.path, ignore_errors=True)

    def shelf(self, seed: int) -> SeedShelf:
        """Where the state of one seed is kept."""
        return SeedShelf(self, self.path / f"seed_{seed}.pt")

    def write(self, path: Path, content: bytes) -> None:
        """Write one of its files, whole or not at all; the folder is made with the first.

        Raises:
            InputError: it cannot be written.
        """
        if not self.path.is_dir():
            try:
                self.path.mkdir()
            except OSError as error:
                raise InputError(f"cannot make: {error.strerror}", where=str(self.path)) from None
            write_text(self.path / _IDENTITY, json.dumps(dict(self.identity), indent=2) + "\n")
        write_bytes(path, content)

    def _require_same(self) -> None:
        path = self.path / _IDENTITY
        if not path.is_file():
            raise InputError(
                "there is no interrupted training to resume",
                where=str(self.path),
                hint="leave out --resume",
            )
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise _damaged(path) from None
        before = before if isinstance(before, dict) else {}
        for name in sorted(set(before) | set(self.identity)):
            was, now = before.get(name), self.identity.get(name)
            if was != now:
                raise InputError(
                    f"the interrupted training had {name} {was}, this one {now}",
                    where=str(self.path),
                    hint="resume with what it was begun with, or leave out --resume to begin anew",
                )


class SeedShelf:
    """The file of one seed's state.

    Args:
        folder: that it is in.
        path: of the file.
    """

    def __init__(self, folder: RunFolder, path: Path) -> None:
        self.folder = folder
        self.path = path
        self.kept_at = time.monotonic()

    def load(self) -> State | None:
        """What was kept last; None when nothing was, or when the training begins anew.

        Raises:
            InputError: the file is damaged.
        """
        if not self.folder.resume or not self.path.is_file():
            return None
        try:
            state: Any = torch.load(self.path, map_location="cpu", weights_only=True)
        except (OSError, EOFError, RuntimeError, ValueError, KeyError, pickle.UnpicklingError):
            raise _damaged(self.path) from None
        if not isinstance(state, dict):
            raise _damaged(self.path)
        return state

    def offer(self, fitting: Fitting) -> None:
        """Keep the state after the last step, and before it when an interval has passed.

        Raises:
            InputError: it cannot be written; what was kept before stays.
        """
        due = time.monotonic() - self.kept_at >= self.folder.interval
        if due or fitting.step == fitting.recipe.steps:
            buffer = io.BytesIO()
            torch.save(fitting.state(), buffer)
            self.folder.write(self.path, buffer.getvalue())
            self.kept_at = time.monotonic()


def _damaged(path: Path) -> InputError:
    return InputError("is damaged", where=str(path), hint="leave out --resume to begin anew")
