"""Runs experiments over all cores, each once: what has been measured before is not run again."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from hwsim.characterization.bench import Bench
from hwsim.characterization.cache import MeasurementCache
from hwsim.characterization.experiment import Experiment, Findings
from hwsim.characterization.identity import identify, reached_netlist
from hwsim.foundation.errors import SimulatorError
from hwsim.foundation.files import content_hash, write_text
from hwsim.spice import Alterations, Deck, Result, WorkerPool

Progress = Callable[[int, int], None]

CHUNK = 20
"""Variants of a deck that one worker runs before another may take the next; of a transient five."""


@dataclass(frozen=True, slots=True)
class Job:
    """An experiment, and the alterations under which it is repeated."""

    experiment: Experiment
    variants: tuple[Alterations, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a job found: as drawn, and in each variant."""

    drawn: Findings
    variants: tuple[Findings, ...] = ()


class Laboratory(AbstractContextManager["Laboratory"]):
    """A folder with the cards of one technology, workers, and a memory.

    Args:
        bench: names the technology.
        pool: runs the decks; it stays the caller's.
        cache: what is known already.
        deadline: moment of `time.monotonic` after which nothing more is started.
    """

    def __init__(
        self,
        bench: Bench,
        pool: WorkerPool,
        cache: MeasurementCache,
        deadline: float = float("inf"),
    ) -> None:
        self._pool = pool
        self._cache = cache
        self._deadline = deadline
        self._setting = identify(bench).setting
        self._folder = tempfile.TemporaryDirectory(prefix="hwsim-")
        technology = bench.technology
        write_text(Path(self._folder.name) / technology.library, technology.card_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def run(self, jobs: Sequence[Job], on_progress: Progress | None = None) -> list[Answer]:
        """Run jobs, or find them in the cache.

        Args:
            jobs: in any number.
            on_progress: called with the number of finished decks and of all.

        Raises:
            NgspiceMissing: there is no ngspice library.
            SimulatorError: the time for all of it is up.
        """
        chunks = [chunk for job in jobs for chunk in _chunks(job)]
        keys = [self._key(chunk) for chunk in chunks]
        found: dict[int, tuple[Findings, ...]] = {}
        for index, key in enumerate(keys):
            known = self._cache.find(key)
            if known is not None:
                found[index] = known
        missing = [index for index in range(len(chunks)) if index not in found]
        decks = (self._deck(index, chunks[index]) for index in missing)
        for place, verdict in self._pool.run(decks):
            index = missing[place]
            found[index] = _read(chunks[index], verdict)
            if isinstance(verdict, Result):
                self._cache.keep(keys[index], found[index])
            if on_progress is not None:
                on_progress(len(found), len(chunks))
            if time.monotonic() > self._deadline:
                raise SimulatorError(
                    f"out of time with {len(found)} of {len(chunks)} decks measured",
                    hint="what is measured is kept; run the command again, or allow more time",
                )
        return list(_joined(jobs, [found[index] for index in range(len(chunks))]))

    def _key(self, chunk: Job) -> str:
        variants = json.dumps([dict(variant) for variant in chunk.variants])
        text = reached_netlist(chunk.experiment.text)
        return content_hash(self._setting.encode(), text.encode(), variants.encode())

    def _deck(self, index: int, chunk: Job) -> Deck:
        path = Path(self._folder.name) / f"deck_{index}.spice"
        write_text(path, chunk.experiment.text)
        experiment = chunk.experiment
        return Deck(path, experiment.stop_time, experiment.plots, chunk.variants)


def _chunks(job: Job) -> Iterator[Job]:
    if not job.variants:
        yield job
    size = CHUNK if job.experiment.stop_time is None else CHUNK // 4
    for start in range(0, len(job.variants), size):
        yield Job(job.experiment, job.variants[start : start + size])


def _read(chunk: Job, verdict: Result | SimulatorError) -> tuple[Findings, ...]:
    """Findings as drawn, then of each variant; a run without a result leaves reasons."""
    runs: list[Result | SimulatorError] = [verdict]
    if isinstance(verdict, Result):
        runs += verdict.variants
    runs += [verdict] * (1 + len(chunk.variants) - len(runs))
    return tuple(
        chunk.experiment.read(run)
        if isinstance(run, Result)
        else chunk.experiment.missing(run.what)
        for run in runs
    )


def _joined(jobs: Sequence[Job], runs: Sequence[tuple[Findings, ...]]) -> Iterator[Answer]:
    """The chunks of each job as one answer."""
    left = iter(runs)
    for job in jobs:
        parts = [next(left) for _ in _chunks(job)]
        yield Answer(parts[0][0], tuple(each for part in parts for each in part[1:]))
