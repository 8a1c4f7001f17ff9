"""How long a training would take here."""

from __future__ import annotations

import dataclasses
import time

import torch

from hwsim.training.fit import Fitting
from hwsim.training.material import Material
from hwsim.training.recipe import Recipe
from hwsim.training.score import score

_STEPS = 3
_NEVER = 10**9


def training_seconds(recipe: Recipe, material: Material) -> float:
    """Processor time of a whole training, from three of its steps and one look at validation.

    Args:
        recipe: complete (`hwsim.training.material.complete`).
        material: what it would be trained on.

    Returns:
        Seconds on one thread, if torch has no more.
    """
    # So many steps that none of those that are taken looks at the validation set.
    endless = dataclasses.replace(recipe, steps=_NEVER, validations=1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        fitting = Fitting(endless, material)
        fitting.take_step()
        begun = time.process_time()
        for _ in range(_STEPS):
            fitting.take_step()
        stepped = time.process_time()
        score(fitting.network, material.validation)
        looked = time.process_time()
    looks = min(recipe.validations, recipe.steps)
    return recipe.steps * (stepped - begun) / _STEPS + looks * (looked - stepped)
