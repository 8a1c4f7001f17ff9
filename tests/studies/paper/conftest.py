import numpy as np
import pytest

from hwsim.studies.paper.agenda import works
from hwsim.studies.paper.folder import opened
from hwsim.studies.paper.outcomes import ChipsOutcome, GradientsOutcome, TrainingOutcome
from hwsim.studies.paper.plan import StudyPlan
from hwsim.studies.paper.selection import Selection
from hwsim.studies.paper.study import Study


def _part(count, seed):
    """Two classes told apart by the sign of one channel."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    values = rng.normal(size=(count, 6, 2)) * 0.3
    values[:, :, 0] += np.where(labels, 1.0, -1.0)[:, np.newaxis]
    return values, labels


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    """The path of an archive that a small network learns in a few steps."""
    path = tmp_path_factory.mktemp("tasks") / "toy.npz"
    (x_train, y_train), (x_test, y_test) = _part(40, 0), _part(20, 1)
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return str(path)


@pytest.fixture(scope="session")
def plan(toy):
    """Every part, as small as it can be."""
    return StudyPlan.model_validate(
        {
            "seeds": 2,
            "units": [2, 3],
            "cells": ["bmru", "cmru", "saturating_cmru", "lru", "mingru"],
            "tasks": [{"task": toy, "steps": 3, "levels_half": 2, "target": 0.6}],
            "tuning": {"rates": [0.01, 0.1], "units": 3},
            "sensitivity": {"tasks": [toy], "units": 3, "factors": [3.0]},
            "gradients": {"tasks": [toy], "units": 3, "sequences": 5},
            "remains": {"tasks": [toy], "units": 3, "chips": 3, "sequences": 5},
        }
    )


@pytest.fixture
def study(plan, tmp_path):
    """A study with nothing in its folder."""
    with opened(tmp_path / "study", plan) as folder:
        yield Study(plan, folder)


@pytest.fixture(scope="session")
def fill():
    """Gives a study outcomes that nobody computed, so that what follows from them is known."""
    return _fill


def _fill(study, trained, flow=None, chips=None):
    """Give every unit of work of a study an outcome.

    Args:
        trained: test accuracy of a recipe.
        flow: what of a gradient is left from step to step, by the kind of cell.
        chips: accuracies of the chips of every network.
    """
    everything = Selection.everything(study.plan)
    (task,) = everything.tasks
    for work in works(study, everything, task, "tuning"):
        better = work.recipe.learning_rate == 0.1
        study.keep(work, _training(None, loss=1.0 if better else 2.0))
    for stage in ("training", "sensitivity"):
        for work in works(study, everything, task, stage):
            study.keep(work, _training(trained(work.recipe)))
    if flow is not None:
        for work in works(study, everything, task, "gradients"):
            norms = [flow[work.recipe.cell] ** distance for distance in range(20)]
            study.keep(work, GradientsOutcome(start=norms, trained=norms))
    if chips is not None:
        for work in works(study, everything, task, "chips"):
            study.keep(work, ChipsOutcome(software=0.9, nominal=0.88, chips=chips))


def _training(accuracy, loss=1.0):
    return TrainingOutcome(
        validation=0.8,
        negative_loss=-loss,
        test=accuracy,
        course=((1, 0.3), (2, 0.72), (3, 0.8)),
        diverged=False,
        network=None,
    )
