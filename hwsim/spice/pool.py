"""Decks over all cores, one long-lived worker process each."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Self

from hwsim.foundation.errors import InputError, SimulatorError
from hwsim.spice.deck import Deck, Result
from hwsim.spice.errors import DeckError, RunError, SimulationTimeout, WorkerDied
from hwsim.spice.installation import core_count
from hwsim.spice.outcome import Outcome, judge
from hwsim.spice.process import WorkerProcess
from hwsim.spice.protocol import Progress, Ready

ProgressCallback = Callable[[int, float], None]

_START_SECONDS = 60.0


@dataclass(slots=True)
class _Task:
    """A deck in a worker."""

    index: int
    deck: Deck
    worker: WorkerProcess
    deadline: float


class WorkerPool:
    """Worker processes that run decks; a context manager that leaves none behind.

    Workers start when a deck needs one and stay for the next. A worker whose deck failed is
    replaced: ngspice keeps settings of a deck it has choked on. They end by themselves when this
    process dies.

    Args:
        workers: how many at a time; None for one a core.
        timeout_seconds: how long one deck may take.

    Raises:
        InputError: not at least one worker, or no positive time.
    """

    def __init__(self, workers: int | None = None, timeout_seconds: float = 600.0) -> None:
        self._limit = core_count() if workers is None else workers
        if self._limit < 1:
            raise InputError(f"at least one worker is needed, not {self._limit}")
        if not (math.isfinite(timeout_seconds) and timeout_seconds > 0):
            raise InputError(f"the time-out must be positive, not {timeout_seconds} s")
        self._timeout_seconds = timeout_seconds
        self._idle: list[WorkerProcess] = []
        self._busy: dict[Connection, _Task] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def worker_pids(self) -> frozenset[int]:
        """The process numbers of the workers that run now, busy or not."""
        busy = (task.worker for task in self._busy.values())
        return frozenset(worker.pid for worker in (*busy, *self._idle) if worker.alive)

    def close(self) -> None:
        """End all workers."""
        self._abandon()
        while self._idle:
            self._idle.pop().kill()

    def run(
        self, decks: Iterable[Deck | None], on_progress: ProgressCallback | None = None
    ) -> Iterator[tuple[int, Result | SimulatorError]]:
        """Run decks and yield each one's result or error as it comes.

        Args:
            decks: taken one by one as workers become free. None: there is no deck before one of
                those that run has ended, so that a deck may follow from what others gave.
            on_progress: called in this process with a deck's index and the finished part (0 to 1)
                of its running analysis.

        Yields:
            The deck's place in `decks` and what became of it.

        Raises:
            NgspiceMissing: there is no ngspice library.
            RuntimeError: the pool already runs something.
        """
        if self._busy:
            raise RuntimeError("this pool already runs decks; exhaust that iterator first")
        waiting = enumerate(decks)
        try:
            while True:
                yield from self._fill(waiting)
                if not self._busy:
                    return
                yield from self._collect(on_progress)
        finally:
            self._abandon()

    def _fill(
        self, waiting: Iterator[tuple[int, Deck | None]]
    ) -> Iterator[tuple[int, Result | SimulatorError]]:
        """Give every free place a deck; a deck that is not there is answered at once."""
        while len(self._busy) < self._limit:
            index, deck = next(waiting, (-1, None))
            if deck is None:
                return
            if not deck.path.is_file():
                yield index, DeckError("there is no such file", deck=deck)
                continue
            worker = self._free_worker()
            allowed = self._timeout_seconds + (0.0 if worker.is_ready else _START_SECONDS)
            task = _Task(index, deck, worker, time.monotonic() + allowed)
            self._busy[worker.pipe] = task
            worker.submit(deck)

    def _free_worker(self) -> WorkerProcess:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            worker.kill()
        return WorkerProcess()

    def _collect(
        self, on_progress: ProgressCallback | None
    ) -> Iterator[tuple[int, Result | SimulatorError]]:
        """Wait for the next message or deadline and yield what is decided by it."""
        next_deadline = min(task.deadline for task in self._busy.values())
        ready = wait(list(self._busy), timeout=max(0.0, next_deadline - time.monotonic()))
        tasks = [task for pipe, task in self._busy.items() if pipe in ready]
        for task in tasks:
            match task.worker.receive():
                case Ready():
                    task.deadline = time.monotonic() + self._timeout_seconds
                case Progress(fraction):
                    if on_progress is not None:
                        on_progress(task.index, fraction)
                case Outcome() as outcome:
                    yield task.index, self._finish(task, judge(task.deck, outcome))
                case None:
                    yield task.index, self._bury(task)
        for task in self._overdue():
            yield task.index, self._stop(task)

    def _overdue(self) -> list[_Task]:
        now = time.monotonic()
        return [task for task in self._busy.values() if task.deadline <= now]

    def _finish(self, task: _Task, verdict: Result | RunError) -> Result | RunError:
        del self._busy[task.worker.pipe]
        if isinstance(verdict, Result) and all(isinstance(v, Result) for v in verdict.variants):
            self._idle.append(task.worker)
        else:
            task.worker.kill()
        return verdict

    def _bury(self, task: _Task) -> WorkerDied:
        del self._busy[task.worker.pipe]
        cause = task.worker.cause_of_death()
        return WorkerDied(f"the process that ran ngspice died ({cause})", deck=task.deck)

    def _stop(self, task: _Task) -> SimulationTimeout:
        del self._busy[task.worker.pipe]
        task.worker.kill()
        what = f"ngspice took longer than the {self._timeout_seconds:g} s it was allowed"
        return SimulationTimeout(what, deck=task.deck)

    def _abandon(self) -> None:
        while self._busy:
            _, task = self._busy.popitem()
            task.worker.kill()


def run_deck(
    deck: Deck,
    *,
    timeout_seconds: float = 600.0,
    on_progress: Callable[[float], None] | None = None,
) -> Result:
    """Run one deck in a process of its own; for several, a `WorkerPool` is faster.

    Args:
        deck: what to run.
        timeout_seconds: how long it may take.
        on_progress: called with the finished part (0 to 1) of the running analysis.

    Raises:
        NgspiceMissing: there is no ngspice library.
        RunError: the deck gave no trustworthy result.
    """

    def report(_index: int, fraction: float) -> None:
        if on_progress is not None:
            on_progress(fraction)

    with WorkerPool(1, timeout_seconds) as pool:
        _, verdict = next(pool.run([deck], report))
    if isinstance(verdict, SimulatorError):
        raise verdict
    return verdict
