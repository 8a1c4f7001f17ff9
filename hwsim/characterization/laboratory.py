"""Runs experiments over all cores, each once: what has been measured before is not run again."""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
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

CHUNK = 10
"""Variants of a deck, at most, that one worker runs before another may take the next."""


@dataclass(frozen=True, slots=True)
class Job:
    """An experiment, and the alterations under which it is repeated; an empty one is as drawn."""

    experiment: Experiment
    variants: tuple[Alterations, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a job found: as drawn, and in each variant."""

    drawn: Findings
    variants: tuple[Findings, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What a laboratory did; one measurement is one deck, as drawn or with transistors altered.

    Attributes:
        run: measurements that ngspice has made.
        known: measurements that were found in the cache.
    """

    run: int = 0
    known: int = 0

    @property
    def told(self) -> str:
        """In a line."""
        if self == Tally():
            return "the datasheet was known: nothing was measured"
        return f"{self.run} measurements run, {self.known} known"


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What one worker is given at a time: a deck and the variants of it that are not known.

    Attributes:
        experiment: the deck.
        drawn: key of the deck as drawn.
        variants: key -> alterations.
    """

    experiment: Experiment
    drawn: str
    variants: Mapping[str, Alterations]

    def deck(self, path: Path) -> Deck:
        """Write the deck."""
        write_text(path, self.experiment.text)
        variants = tuple(self.variants.values())
        return Deck(path, self.experiment.stop_time, self.experiment.plots, variants)

    def read(self, verdict: Result | SimulatorError) -> dict[str, Findings]:
        """Findings by their keys; a run without a result leaves reasons."""
        runs: list[Result | SimulatorError] = [verdict]
        if isinstance(verdict, Result):
            runs += verdict.variants
        keys = (self.drawn, *self.variants)
        runs += [verdict] * (len(keys) - len(runs))
        return {
            key: self.experiment.read(run)
            if isinstance(run, Result)
            else self.experiment.missing(run.what)
            for key, run in zip(keys, runs, strict=True)
        }


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
        self._tally = Tally()
        self._memory: dict[str, Findings] = {}
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

    @property
    def tally(self) -> Tally:
        """What has been run so far, and what was known, each measurement once."""
        return self._tally

    def run(self, jobs: Sequence[Job], on_progress: Progress | None = None) -> list[Answer]:
        """Run jobs, or find their measurements in the cache.

        Args:
            jobs: in any number.
            on_progress: called with the number of finished measurements and of all.

        Raises:
            NgspiceMissing: there is no ngspice library.
            SimulatorError: the time for all of it is up.
        """
        keys = [self._keys(job) for job in jobs]
        wanted = {key for of_job in keys for key in of_job}
        self._remember(wanted)
        done = len(wanted & self._memory.keys())
        for chunk, verdict in self._verdicts(list(_chunks(jobs, keys, self._memory))):
            done += self._learn(chunk, verdict)
            if on_progress is not None:
                on_progress(done, len(wanted))
            if time.monotonic() > self._deadline:
                raise SimulatorError(
                    f"out of time with {done} of {len(wanted)} measurements made",
                    hint="what is measured is kept; run the command again, or allow more time",
                )
        return [
            Answer(self._memory[drawn], tuple(self._memory[key] for key in variants))
            for drawn, *variants in keys
        ]

    def _verdicts(
        self, chunks: Sequence[_Chunk]
    ) -> Iterator[tuple[_Chunk, Result | SimulatorError]]:
        folder = Path(self._folder.name)
        decks = (chunk.deck(folder / f"deck_{index}.spice") for index, chunk in enumerate(chunks))
        for index, verdict in self._pool.run(decks):
            yield chunks[index], verdict

    def _learn(self, chunk: _Chunk, verdict: Result | SimulatorError) -> int:
        """Take what a chunk found; returns how much of it is new."""
        found = chunk.read(verdict)
        fresh = found.keys() - self._memory.keys()
        for key in fresh:
            self._memory[key] = found[key]
            if isinstance(verdict, Result):
                self._cache.keep(key, found[key])
        self._tally = replace(self._tally, run=self._tally.run + len(fresh))
        return len(fresh)

    def _remember(self, keys: set[str]) -> None:
        """Look up what is not in the memory yet."""
        for key in keys - self._memory.keys():
            findings = self._cache.find(key)
            if findings is not None:
                self._memory[key] = findings
                self._tally = replace(self._tally, known=self._tally.known + 1)

    def _keys(self, job: Job) -> list[str]:
        """Of the deck as drawn, then of each variant: hashes of what it follows from."""
        text = reached_netlist(job.experiment.text).encode()
        return [
            content_hash(self._setting.encode(), text, json.dumps(dict(variant)).encode())
            for variant in ({}, *job.variants)
        ]


def _chunks(
    jobs: Sequence[Job], keys: Sequence[Sequence[str]], known: Mapping[str, Findings]
) -> Iterator[_Chunk]:
    """What is not known, each measurement once, in parts for several workers."""
    planned = set(known)
    for job, (drawn, *of_variants) in zip(jobs, keys, strict=True):
        missing = {
            key: variant
            for key, variant in zip(of_variants, job.variants, strict=True)
            if key not in planned and key != drawn
        }
        if not missing and drawn not in planned:
            yield _Chunk(job.experiment, drawn, {})
        planned |= {drawn, *missing}
        names = list(missing)
        size = min(CHUNK, math.ceil(len(names) / 2))
        for start in range(0, len(names), max(size, 1)):
            part = names[start : start + size]
            yield _Chunk(job.experiment, drawn, {name: missing[name] for name in part})
