"""A task at a glance: sizes, lengths, ranges, and how often a guess is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.data.sequences import Sequences, Splits


@dataclass(frozen=True, slots=True, eq=False)
class SetSummary:
    """One set: its size, its classes, its samples in the recordings' unit.

    Args:
        sequences: how many.
        of_each_class: sequences of each class, [classes].
        least: smallest sample.
        greatest: largest sample.
        constant_channels: channels that have one value throughout.
    """

    sequences: int
    of_each_class: NDArray[np.int64]
    least: float
    greatest: float
    constant_channels: tuple[int, ...]

    @classmethod
    def of(cls, part: Sequences) -> SetSummary:
        """Summarise a labelled set."""
        samples = part.values[part.mask]
        constant = np.flatnonzero(np.ptp(samples, axis=0) == 0)
        return cls(
            sequences=len(part),
            of_each_class=_counts(part),
            least=float(samples.min()),
            greatest=float(samples.max()),
            constant_channels=tuple(constant.tolist()),
        )


@dataclass(frozen=True, slots=True, eq=False)
class TaskSummary:
    """A whole task.

    Args:
        sets: each set by name, in the order training, validation (where there is one), test.
        classes: names of the classes.
        channels: channels of every step.
        steps: length of the shortest and of the longest sequence.
        chance: accuracy on the test set of always answering with the most frequent class of the
            training set.
    """

    sets: dict[str, SetSummary]
    classes: tuple[str, ...]
    channels: int
    steps: tuple[int, int]
    chance: float

    @classmethod
    def of(cls, splits: Splits) -> TaskSummary:
        """Summarise a task."""
        parts = splits.parts()
        lengths = np.concatenate([part.lengths for part in parts.values()])
        favourite = _counts(splits.train).argmax()
        return cls(
            sets={name: SetSummary.of(part) for name, part in parts.items()},
            classes=splits.train.classes,
            channels=splits.train.channels,
            steps=(int(lengths.min()), int(lengths.max())),
            chance=float(_counts(splits.test)[favourite] / len(splits.test)),
        )

    @property
    def length(self) -> str:
        """The lengths in words: `64`, or `7 to 29`."""
        shortest, longest = self.steps
        return str(longest) if shortest == longest else f"{shortest} to {longest}"

    @property
    def sizes(self) -> str:
        """The sizes in words; a set for validation that is not there is held out in training."""
        held_out = "held out"
        names = ("training", "validation", "test")
        return " / ".join(
            str(self.sets[name].sequences) if name in self.sets else held_out for name in names
        )

    def record(self) -> dict[str, object]:
        """Everything, for a program."""
        return {
            "classes": list(self.classes),
            "channels": self.channels,
            "steps": list(self.steps),
            "chance": self.chance,
            "sets": {
                name: {
                    "sequences": one.sequences,
                    "of_each_class": one.of_each_class,
                    "least": one.least,
                    "greatest": one.greatest,
                    "constant_channels": list(one.constant_channels),
                }
                for name, one in self.sets.items()
            },
        }


def _counts(part: Sequences) -> NDArray[np.int64]:
    labels = np.zeros(0, dtype=np.int64) if part.labels is None else part.labels
    return np.asarray(np.bincount(labels, minlength=len(part.classes)))
