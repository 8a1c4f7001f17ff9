"""Finished transistor-level simulations on disk, by the content hash of their deck."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.reading import Reading
from hwsim.engines.trace import Waveform
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import write_bytes

_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,  # a changed flag reads as an encrypted or unknown kind of archive
    zlib.error,
    zipfile.BadZipFile,
)
"""What reading a missing or damaged archive raises."""


class ResultStore:
    """A folder of readings.

    Args:
        folder: made when the first reading is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, key: str) -> bool:
        """Whether a whole reading of that key is there; a damaged one counts as absent."""
        return self.load(key) is not None

    def save(self, key: str, reading: Reading) -> None:
        """Keep a reading.

        Raises:
            InputError: the folder cannot be written to.
        """
        arrays: dict[str, NDArray[Any]] = {
            **{f"current/{name}": value for name, value in reading.current.items()},
            **{f"state/{name}": value for name, value in reading.state.items()},
            **{f"supply/{name}": value for name, value in reading.supply_current.items()},
            "waveform_time": reading.waveform.time,
            **{
                f"waveform/{name}": value.astype(np.float32)
                for name, value in reading.waveform.current.items()
            },
            "note": np.frombuffer(json.dumps(_note(reading)).encode(), dtype=np.uint8),
        }
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write: {error.strerror}", where=str(self._folder)) from None
        write_bytes(self._path(key), buffer.getvalue())

    def load(self, key: str) -> Reading | None:
        """The reading of that key, or None if there is none or it is damaged."""
        try:
            content = io.BytesIO(self._path(key).read_bytes())
            with np.load(content, allow_pickle=False) as archive:
                return _reading({name: archive[name] for name in archive.files})
        except _DAMAGE:
            return None

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.npz"


def _note(reading: Reading) -> dict[str, object]:
    return {
        "violations": reading.violations,
        "seconds": reading.seconds,
        "attempts": reading.attempts,
    }


def _reading(arrays: dict[str, NDArray[Any]]) -> Reading:
    note = json.loads(arrays["note"].tobytes())

    def under(prefix: str) -> dict[str, NDArray[Any]]:
        start = f"{prefix}/"
        return {k.removeprefix(start): v for k, v in arrays.items() if k.startswith(start)}

    return Reading(
        current=under("current"),
        state=under("state"),
        supply_current=under("supply"),
        waveform=Waveform(arrays["waveform_time"], under("waveform")),
        violations=tuple(note["violations"]),
        seconds=float(note["seconds"]),
        attempts=tuple(note.get("attempts", ())),
    )
