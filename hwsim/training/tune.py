"""Learning rate and weight decay of a cell, searched at random: the same trials for every cell.

J. Bergstra and Y. Bengio, "Random search for hyper-parameter optimization", JMLR 13 (2012). A
comparison of cells is as fair as the care that each was given, so every cell gets the same number
of trials, at the same points, judged on the same validation set. The test set is not looked at.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash, require_own_folder, write_text
from hwsim.training.course import identity
from hwsim.training.divergence import DivergedError
from hwsim.training.fit import Advance, fit
from hwsim.training.material import Material, complete
from hwsim.training.recipe import Recipe
from hwsim.training.score import Score

LEARNING_RATES = (1e-3, 1e-1)
WEIGHT_DECAYS = (1e-4, 1e-1)
DESCRIPTION = "tune.json"
_TRIALS = "trials"
_HOPELESS = Score(0.0, -1e9)


@dataclass(frozen=True, slots=True)
class Trial:
    """A point of the search."""

    learning_rate: float
    weight_decay: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial: the mean score of its seeds on the validation set.

    Args:
        recipe: what was trained, its seed the first.
        score: mean accuracy and mean negative loss of the best states of the seeds.
        diverged: seeds whose loss ran away; they count as never right.
    """

    recipe: Recipe
    score: Score
    diverged: int


def draw_trials(count: int, seed: int) -> tuple[Trial, ...]:
    """Points drawn evenly in the logarithms of both numbers; more of them begin with the same ones.

    Raises:
        InputError: no trial.
    """
    if count < 1:
        raise InputError(f"a search of {count} trials", hint="one is the least")
    rng = np.random.default_rng(seed)
    low, high = np.log([LEARNING_RATES, WEIGHT_DECAYS]).T
    points = np.exp(rng.uniform(low, high, (count, 2)))
    # Four digits are enough, and survive being written down.
    return tuple(Trial(*(float(f"{number:.4g}") for number in point)) for point in points)


class TuneFolder:
    """The folder of a search: finished trials by what decides them, so that it can be left.

    Args:
        path: of the folder, made when the first trial is done.

    Raises:
        InputError: it holds somebody else's files.
    """

    def __init__(self, path: Path) -> None:
        require_own_folder(path, DESCRIPTION)
        self.path = path

    def load(self, key: str) -> tuple[Score, int] | None:
        """Score and diverged seeds of a finished trial; None if it is not there or damaged."""
        try:
            content = json.loads(self._file(key).read_text(encoding="utf-8"))
            score = Score(float(content["accuracy"]), float(content["negative_loss"]))
            return score, int(content["diverged"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, key: str, outcome: Outcome) -> None:
        """Keep a finished trial.

        Raises:
            InputError: it cannot be written.
        """
        content = {
            "recipe": outcome.recipe.numbers(),
            "accuracy": outcome.score.accuracy,
            "negative_loss": outcome.score.negative_loss,
            "diverged": outcome.diverged,
        }
        self.write(f"{_TRIALS}/{key}.json", json.dumps(content, indent=2) + "\n")

    def write(self, name: str, content: str) -> None:
        """Write one of its files, whole or not at all.

        Raises:
            InputError: it cannot be written.
        """
        try:
            (self.path / _TRIALS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot make: {error.strerror}", where=str(self.path)) from None
        if not (self.path / DESCRIPTION).is_file():
            write_text(self.path / DESCRIPTION, json.dumps({"format": "hwsim-tune"}) + "\n")
        write_text(self.path / name, content)

    def _file(self, key: str) -> Path:
        return self.path / _TRIALS / f"{key}.json"


def tune(
    recipe: Recipe,
    material: Material,
    trials: Sequence[Trial],
    folder: TuneFolder,
    *,
    seeds: int = 1,
    advance: Advance = lambda _steps: None,
) -> tuple[Outcome, ...]:
    """Run the trials of one cell that the folder does not hold yet.

    Args:
        recipe: everything but learning rate and weight decay.
        material: what networks are trained and judged on.
        trials: the points.
        folder: where finished trials are kept.
        seeds: networks a trial.
        advance: told of optimiser steps, of which there are `seeds` times the recipe's a trial.

    Returns:
        Every trial's outcome, the best first.

    Raises:
        InputError: the folder cannot be written.
    """
    outcomes = []
    for trial in trials:
        changes = {"learning_rate": trial.learning_rate, "weight_decay": trial.weight_decay}
        tried = complete(replace(recipe, **changes), material)  # type: ignore[arg-type]
        key = _key(tried, seeds, material)
        known = folder.load(key)
        if known is None:
            outcome = _run(tried, material, seeds, advance)
            folder.save(key, outcome)
        else:
            outcome = Outcome(tried, *known)
            advance(seeds * recipe.steps)
        outcomes.append(outcome)
    return tuple(sorted(outcomes, key=lambda one: one.score, reverse=True))


def _run(recipe: Recipe, material: Material, seeds: int, advance: Advance) -> Outcome:
    scores = []
    for seed in range(recipe.seed, recipe.seed + seeds):
        try:
            scores.append(fit(replace(recipe, seed=seed), material, advance).validation)
        except DivergedError:
            scores.append(_HOPELESS)
    mean = Score(
        statistics.fmean(one.accuracy for one in scores),
        statistics.fmean(one.negative_loss for one in scores),
    )
    return Outcome(recipe, mean, sum(one is _HOPELESS for one in scores))


def _key(recipe: Recipe, seeds: int, material: Material) -> str:
    """Hash of everything that decides an outcome."""
    decides = {**identity(recipe, material), "seeds": seeds}
    return content_hash(json.dumps(decides, sort_keys=True).encode())
