"""The learning rate of each cell on each task: the same few trials for all, on validation data."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import replace

from hwsim.cells.kinds import CellKind
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.work import TrainingWork

FIRST_SEED = 1000
"""Of the trials: the seeds of the study are fresh ones."""


def tuning_works(
    study: Study, task: str, cell: CellKind
) -> Mapping[float, tuple[TrainingWork, ...]]:
    """The trials of a cell on a task."""
    plan = study.plan.tuning
    found = {}
    for rate in plan.rates:
        recipe = study.recipe(task, cell, plan.units, rate)
        seeds = range(FIRST_SEED, FIRST_SEED + plan.seeds)
        found[rate] = tuple(
            TrainingWork(task, replace(recipe, seed=seed), tested=False) for seed in seeds
        )
    return found


def best_rate(study: Study, task: str, cell: CellKind) -> float | None:
    """The learning rate with the best mean accuracy on the validation set, then the least loss.

    A trial that diverges counts as never right.

    Returns:
        None until all trials have been run, or what the study takes until then.
    """
    scores = {}
    for rate, works in tuning_works(study, task, cell).items():
        outcomes = [study.training(work) for work in works]
        found = [one for one in outcomes if one is not None]
        if len(found) < len(works):
            return study.provisional_rate
        scores[rate] = (
            statistics.fmean(0.0 if one.diverged else one.validation for one in found),
            statistics.fmean(-1e9 if one.diverged else one.negative_loss for one in found),
        )
    return max(scores, key=lambda rate: scores[rate])
