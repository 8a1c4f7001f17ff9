"""Runs decks over a pool of workers, each in other ways until ngspice finds a solution."""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hwsim.circuits.attempts import Attempt
from hwsim.engines.transients import Transient
from hwsim.foundation.errors import InputError, SimulatorError
from hwsim.spice import ConvergenceError, Deck, Result, WorkerDied, WorkerPool

DEATHS = 1
"""Processes of one deck that may die without being its fault: ended by hand, or for memory."""

Report = Callable[[str, float], None]
"""Told the key of a deck and the finished part of its analysis."""


@dataclass(slots=True)
class _Run:
    """A deck on its way.

    Attributes:
        key: of its result.
        transient: what to simulate.
        waiting: attempts that are left.
        tried: names of those that found no solution.
        current: the one that runs.
        deaths: of processes that ran it.
        place: folder of its deck, once there is one.
    """

    key: str
    transient: Transient
    waiting: deque[Attempt]
    tried: list[str] = field(default_factory=list)
    current: Attempt | None = None
    deaths: int = 0
    place: Path | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """What it took, where one attempt was not enough."""
        if not self.tried or self.current is None:
            return ()
        return (*self.tried, self.current.name)


class Simulations:
    """Decks over the workers of a pool.

    Args:
        pool: of workers.
        folder: in which decks are written, a folder each; one that fails stays.
    """

    def __init__(self, pool: WorkerPool, folder: Path) -> None:
        self._pool = pool
        self._folder = folder
        self._again: deque[_Run] = deque()
        self._running: dict[int, _Run] = {}
        self._last: _Run | None = None
        self._asked = 0

    def run(
        self, transients: Iterable[tuple[str, Transient] | None], report: Report
    ) -> Iterator[tuple[str, Result, tuple[str, ...]]]:
        """Run everything.

        Args:
            transients: keys, no two of them equal, and what to simulate; None while there is
                nothing to do before one that runs has ended.
            report: told of progress.

        Yields:
            Key, result, and the attempts that it took where one was not enough.

        Raises:
            SimulatorError: a deck that no attempt solves, or that ngspice does not accept.
        """

        def told(position: int, fraction: float) -> None:
            report(self._running[position].key, fraction)

        try:
            for position, outcome in self._pool.run(self._decks(iter(transients)), told):
                run = self._running.pop(position)
                if isinstance(outcome, ConvergenceError) and run.waiting:
                    self._try_next(run)
                elif isinstance(outcome, WorkerDied) and run.deaths < DEATHS:
                    self._repeat(run)
                elif isinstance(outcome, SimulatorError):
                    raise outcome
                else:
                    _remove(run)
                    self._last = run
                    yield run.key, outcome, run.told
        finally:
            for run in (*self._running.values(), *self._again):
                _remove(run)

    def again(self) -> bool:
        """Run what was yielded last in the next way too, if there is one."""
        run = self._last
        if run is None or not run.waiting:
            return False
        self._try_next(run)
        return True

    def _try_next(self, run: _Run) -> None:
        """Run a deck in the next way."""
        if run.current is not None:
            run.tried.append(run.current.name)
        self._again.append(run)

    def _repeat(self, run: _Run) -> None:
        """Run a deck once more as it was, because its process died and not its analysis."""
        run.deaths += 1
        if run.current is not None:
            run.waiting.appendleft(run.current)
        self._again.append(run)

    def _decks(self, transients: Iterator[tuple[str, Transient] | None]) -> Iterator[Deck | None]:
        """Without end: a deck may have to be run again at any time."""
        while True:
            run = self._again.popleft() if self._again else _next_run(transients)
            position, self._asked = self._asked, self._asked + 1
            if run is None:
                yield None
                continue
            self._running[position] = run
            run.current = run.waiting.popleft()
            run.place = run.place or self._new_place(run.key)
            yield run.transient.deck(run.place, run.current)

    def _new_place(self, key: str) -> Path:
        """A folder that no other process writes to, also one that runs the same deck."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(prefix=f"deck_{key[:12]}_", dir=self._folder))
        except OSError as error:
            raise InputError(f"cannot write: {error.strerror}", where=str(self._folder)) from None


def _next_run(transients: Iterator[tuple[str, Transient] | None]) -> _Run | None:
    found = next(transients, None)
    if found is None:
        return None
    key, transient = found
    return _Run(key, transient, deque(transient.attempts))


def _remove(run: _Run) -> None:
    """Remove the folder of a deck."""
    if run.place is not None:
        shutil.rmtree(run.place, ignore_errors=True)
