"""What the networks of a study are trained and judged on, by the name of the task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from hwsim.cells.kinds import KINDS, CellKind
from hwsim.checkpoints.size import parameter_count
from hwsim.data.sequences import Sequences
from hwsim.data.tasks import load_task
from hwsim.foundation.files import content_hash
from hwsim.studies.paper.plan import TaskPlan
from hwsim.studies.samples import evenly_spaced
from hwsim.training.course import identity
from hwsim.training.material import Material, complete, prepare
from hwsim.training.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A task as every network of a study has it: one validation set, one normalisation.

    Attributes:
        task: as the plan names it.
        name: of the task, for records.
        material: its sets.
        sources: what decides results beside a recipe, by name: hashes of the data, versions.
    """

    task: str
    name: str
    material: Material
    sources: Mapping[str, object]

    @property
    def test(self) -> Sequences:
        """The test set."""
        return self.material.sets[2]

    @property
    def steps(self) -> int:
        """Longest sequence."""
        return int(self.test.values.shape[1])

    @property
    def chance(self) -> float:
        """Accuracy on the test set of always answering with its most frequent class."""
        labels = self.test.labels
        return 0.0 if labels is None else float(np.bincount(labels).max() / len(labels))

    def some(self, count: int) -> Sequences:
        """Sequences spread evenly over the test set; all where it has no more."""
        return self.test.take(list(evenly_spaced(self.test, min(count, len(self.test)))))

    def recipe(self, plan: TaskPlan, cell: CellKind, units: int, rate: float) -> Recipe:
        """How a cell is trained on it, with seed 0.

        Args:
            plan: of the task.
            cell: kind.
            units: width d.
            rate: peak learning rate.
        """
        traits = KINDS[cell]
        recipe = Recipe(
            cell=cell,
            units=units,
            blocks=plan.blocks,
            levels_half=plan.levels_half if traits.has_levels else None,
            readout=plan.readout,
            steps=plan.steps,
            batch=plan.batch,
            validations=plan.validations,
            learning_rate=rate,
        )
        if not traits.is_baseline:
            recipe = replace(recipe, alpha=plan.alpha, beta=plan.beta)
        return complete(recipe, self.material)

    def parameters(self, plan: TaskPlan, cell: CellKind, units: int) -> int:
        """Learned numbers of a network."""
        channels, classes = self.material.channels, len(self.material.classes)
        return parameter_count(cell, channels, units, plan.blocks, classes)

    def identity(self, recipe: Recipe) -> dict[str, object]:
        """Everything that decides what becomes of a training, the test set with it."""
        return {**self.sources, "recipe": recipe.numbers()}


@lru_cache(maxsize=16)
def subject_of(task: str) -> Subject:
    """A task, ready to train on.

    Raises:
        InputError: there is no such task, or it leaves nothing to learn or to validate on.
    """
    name, splits = load_task(task)
    # Which validation set is held out and how inputs are normalised is the same for every recipe.
    plain = Recipe(cell="cmru", units=1)
    material = prepare(splits, plain)
    test = splits.test
    parts = [test.values, test.lengths, test.labels]
    hashed = content_hash(*(np.ascontiguousarray(p).tobytes() for p in parts if p is not None))
    return Subject(task, name, material, {**identity(plain, material), "test": hashed})
