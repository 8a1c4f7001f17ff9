"""What a training works on: the sets of a task as the network takes them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import torch

from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import Normalisation
from hwsim.data.sequences import Sequences, Splits
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.training.batches import Batch, make_batch
from hwsim.training.normalise import fit_normalisation
from hwsim.training.recipe import Recipe
from hwsim.training.split import hold_out


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """The sets of a task, ready for one recipe.

    Attributes:
        sets: sequences for training, validation and test, in this order.
        normalisation: fitted to those for training.
        training: what networks learn from.
        validation: what they are chosen by.
        start: whose numbers they begin with, None for random ones.
    """

    sets: tuple[Sequences, Sequences, Sequences]
    normalisation: Normalisation
    training: Batch
    validation: Batch
    start: Checkpoint | None = None

    @property
    def channels(self) -> int:
        """Channels of every sequence."""
        return self.sets[0].channels

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.sets[0].classes

    @property
    def content_hash(self) -> str:
        """SHA-256 of what is learned from and chosen by."""
        batches = (self.training, self.validation)
        tensors = [each for one in batches for each in (one.inputs, one.mask, one.labels)]
        return content_hash(*(tensor.numpy().tobytes() for tensor in tensors))


def prepare(splits: Splits, recipe: Recipe, start: Checkpoint | None = None) -> Material:
    """Take a task's validation set, or hold one out, and normalise.

    Args:
        splits: the task's data.
        recipe: says what to hold out, and how to normalise.
        start: whose numbers networks begin with; its normalisation stays.

    Raises:
        InputError: the data leaves nothing to learn or to validate on.
    """
    if splits.validation is None:
        kept, held = hold_out(splits.train, recipe.validation_fraction, recipe.split_seed)
    else:
        kept, held = splits.train, splits.validation
        _require_every_class(kept)
    if start is None:
        normalisation = fit_normalisation(kept, recipe.input_clip)
    else:
        _require_same_data(start, kept)
        normalisation = start.header.normalisation
    return Material(
        sets=(kept, held, splits.test),
        normalisation=normalisation,
        training=make_batch(kept, normalisation, torch.float32),
        validation=make_batch(held, normalisation, torch.float32),
        start=start,
    )


def complete(recipe: Recipe, material: Material) -> Recipe:
    """A recipe with what it leaves to the data: the memory that a baseline begins with."""
    if not recipe.traits.is_baseline or recipe.memory is not None:
        return recipe
    return dataclasses.replace(recipe, memory=float(material.sets[0].lengths.max()))


def _require_same_data(start: Checkpoint, data: Sequences) -> None:
    header = start.header
    if (data.channels, len(data.classes)) != (header.channels, len(header.classes)):
        raise InputError(
            f"the data has {data.channels} channels and {len(data.classes)} classes, "
            f"the checkpoint to begin with {header.channels} and {len(header.classes)}"
        )


def _require_every_class(data: Sequences) -> None:
    if len(data.classes) < 2:
        raise InputError("the training set has only one class", hint="there is nothing to learn")
    labels = np.zeros(0, dtype=np.int64) if data.labels is None else data.labels
    counts = np.bincount(labels, minlength=len(data.classes))
    if not counts.all():
        name = data.classes[int(np.argmin(counts))]
        raise InputError(f"class '{name}' has no training sequence")
