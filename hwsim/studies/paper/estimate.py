"""What is left of a study, in processor time of the machine that is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from hwsim.studies.paper.agenda import STAGES, Stage
from hwsim.studies.paper.run import left
from hwsim.studies.paper.selection import Selection
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.subject import subject_of
from hwsim.studies.paper.work import TrainingWork, Work
from hwsim.training.pace import training_seconds


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a stage of a task.

    Attributes:
        works: units of work.
        seconds: of one processor, about.
    """

    works: int
    seconds: float


Estimate = Mapping[str, Mapping[Stage, Left]]
"""By task and stage."""


def estimate(
    study: Study, selection: Selection, advance: Callable[[float], None] = lambda _fraction: None
) -> Estimate:
    """Time a few steps of each training that differs from the others in more than its seed.

    Args:
        study: what there is.
        selection: what is wanted.
        advance: told of every fraction of this that is done.
    """
    forecast = study.forecast()
    found: dict[str, dict[Stage, Left]] = {}
    paces: dict[tuple[str, str, int], float] = {}
    with threadpool_limits(1):
        for task in selection.tasks:
            found[task] = {}
            for stage in STAGES:
                missing = left(forecast, selection, task, stage)
                seconds = sum(_seconds(work, paces) for work in missing)
                found[task][stage] = Left(len(missing), seconds)
            advance(1 / len(selection.tasks))
    return found


def totals(found: Estimate) -> Mapping[Stage, Left]:
    """Of all tasks, by stage."""
    works: dict[Stage, int] = defaultdict(int)
    seconds: dict[Stage, float] = defaultdict(float)
    for stages in found.values():
        for stage, one in stages.items():
            works[stage] += one.works
            seconds[stage] += one.seconds
    return {stage: Left(works[stage], seconds[stage]) for stage in STAGES}


def _seconds(work: Work, paces: dict[tuple[str, str, int], float]) -> float:
    if not isinstance(work, TrainingWork):
        return work.weight
    kind = work.task, work.recipe.cell, work.recipe.units
    if kind not in paces:
        paces[kind] = training_seconds(work.recipe, subject_of(work.task).material)
    return paces[kind]
