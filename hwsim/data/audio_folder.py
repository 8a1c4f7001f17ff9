"""A task from a folder of sounds: one folder a class, WAV files in it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from hwsim.data.audio_split import PARTS, assign_parts
from hwsim.data.mfcc import Mfcc, require_kaldi
from hwsim.data.sequences import Sequences, Splits
from hwsim.data.wav import Sound, read_wav
from hwsim.foundation.errors import InputError

Features = NDArray[np.float32]
Advance = Callable[[float], None]

_NAMED = 3


@dataclass(frozen=True, slots=True, eq=False)
class AudioTask:
    """A task and the files that were left out of it: what is wrong with each, by its path."""

    splits: Splits
    skipped: Mapping[Path, str]
    rate: int


def load_audio_folder(
    folder: Path,
    front_end: Mfcc,
    *,
    rate: int | None = None,
    skip_unusable: bool = False,
    advance: Advance = lambda _files: None,
) -> AudioTask:
    """Read a folder of sounds, one folder a class, and split it (`assign_parts`).

    Folders whose name begins with `_` or `.` are no classes (Speech Commands keeps its background
    noise in one).

    Args:
        folder: the folder of the classes.
        front_end: makes steps of sounds.
        rate: Hz; recordings of another rate are resampled. None: all must have the same.
        skip_unusable: leave out files that cannot be used, instead of refusing the folder.
        advance: told of every file.

    Raises:
        InputError: no such folder, fewer than two classes, a class without a file, a file that
            cannot be used, or a class that is missing from a set.
    """
    require_kaldi()
    files = _files(folder)
    sounds, skipped = _features(files, front_end, rate, advance)
    if rate is None:
        rate, others = _common_rate(sounds)
        skipped |= others
    if skipped and not skip_unusable:
        raise _refusal(skipped, folder)
    kept = {name: [path for path in paths if path not in skipped] for name, paths in files.items()}
    for name, paths in kept.items():
        if not paths:
            raise InputError(f"class '{name}' has no usable file", where=str(folder))
    parts = assign_parts(folder, kept)
    sets = [_sequences(parts[part], kept, sounds) for part in PARTS]
    return AudioTask(Splits(train=sets[0], validation=sets[1], test=sets[2]), skipped, rate)


def _files(folder: Path) -> dict[str, list[Path]]:
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder))
    classes = sorted(
        entry for entry in folder.iterdir() if entry.is_dir() and entry.name[0] not in "._"
    )
    if len(classes) < 2:
        raise InputError(
            f"holds {len(classes)} folders of sounds",
            where=str(folder),
            hint="one folder a class, at least two, with WAV files in it",
        )
    files = {
        entry.name: sorted(path for path in entry.iterdir() if path.suffix.lower() == ".wav")
        for entry in classes
    }
    empty = [name for name, paths in files.items() if not paths]
    if empty:
        raise InputError(f"class '{empty[0]}' has no WAV file", where=str(folder / empty[0]))
    return files


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    features: Features
    rate: int


def _features(
    files: Mapping[str, list[Path]], front_end: Mfcc, rate: int | None, advance: Advance
) -> tuple[dict[Path, _Heard], dict[Path, str]]:
    """What every file gives, and what is wrong with those that give nothing."""
    heard, unusable = {}, {}
    for path in (path for paths in files.values() for path in paths):
        try:
            sound = read_wav(path)
            features = front_end.features(_resampled(sound, rate))
            heard[path] = _Heard(features, sound.rate)
        except InputError as error:
            unusable[path] = error.what
        advance(1)
    return heard, unusable


def _resampled(sound: Sound, rate: int | None) -> Sound:
    if rate is None or rate == sound.rate:
        return sound
    common = math.gcd(rate, sound.rate)
    samples = resample_poly(sound.samples, rate // common, sound.rate // common)
    return Sound(np.asarray(samples, dtype=np.float64), rate)


def _common_rate(sounds: Mapping[Path, _Heard]) -> tuple[int, dict[Path, str]]:
    """The most frequent rate, and the files of another one."""
    counts = Counter(heard.rate for heard in sounds.values())
    if not counts:
        return 0, {}
    usual = max(counts, key=lambda rate: (counts[rate], rate))
    return usual, {
        path: f"has a rate of {heard.rate} Hz, most others {usual} Hz"
        for path, heard in sounds.items()
        if heard.rate != usual
    }


def _refusal(skipped: Mapping[Path, str], folder: Path) -> InputError:
    named = [f"{path.relative_to(folder)} {what}" for path, what in skipped.items()]
    more = f"; and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    rates = any("rate of" in what for what in skipped.values())
    resample = "; --rate to resample" if rates else ""
    return InputError(
        f"{len(named)} files cannot be used: {'; '.join(named[:_NAMED])}{more}",
        where=str(folder),
        hint=f"mend them, or --skip-unusable to leave them out{resample}",
    )


def _sequences(
    members: set[Path], kept: Mapping[str, list[Path]], sounds: Mapping[Path, _Heard]
) -> Sequences:
    chosen = [
        (sounds[path].features, label)
        for label, paths in enumerate(kept.values())
        for path in paths
        if path in members
    ]
    lengths = np.array([len(features) for features, _ in chosen], dtype=np.int64)
    values = np.zeros((len(chosen), lengths.max(), chosen[0][0].shape[1]))
    for row, (features, _) in zip(values, chosen, strict=True):
        row[: len(features)] = features
    labels = np.array([label for _, label in chosen], dtype=np.int64)
    return Sequences(values, lengths, labels, tuple(kept))
