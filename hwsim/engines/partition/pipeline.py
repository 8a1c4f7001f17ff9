"""Recordings and their parts over the workers: a part of one runs while one of another waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from hwsim.circuits.partition.part import Part
from hwsim.engines.partition.part_result import PartResult, from_bytes, to_bytes
from hwsim.engines.partition.parted_network import PartedNetwork
from hwsim.engines.partition.recording import Recording
from hwsim.engines.partition.run_cache import RunCache
from hwsim.engines.reading import Reading
from hwsim.engines.simulations import Report, Simulations
from hwsim.engines.transients import Transient
from hwsim.spice import Result, WorkerPool

FINER = 3
"""Attempts at a part whose ladders do what no ladder can: as written, and with steps halved twice.
What is left then is the circuit's own fault and not that of the solver."""


class Pipeline:
    """Runs recordings part by part.

    A recording is begun when all that are begun wait for their parts, so that what is kept of
    unfinished ones stays small.

    Args:
        network: in parts.
        cache: of finished runs.
        simulator: version of ngspice.
    """

    def __init__(self, network: PartedNetwork, cache: RunCache, simulator: str | None) -> None:
        self._network = network
        self._cache = cache
        self._simulator = simulator
        self._begun: list[Recording] = []
        self._running: dict[str, list[tuple[Recording, Part]]] = {}

    def run(
        self, recordings: Iterable[Recording], pool: WorkerPool, folder: Path, report: Report
    ) -> Iterator[tuple[str, Reading]]:
        """Run recordings.

        Args:
            recordings: taken one by one.
            pool: of workers.
            folder: in which decks are written.
            report: told of the progress of each recording, by its key.

        Yields:
            Key and reading of each recording when it is finished.

        Raises:
            InputError: a folder cannot be written to.
            SimulatorError: a deck failed.
        """
        runs = Simulations(pool, folder)
        decks = self._decks(iter(recordings))
        for key, outcome, attempts in runs.run(decks, lambda _key, _fraction: None):
            result = self._read(key, outcome, attempts)
            doubtful = result.units is not None and result.units.violations
            if doubtful and len(attempts) < FINER and runs.again():
                continue
            self._keep(key, result)
            yield from self._finished(report)
        yield from self._finished(report)

    def _decks(self, recordings: Iterator[Recording]) -> Iterator[tuple[str, Transient] | None]:
        """What to simulate next; None while everything waits for what runs."""
        while True:
            found = self._ready()
            if found is None and (recording := next(recordings, None)) is not None:
                self._begun.append(recording)
                continue
            yield found

    def _ready(self) -> tuple[str, Transient] | None:
        """A part that nobody has simulated, of the oldest recording that has one."""
        for recording in self._begun:
            for part, transient in recording.take():
                key = transient.key(self._simulator)
                if key in self._running:
                    self._running[key].append((recording, part))
                elif (content := self._cache.load(key)) is not None:
                    recording.accept(part, from_bytes(content))
                else:
                    self._running[key] = [(recording, part)]
                    return key, transient
        return None

    def _read(self, key: str, outcome: Result, attempts: tuple[str, ...]) -> PartResult:
        recording, part = self._running[key][0]
        (vectors,) = outcome.plots.values()
        real = {name: np.real(values) for name, values in vectors.items()}
        return self._network.result(part, real, recording.steps, attempts, outcome.wall_seconds)

    def _keep(self, key: str, result: PartResult) -> None:
        """Save a result, and hand it to every recording that waits for it."""
        content = to_bytes(result)
        self._cache.save(key, content)
        for recording, part in self._running.pop(key):
            recording.accept(part, from_bytes(content))

    def _finished(self, report: Report) -> Iterator[tuple[str, Reading]]:
        for recording in self._begun:
            report(recording.key, recording.fraction)
        for recording in [each for each in self._begun if each.finished]:
            self._begun.remove(recording)
            yield recording.key, recording.reading()
