"""Jobs: a block of chips at one point, its result, and the hash that the result is kept by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hwsim import __version__
from hwsim.engines.trace import Floats
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.studies.sweep.point import Point
from hwsim.studies.sweep.source import source_hash


@dataclass(frozen=True, slots=True)
class Job:
    """Some chips of one production at one point.

    Attributes:
        point: where they are run.
        seed: of the production.
        first: index of the first chip.
        count: number of chips.
    """

    point: Point
    seed: int
    first: int
    count: int

    def key(self, subject: Mapping[str, str]) -> str:
        """Content hash of everything that decides the result.

        Args:
            subject: hashes of what all jobs of a sweep share (`Evaluator.subject`).
        """
        mine = {
            "point": self.point.values(),
            "seed": self.seed,
            "first": self.first,
            "count": self.count,
        }
        return content_hash(
            json.dumps(dict(subject), sort_keys=True).encode(),
            json.dumps(mine, sort_keys=True).encode(),
        )


COLUMNS = ("accuracy", "state_agreement", "power")
"""What a sweep finds out about a chip."""


@dataclass(frozen=True, slots=True)
class ChipRows:
    """What became of the chips of a job, one value a chip.

    Attributes:
        accuracy: fraction of the samples that are decided as labelled.
        state_agreement: fraction of cell x step that equals the ideal network.
        power: mean supply power, W.
    """

    accuracy: tuple[float, ...]
    state_agreement: tuple[float, ...]
    power: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.accuracy)

    @property
    def figures(self) -> Floats:
        """All of them, in the order of `COLUMNS`, [column, chip]."""
        return np.array([getattr(self, name) for name in COLUMNS])


class Evaluator(Protocol):
    """Runs a job; goes to other processes and machines with it, so it has to pickle."""

    @property
    def block(self) -> int:
        """Chips of a job: always the same, so that a result belongs to one job whoever ran it."""
        ...

    @property
    def subject(self) -> Mapping[str, str]:
        """What all its jobs share, by name: the engine, and hashes of design, data, datasheets."""
        ...

    def check(self, points: Sequence[Point]) -> None:
        """Refuse points that it cannot run, before anything is written.

        Raises:
            InputError: with what is wrong.
        """
        ...

    def __call__(self, job: Job) -> ChipRows:
        """Run the chips of a job.

        Raises:
            InputError: conditions that cannot be run.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sweep:
    """A whole sweep.

    Attributes:
        points: in the order of the results.
        varied: names of the parameters that the user varies, in their order.
        chips: of every point, the same ones.
        seed: of the production that they belong to.
        samples: recordings that each chip decides.

    Raises:
        InputError: no chips, or no points.
    """

    points: tuple[Point, ...]
    varied: tuple[str, ...]
    chips: int
    seed: int
    samples: int

    def __post_init__(self) -> None:
        if self.chips < 1:
            raise InputError(f"a sweep of {self.chips} chips", hint="one is the least")
        if not self.points:
            raise InputError("a sweep without a point")

    def jobs(self, block: int) -> Iterator[Job]:
        """Its jobs in the order of the results.

        Args:
            block: chips of a job; the last of a point may have fewer.
        """
        for point in self.points:
            for first in range(0, self.chips, block):
                yield Job(point, self.seed, first, min(block, self.chips - first))


def run_job(evaluator: Evaluator, job: Job, source: str) -> ChipRows:
    """Run a job where an executor wants it: a plain function, so that it pickles anywhere.

    Args:
        evaluator: runs it.
        job: what to run.
        source: hash of the code of whoever asks.

    Raises:
        InputError: this worker has other code, or conditions that cannot be run.
    """
    if source_hash() != source:
        raise InputError(
            f"a worker runs other code, hwsim {__version__}",
            hint="install the same hwsim in the environment of the workers",
        )
    return evaluator(job)
