"""Runs what is missing of a study, task by task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from threadpoolctl import threadpool_limits

from hwsim.foundation.errors import InputError
from hwsim.studies.paper.agenda import STAGES, Stage, works
from hwsim.studies.paper.folder import kept
from hwsim.studies.paper.outcomes import Outcome
from hwsim.studies.paper.selection import Selection
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.work import Work

_WAITING = 2
"""Units of work in hand for every worker."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        task: that is worked on.
        stage: of it.
        done: weight of what this run has finished.
        total: of all that it has to do.
    """

    task: str
    stage: Stage
    done: float
    total: float


Watch = Callable[[Progress], None]


def run_study(
    study: Study,
    selection: Selection,
    executor: Executor,
    *,
    workers: int = 1,
    watch: Watch = lambda _progress: None,
) -> None:
    """Run what is selected and not there yet.

    Outcomes are the same whatever the executor, the number of its workers and the number of
    interruptions.

    Args:
        study: with its folder, which nobody else writes.
        selection: what is wanted.
        executor: any of `concurrent.futures`, or one that behaves like them.
        workers: that it has.
        watch: told whenever a stage begins or a unit of work is finished.

    Raises:
        InputError: a task that cannot be used, a full disk, or lost workers.
    """
    total, done = sum(work.weight for work in everything_left(study, selection)), 0.0
    for task in selection.tasks:
        for stage in STAGES:
            missing = left(study, selection, task, stage)
            if missing:
                watch(Progress(task, stage, done, total))
            for work, outcome in _finished(executor, missing, study.folder.path, workers):
                study.keep(work, outcome)
                done += work.weight
                watch(Progress(task, stage, done, max(total, done)))


def left(study: Study, selection: Selection, task: str, stage: Stage) -> tuple[Work, ...]:
    """Units of work of a stage of a task that have not been done."""
    wanted = works(study, selection, task, stage)
    return tuple(work for work in wanted if study.outcome(work) is None)


def everything_left(study: Study, selection: Selection) -> Iterator[Work]:
    """Units of work that have not been done, some of them at learning rates yet to be found."""
    forecast = study.forecast()
    for task in selection.tasks:
        for stage in STAGES:
            yield from left(forecast, selection, task, stage)


def compute(work: Work, folder: Path) -> Outcome:
    """Run a unit of work on one thread, where an executor wants it.

    Args:
        work: what to run.
        folder: of the study.

    Raises:
        InputError: its network cannot be written or read.
    """
    try:
        with threadpool_limits(1):
            return work.run(folder)
    except InputError as error:
        raise kept(error) from None


def _finished(
    executor: Executor, missing: Sequence[Work], folder: Path, workers: int
) -> Iterator[tuple[Work, Outcome]]:
    """Run units of work, a few at a time, and yield each when it has finished."""
    queue = iter(missing)
    running: dict[Future[Outcome], Work] = {}
    waiting = _WAITING * workers if workers > 1 else 1
    try:
        while True:
            for work in islice(queue, waiting - len(running)):
                running[executor.submit(compute, work, folder)] = work
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), _result(future)
    finally:
        for future in running:
            future.cancel()


def _result(future: Future[Outcome]) -> Outcome:
    """What a unit of work returned.

    Raises:
        InputError: its worker is gone; or as the work itself.
    """
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        raise InputError(
            "a worker has ended, perhaps for want of memory",
            hint="what has finished is kept: the same command continues; fewer --jobs take less",
        ) from None
