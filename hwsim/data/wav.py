"""One channel of sound from a WAV file, or what is wrong with the file."""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from hwsim.foundation.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A recording: samples from -1 to 1, float64 [N], and their rate in Hz."""

    samples: NDArray[np.float64]
    rate: int


def read_wav(path: Path) -> Sound:
    """Read a WAV file; of several channels, their mean.

    Raises:
        InputError: the file is missing, empty, cut short, not a WAV file, of a coding that scipy
            does not read, or holds no sample or one that is not finite.
    """
    try:
        if path.stat().st_size == 0:
            raise InputError("is empty", where=str(path))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks that are not sound
            warnings.filterwarnings("error", "Reached EOF prematurely", wavfile.WavFileWarning)
            rate, raw = wavfile.read(path)
    except wavfile.WavFileWarning:
        raise InputError("is cut short", where=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    except (ValueError, EOFError, struct.error, UnboundLocalError) as error:
        # scipy leaves its variable for the samples unbound where a file has no chunk of them.
        reason = " ".join(str(error).split()) if isinstance(error, ValueError) else "cut short"
        raise InputError(f"is not a usable WAV file: {reason}", where=str(path)) from None
    samples = _scaled(np.asarray(raw))
    if samples.size == 0:
        raise InputError("holds no sample", where=str(path))
    if not np.isfinite(samples).all():
        raise InputError("holds a NaN or infinite sample", where=str(path))
    if rate <= 0:
        raise InputError(f"states a rate of {rate} Hz", where=str(path))
    return Sound(samples, int(rate))


def _scaled(raw: NDArray[np.generic]) -> NDArray[np.float64]:
    """Samples from -1 to 1; scipy gives whole numbers as stored, bytes around 128."""
    samples = raw.astype(np.float64)
    if raw.dtype == np.uint8:
        samples = (samples - 128) / 128
    elif raw.dtype.kind == "i":
        samples = samples / 2.0 ** (8 * raw.dtype.itemsize - 1)
    return samples if samples.ndim == 1 else samples.mean(axis=1)
