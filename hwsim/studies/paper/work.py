"""Units of work: what can be computed, kept and lost by itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from hwsim.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from hwsim.foundation.files import content_hash
from hwsim.studies.paper.chips import CircuitChoice, run_network_chips
from hwsim.studies.paper.outcomes import (
    ChipsOutcome,
    GradientsOutcome,
    TrainingOutcome,
)
from hwsim.studies.paper.subject import subject_of
from hwsim.training.course import follow
from hwsim.training.gradient_flow import flow_at_start, flow_of
from hwsim.training.recipe import Recipe

VERSION = 1
"""Of what is computed: results of another one are not mixed with these."""

NETWORKS = "networks"
"""Folder of the trained networks, in that of the study."""


class Work(Protocol):
    """A unit of work; goes to other processes, so it has to pickle."""

    @property
    def key(self) -> str:
        """Content hash of everything that decides its outcome."""

    @property
    def recipe(self) -> Recipe:
        """Of the network that it trains or looks at."""

    @property
    def weight(self) -> float:
        """About how long it takes, in seconds of nobody's machine."""

    def run(self, folder: Path) -> TrainingOutcome | GradientsOutcome | ChipsOutcome:
        """Compute it.

        Args:
            folder: of the study, where the networks are.
        """


@dataclass(frozen=True)
class TrainingWork:
    """One training.

    Attributes:
        task: as the plan names it.
        recipe: complete.
        tested: whether its network is tested and kept; not in tuning.
    """

    task: str
    recipe: Recipe
    tested: bool = True

    @cached_property
    def key(self) -> str:
        """See `Work`."""
        return _key("training", subject_of(self.task).identity(self.recipe), tested=self.tested)

    @property
    def weight(self) -> float:
        """See `Work`."""
        recipe, subject = self.recipe, subject_of(self.task)
        look = len(subject.material.sets[1]) / recipe.batch / 3  # no way back
        passes = recipe.steps + min(recipe.validations, recipe.steps) * look
        step = 2e-3 + 4e-6 * subject.steps * recipe.units * recipe.batch / 64
        return passes * recipe.blocks * step

    def run(self, folder: Path) -> TrainingOutcome:
        """See `Work`."""
        subject = subject_of(self.task)
        course = follow(self.recipe, subject.material)
        checkpoint = course.checkpoint(subject.name, subject.material) if self.tested else None
        if checkpoint is not None:
            save_checkpoint(network_path(folder, self.key), checkpoint)
        fit = course.fit
        metrics = None if checkpoint is None else checkpoint.header.metrics
        return TrainingOutcome(
            validation=0.0 if fit is None else fit.validation.accuracy,
            negative_loss=-1e9 if fit is None else fit.validation.negative_loss,
            test=metrics.test if metrics else (0.0 if self.tested else None),
            course=tuple((one.step, one.accuracy) for one in course.improvements),
            diverged=course.diverged,
            network=network_hash(folder, self.key) if checkpoint is not None else None,
        )


@dataclass(frozen=True)
class GradientsWork:
    """Gradients through time of one training, before and after it.

    Attributes:
        training: of the network.
        sequences: of the test set.
    """

    training: TrainingWork
    sequences: int

    @cached_property
    def key(self) -> str:
        """See `Work`."""
        return _key("gradients", self.training.key, sequences=self.sequences)

    @property
    def recipe(self) -> Recipe:
        """See `Work`."""
        return self.training.recipe

    @property
    def weight(self) -> float:
        """See `Work`."""
        return self.training.weight / self.recipe.steps * 4

    def run(self, folder: Path) -> GradientsOutcome:
        """See `Work`."""
        subject = subject_of(self.training.task)
        data = subject.some(self.sequences)
        start = flow_at_start(self.training.recipe, subject.material, data)
        path = network_path(folder, self.training.key)
        trained = flow_of(load_checkpoint(path), data).tolist() if path.is_file() else ()
        return GradientsOutcome(start=tuple(start.tolist()), trained=tuple(trained))


@dataclass(frozen=True)
class ChipsWork:
    """Chips of one trained network.

    Attributes:
        training: of the network.
        circuit: what they are made of.
        chips: how many.
        sequences: of the test set, that each decides.
    """

    training: TrainingWork
    circuit: CircuitChoice
    chips: int
    sequences: int

    @cached_property
    def key(self) -> str:
        """See `Work`."""
        choices = {"chips": self.chips, "sequences": self.sequences}
        return _key("chips", self.training.key, circuit=self.circuit.identity(), **choices)

    @property
    def recipe(self) -> Recipe:
        """See `Work`."""
        return self.training.recipe

    @property
    def weight(self) -> float:
        """See `Work`."""
        recipe = self.recipe
        steps = subject_of(self.training.task).steps * self.sequences * (self.chips + 1)
        return 0.3 + 2e-7 * steps * recipe.units * recipe.blocks

    def run(self, folder: Path) -> ChipsOutcome:
        """See `Work`."""
        path = network_path(folder, self.training.key)
        if not path.is_file():
            refusal = "its training ran away before it was ever good"
            return ChipsOutcome(software=None, nominal=None, chips=(), refusal=refusal)
        data = subject_of(self.training.task).some(self.sequences)
        return run_network_chips(load_checkpoint(path), data, self.circuit, self.chips)


def network_path(folder: Path, key: str) -> Path:
    """Where the network of a training is kept.

    Args:
        folder: of the study.
        key: of the training.
    """
    return folder / NETWORKS / f"{key}.safetensors"


def network_hash(folder: Path, key: str) -> str | None:
    """SHA-256 of the file of a network; None where it cannot be read."""
    try:
        return content_hash(network_path(folder, key).read_bytes())
    except OSError:
        return None


def _key(kind: str, subject: object, **choices: object) -> str:
    decides = {"kind": kind, "version": VERSION, "of": subject, **choices}
    return content_hash(json.dumps(decides, sort_keys=True).encode())
