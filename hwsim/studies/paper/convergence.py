"""How often a training arrives, how fast, and how much seeds differ."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hwsim.cells.kinds import CellKind
from hwsim.studies.paper.outcomes import TrainingOutcome
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.tuning import best_rate
from hwsim.studies.paper.work import TrainingWork


@dataclass(frozen=True, slots=True)
class Convergence:
    """Trainings that differ in their seed alone.

    Attributes:
        units: their width d.
        tests: accuracy of each on the test set.
        target: accuracy from which one has converged.
        arrivals: of each, the first step with nine tenths of its final validation accuracy.
        diverged: how many ran away.
    """

    units: int
    tests: tuple[float, ...]
    target: float
    arrivals: tuple[int, ...]
    diverged: int

    @property
    def converged(self) -> int:
        """Trainings that reached the target."""
        return sum(one >= self.target for one in self.tests)

    @property
    def mean(self) -> float:
        """Of the accuracies."""
        return statistics.fmean(self.tests)

    @property
    def deviation(self) -> float:
        """Standard deviation of the accuracies; 0 for one seed."""
        return statistics.stdev(self.tests) if len(self.tests) > 1 else 0.0

    @property
    def least(self) -> float:
        """Of the accuracies."""
        return min(self.tests)

    @property
    def arrival(self) -> float | None:
        """Median of the arrivals; None where no training was ever good."""
        return statistics.median(self.arrivals) if self.arrivals else None


def training_work(
    study: Study, task: str, cell: CellKind, units: int, seed: int
) -> TrainingWork | None:
    """A training at the tuned learning rate; None until that is known."""
    rate = best_rate(study, task, cell)
    if rate is None:
        return None
    return TrainingWork(task, replace(study.recipe(task, cell, units, rate), seed=seed))


def convergence(study: Study, task: str, cell: CellKind, units: int) -> Convergence | None:
    """What became of the trainings of a cell at one width; None until all seeds are there."""
    works = [training_work(study, task, cell, units, seed) for seed in range(study.plan.seeds)]
    return summary(study, task, [work for work in works if work is not None])


def summary(study: Study, task: str, works: list[TrainingWork]) -> Convergence | None:
    """Trainings that differ in their seed alone, put together; None until all seeds are there."""
    found: list[TrainingOutcome] = []
    for work in works:
        outcome = study.training(work)
        if outcome is not None:
            found.append(outcome)
    if len(found) < study.plan.seeds:
        return None
    arrivals = (one.arrival for one in found)
    return Convergence(
        units=works[0].recipe.units,
        tests=tuple(one.test or 0.0 for one in found),
        target=study.plan.task(task).target,
        arrivals=tuple(step for step in arrivals if step is not None),
        diverged=sum(one.diverged for one in found),
    )


def widest(study: Study, task: str, cells: Iterable[CellKind]) -> dict[CellKind, Convergence]:
    """Convergence of cells at the largest width that all of them have; empty for none."""
    chosen = tuple(cells)
    for units in sorted(study.plan.units, reverse=True):
        found = {cell: convergence(study, task, cell, units) for cell in chosen}
        known = {cell: one for cell, one in found.items() if one is not None}
        if len(known) == len(found):
            return known
    return {}
