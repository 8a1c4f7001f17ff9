"""The course of a training: what it says must be what the training did."""

import dataclasses

import pytest
import torch

from hwsim.training.batches import make_batch
from hwsim.training.course import follow, identity
from hwsim.training.fit import fit
from hwsim.training.material import prepare
from hwsim.training.pace import training_seconds
from hwsim.training.recipe import Recipe
from hwsim.training.score import score

RECIPE = Recipe(cell="cmru", units=4, steps=30, batch=16, learning_rate=0.05, validations=10)


def test_the_course_ends_in_the_state_that_is_kept(splits):
    material = prepare(splits, RECIPE)
    course = follow(RECIPE, material)
    plain = fit(RECIPE, material, lambda _steps: None)
    assert course.fit.validation == plain.validation
    assert not course.diverged
    steps = [one.step for one in course.improvements]
    accuracies = [one.accuracy for one in course.improvements]
    assert steps == sorted(steps)
    assert all(step % 3 == 0 for step in steps)
    assert accuracies == sorted(set(accuracies))
    assert accuracies[-1] == plain.validation.accuracy
    test = make_batch(splits.test, material.normalisation, torch.float32)
    checkpoint = course.checkpoint("toy", material)
    assert checkpoint.header.metrics.test == score(plain.network, test).accuracy
    assert checkpoint.header.metrics.validation == plain.validation.accuracy


def test_a_training_that_diverges_is_an_outcome(splits):
    recipe = dataclasses.replace(RECIPE, cell="alpha_cmru", learning_rate=1e9)
    course = follow(recipe, prepare(splits, recipe))
    assert course.diverged
    assert course.fit is None
    assert course.checkpoint("toy", prepare(splits, recipe)) is None


def test_whatever_decides_is_in_the_identity(splits):
    material = prepare(splits, RECIPE)
    plain = identity(RECIPE, material)
    assert plain == identity(RECIPE, prepare(splits, RECIPE))
    assert plain != identity(dataclasses.replace(RECIPE, weight_gain=2.0), material)
    other = prepare(splits, dataclasses.replace(RECIPE, split_seed=1))
    assert plain != identity(RECIPE, other)
    assert plain["torch"] == torch.__version__


def test_a_forecast_leaves_the_generator_alone_and_is_some_time(splits):
    before = torch.get_rng_state()
    assert training_seconds(RECIPE, prepare(splits, RECIPE)) > 0
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("steps", [1, 7])
def test_fewer_steps_than_looks_are_no_obstacle(splits, steps):
    recipe = dataclasses.replace(RECIPE, steps=steps, validations=20)
    assert follow(recipe, prepare(splits, recipe)).improvements[0].step == 1
