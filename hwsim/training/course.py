"""The course of a training: when it became how good, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

import torch

import hwsim
from hwsim.cells.compiled_torch import scan_compiler
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import Metrics
from hwsim.training.batches import make_batch
from hwsim.training.divergence import DivergedError
from hwsim.training.fit import Advance, Fit, Fitting, State, fit
from hwsim.training.material import Material
from hwsim.training.recipe import Recipe
from hwsim.training.score import score
from hwsim.training.train import fitted_checkpoint


@dataclass(frozen=True, slots=True)
class Improvement:
    """A look at the validation set that found a more accurate state than all before.

    Args:
        step: of the optimiser, from 1.
        accuracy: on the validation set, a fraction.
    """

    step: int
    accuracy: float


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What became of one training.

    Attributes:
        fit: the network in its best state; None where it diverged before it was ever good.
        improvements: in their order.
        diverged: whether its loss ran away; `fit` is the best state until then.
    """

    fit: Fit | None
    improvements: tuple[Improvement, ...]
    diverged: bool

    def checkpoint(self, task: str, material: Material) -> Checkpoint | None:
        """The network with its accuracies on the validation set and on the test set.

        The test set is scored here and nowhere else, in single precision, as it was trained.

        Args:
            task: the task's name, for the record.
            material: what it was fitted to.
        """
        if self.fit is None:
            return None
        test = make_batch(material.sets[2], material.normalisation, torch.float32)
        metrics = Metrics(
            train=None,
            validation=self.fit.validation.accuracy,
            test=score(self.fit.network, test).accuracy,
        )
        return fitted_checkpoint(task, self.fit, material, metrics)


def follow(recipe: Recipe, material: Material, advance: Advance = lambda _steps: None) -> Course:
    """Train a network as `fit` does and keep the course of it; it does not fail by diverging.

    Args:
        recipe: the recipe.
        material: what it is trained on.
        advance: told of every step.
    """
    witness = _Witness()
    try:
        fitted = fit(recipe, material, advance, witness)
    except DivergedError as error:
        return Course(error.last_good, tuple(witness.improvements), diverged=True)
    return Course(fitted, tuple(witness.improvements), diverged=False)


def identity(recipe: Recipe, material: Material) -> dict[str, object]:
    """Everything that decides what becomes of a training, by name, for JSON.

    Args:
        recipe: complete (`hwsim.training.material.complete`).
        material: what it is trained on.
    """
    return {
        "recipe": recipe.numbers(),
        "data": material.content_hash,
        "hwsim": hwsim.__version__,
        "torch": torch.__version__,
        "numba": scan_compiler() or "none",
    }


class _Witness:
    """A shelf that keeps nothing but the improvements."""

    def __init__(self) -> None:
        self.improvements: list[Improvement] = []

    def load(self) -> State | None:
        return None

    def offer(self, fitting: Fitting) -> None:
        accuracy = fitting.best.accuracy
        if accuracy > (self.improvements[-1].accuracy if self.improvements else -1.0):
            self.improvements.append(Improvement(fitting.step, accuracy))
