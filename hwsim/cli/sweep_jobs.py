"""Runs the jobs of a sweep where the user wants it, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from hwsim.cli.simulation import fraction_bar
from hwsim.cli.sweep_options import Place

if TYPE_CHECKING:
    from hwsim.circuits.export import Export
    from hwsim.studies.sweep.executors import Workforce
    from hwsim.studies.sweep.job import Evaluator, Sweep
    from hwsim.studies.sweep.material import Material
    from hwsim.studies.sweep.results import Results


def run_jobs(
    export: Export, sweep: Sweep, material: Material, place: Place, out: Path, *, as_json: bool
) -> tuple[Results, Mapping[str, str]]:
    """Run a sweep, or what is missing of it.

    Returns:
        The results, and hashes of what they follow from.

    Raises:
        InputError: nobody to run it, conditions that cannot be run, another sweep's folder, or a
            full disk.
        SimulatorError: ngspice failed.
    """
    from hwsim.studies.sweep.run import run_sweep

    with fraction_bar("chips", as_json=as_json) as show, _workforce(place) as workforce:
        watch = _Watch(show)
        evaluator = _evaluator(export, material, place, watch)
        results = run_sweep(
            sweep,
            evaluator,
            out,
            workforce.executor,
            waiting=workforce.waiting,
            on_progress=watch.finished,
        )
    return results, evaluator.subject


def _workforce(place: Place) -> AbstractContextManager[Workforce]:
    """Whoever runs the jobs; ngspice has processes of its own, so one job at a time."""
    from hwsim.studies.sweep.executors import cluster, one_by_one, threads

    if place.engine == "ngspice":
        return one_by_one()
    return threads(place.workers) if place.scheduler is None else cluster(place.scheduler)


def _evaluator(export: Export, material: Material, place: Place, watch: _Watch) -> Evaluator:
    from hwsim.studies.sweep.behavioural import BehaviouralEvaluator
    from hwsim.studies.sweep.ngspice import NgspiceEvaluator

    if place.engine == "behavioural":
        return BehaviouralEvaluator.of(material, place.device)
    return NgspiceEvaluator(
        material=material,
        results=export.results,
        workers=place.workers,
        timeout_seconds=place.timeout,
        on_progress=watch.within,
        partition=place.partition,
    )


class _Watch:
    """Draws what is finished: whole jobs, and the part of the one that ngspice is at.

    Args:
        show: draws a fraction.
    """

    def __init__(self, show: Callable[[float], None]) -> None:
        self._show = show
        self._done, self._total = 0, 1

    def finished(self, done: int, total: int) -> None:
        """Take the number of finished chips of all that were missing."""
        self._done, self._total = done, max(total, 1)
        self._show(done / self._total if total else 1.0)

    def within(self, chips: float) -> None:
        """Take what is finished of the job at hand, in chips."""
        self._show((self._done + chips) / self._total)
