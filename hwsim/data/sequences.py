"""Labelled sequences of unequal length, padded into one array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.foundation.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """N sequences of C channels, each with its own length and, where known, its class.

    Args:
        values: samples, float64 [N, T, C]; whatever lies beyond a sequence's length is set to zero.
        lengths: number of valid steps, int64 [N], each from 1 to T.
        labels: index into `classes`, int64 [N], or None where the truth is unknown.
        classes: names of the classes.

    Raises:
        InputError: wrong dimensions, NaN or infinite samples, lengths or labels out of range.
    """

    values: NDArray[np.float64]
    lengths: NDArray[np.int64]
    labels: NDArray[np.int64] | None
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.ndim != 3 or 0 in values.shape[1:]:
            raise InputError(
                f"samples have shape {list(values.shape)}, expected [sequences, steps, channels]"
            )
        lengths = _integers(self.lengths, "lengths", len(values))
        steps = values.shape[1]
        _refuse_first((lengths < 1) | (lengths > steps), lengths, f"length outside 1..{steps}")
        values[np.arange(steps) >= lengths[:, np.newaxis]] = 0.0
        finite = np.isfinite(values).all(axis=(1, 2))
        if not finite.all():
            index = int(np.argmin(finite))
            raise InputError(
                f"sequence {index} has a NaN or infinite sample within its length",
                hint="clean the data, or give the lengths if it is padding",
            )
        if self.labels is not None:
            labels = _integers(self.labels, "labels", len(values))
            last = len(self.classes) - 1
            _refuse_first((labels < 0) | (labels > last), labels, f"label outside 0..{last}")
            object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "lengths", lengths)
        object.__setattr__(self, "classes", tuple(self.classes))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def channels(self) -> int:
        """Number of channels C."""
        return int(self.values.shape[2])

    @property
    def mask(self) -> NDArray[np.bool_]:
        """True at valid steps, [N, T]."""
        steps = self.values.shape[1]
        return np.asarray(np.arange(steps) < self.lengths[:, np.newaxis])

    def take(self, indices: NDArray[np.integer] | list[int] | range | slice) -> Sequences:
        """The sequences at `indices`, in that order, padded as before.

        Raises:
            InputError: an index outside the sequences.
        """
        chosen = indices if isinstance(indices, slice) else np.asarray(indices, dtype=np.int64)
        try:
            return Sequences(
                self.values[chosen],
                self.lengths[chosen],
                None if self.labels is None else self.labels[chosen],
                self.classes,
            )
        except IndexError:
            raise InputError(f"a sequence index lies outside 0..{len(self) - 1}") from None


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """The sets of one task; the test set is for the last word only.

    Args:
        train: what a network learns from.
        test: what the network that was chosen is judged on, once.
        validation: what networks are chosen by; None to hold out a part of the training set.

    Raises:
        InputError: an empty set, missing labels, or sets that differ in channels or classes.
    """

    train: Sequences
    test: Sequences
    validation: Sequences | None = None

    def __post_init__(self) -> None:
        for name, part in self.parts().items():
            if len(part) == 0:
                raise InputError(f"the {name} set is empty")
            if part.labels is None:
                raise InputError(f"the {name} set has no labels")
            if self.train.channels != part.channels:
                raise InputError(
                    f"the training set has {self.train.channels} channels,"
                    f" the {name} set {part.channels}"
                )
            if self.train.classes != part.classes:
                raise InputError(f"the training and the {name} set name different classes")

    def parts(self) -> dict[str, Sequences]:
        """The sets that there are, by name."""
        given = {"training": self.train, "validation": self.validation, "test": self.test}
        return {name: part for name, part in given.items() if part is not None}


def _integers(raw: NDArray[np.int64], name: str, count: int) -> NDArray[np.int64]:
    array = np.asarray(raw)
    if array.shape != (count,):
        raise InputError(f"{name} have shape {list(array.shape)}, expected [{count}]")
    if array.dtype.kind not in "iu":
        raise InputError(f"{name} are of type {array.dtype}, expected integers")
    return array.astype(np.int64)


def _refuse_first(wrong: NDArray[np.bool_], numbers: NDArray[np.int64], complaint: str) -> None:
    if wrong.any():
        index = int(np.argmax(wrong))
        raise InputError(f"sequence {index} has {int(numbers[index])} as {complaint}")
