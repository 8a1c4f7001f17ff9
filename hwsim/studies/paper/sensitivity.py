"""What trainings become when they begin elsewhere: other alpha, beta, weights, one at a time."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from hwsim.cells.kinds import KINDS, CellKind
from hwsim.studies.paper.convergence import Convergence, summary, training_work
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.work import TrainingWork

Knob: TypeAlias = Literal["alpha", "beta", "weight_gain"]

KNOBS: tuple[Knob, ...] = get_args(Knob)


@dataclass(frozen=True, slots=True)
class Start:
    """An initial value that is not the planned one.

    Attributes:
        knob: which, by its name in the recipe.
        factor: on its planned value.
    """

    knob: Knob
    factor: float


def starts(study: Study, cell: CellKind) -> Iterator[Start]:
    """What is varied of a cell: baselines have no alpha and no beta."""
    knobs = ("weight_gain",) if KINDS[cell].is_baseline else KNOBS
    for knob in knobs:
        for factor in study.plan.sensitivity.factors:
            if factor != 1:
                yield Start(knob, factor)


def sensitivity_work(
    study: Study, task: str, cell: CellKind, start: Start, seed: int
) -> TrainingWork | None:
    """A training from another start at the tuned learning rate; None until that is known."""
    work = training_work(study, task, cell, study.plan.sensitivity.units, seed)
    if work is None:
        return None
    value = getattr(work.recipe, start.knob) * start.factor
    return replace(work, recipe=replace(work.recipe, **{start.knob: value}))


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a cell becomes from other starts.

    Attributes:
        planned: from the planned one.
        others: from the others.
    """

    planned: Convergence
    others: Mapping[Start, Convergence]

    @property
    def converged(self) -> int:
        """Trainings from other starts that reached the target."""
        return sum(one.converged for one in self.others.values())

    @property
    def trainings(self) -> int:
        """From other starts."""
        return sum(len(one.tests) for one in self.others.values())

    @property
    def loss(self) -> float:
        """Mean accuracy from the planned start, less the mean from all others."""
        return self.planned.mean - statistics.fmean(one.mean for one in self.others.values())


def sensitivity(study: Study, task: str, cell: CellKind) -> Sensitivity | None:
    """What a cell becomes from all starts; None until all trainings are there."""
    units, seeds = study.plan.sensitivity.units, range(study.plan.seeds)
    plain = [training_work(study, task, cell, units, seed) for seed in seeds]
    planned = summary(study, task, [work for work in plain if work is not None])
    others = {}
    for start in starts(study, cell):
        works = [sensitivity_work(study, task, cell, start, seed) for seed in seeds]
        found = summary(study, task, [work for work in works if work is not None])
        if found is None:
            return None
        others[start] = found
    return None if planned is None else Sensitivity(planned, others)
