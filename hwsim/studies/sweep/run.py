"""Runs a sweep: what is not there yet is computed, then everything is put in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from itertools import islice
from pathlib import Path

import numpy as np

from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.folder import SweepFolder, opened
from hwsim.studies.sweep.job import COLUMNS, ChipRows, Evaluator, Job, Sweep, run_job
from hwsim.studies.sweep.results import Results, csv_bytes, parquet_bytes, results_table
from hwsim.studies.sweep.source import source_hash

Progress = Callable[[int, int], None]
"""Takes the chips that this run has finished, and how many it has to."""

PARQUET = "results.parquet"
CSV = "results.csv"


def _unwatched(_done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def run_sweep(
    sweep: Sweep,
    evaluator: Evaluator,
    path: Path,
    executor: Executor,
    *,
    waiting: int = 8,
    on_progress: Progress = _unwatched,
) -> Results:
    """Run what is missing of a sweep and write its results.

    The files are the same bytes whatever the executor, the number of its workers and the number
    of interruptions.

    Args:
        sweep: what to run.
        evaluator: runs a job.
        path: folder of the sweep; finished jobs in it are not run again.
        executor: any of `concurrent.futures`, or one that behaves like them.
        waiting: jobs handed to the executor at a time; more than it has workers.
        on_progress: called whenever a job is finished.

    Returns:
        The results, which now are in ``results.parquet`` and ``results.csv``.

    Raises:
        InputError: another sweep's folder, conditions that cannot be run, or a full disk.
    """
    evaluator.check(sweep.points)
    subject = {**evaluator.subject, "code": source_hash()}
    with opened(path, sweep, subject) as folder:
        figures = np.empty((len(COLUMNS), len(sweep.points) * sweep.chips))
        missing: dict[str, tuple[Job, slice]] = {}
        for job, place in _places(sweep, evaluator.block):
            key = job.key(subject)
            rows = folder.load(key, job.count)
            if rows is None:
                missing[key] = job, place
            else:
                figures[:, place] = rows.figures
        total, done = sum(job.count for job, _ in missing.values()), 0
        on_progress(done, total)
        jobs = {key: job for key, (job, _) in missing.items()}
        for key, rows in _finished(executor, evaluator, jobs, waiting):
            folder.save(key, rows)
            figures[:, missing[key][1]] = rows.figures
            done += len(rows)
            on_progress(done, total)
        by_point = figures.reshape(len(COLUMNS), len(sweep.points), sweep.chips)
        results = Results(sweep, subject["engine"], *by_point)
        _write(folder, results)
    return results


def _places(sweep: Sweep, block: int) -> Iterator[tuple[Job, slice]]:
    """Every job, with its rows of the results."""
    start = 0
    for job in sweep.jobs(block):
        yield job, slice(start, start + job.count)
        start += job.count


def _finished(
    executor: Executor, evaluator: Evaluator, jobs: Mapping[str, Job], waiting: int
) -> Iterator[tuple[str, ChipRows]]:
    """Run jobs, a few at a time, and yield each with its key when it has finished."""
    queue, source = iter(jobs.items()), source_hash()
    running: dict[Future[ChipRows], tuple[str, Job]] = {}
    try:
        while True:
            for key, job in islice(queue, waiting - len(running)):
                running[executor.submit(run_job, evaluator, job, source)] = key, job
            if not running:
                return
            done = wait(running, return_when=FIRST_COMPLETED).done
            for future in sorted(done, key=_failed):
                key, job = running.pop(future)
                yield key, _checked(_result(future), job)
    finally:
        for future in running:
            future.cancel()


def _failed(future: Future[ChipRows]) -> bool:
    """Whether a finished job has no result: those that have one are kept first."""
    return future.cancelled() or future.exception() is not None


def _result(future: Future[ChipRows]) -> ChipRows:
    """What a job returned.

    Raises:
        InputError: its workers are gone; or as the job itself.
    """
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        raise InputError(
            "the workers are gone", hint="finished jobs are kept: the same command continues"
        ) from None


def _checked(rows: ChipRows, job: Job) -> ChipRows:
    """Refuse a result that is not one of numbers, before it is kept.

    Raises:
        InputError: a chip without a result.
    """
    figures = rows.figures
    if figures.shape != (len(COLUMNS), job.count) or not np.isfinite(figures).all():
        raise InputError(
            f"a chip among {job.count} from chip {job.first} on has no finite result",
            hint="vary less: mismatch or noise may be beyond what the datasheets describe",
        )
    return rows


def _write(folder: SweepFolder, results: Results) -> None:
    table = results_table(results)
    folder.write(PARQUET, parquet_bytes(table))
    folder.write(CSV, csv_bytes(table))
