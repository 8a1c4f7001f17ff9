"""From a task and a recipe to a checkpoint: several seeds, one winner, one look at the test set."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

import hwsim
from hwsim.cells.compiled_torch import scan_compiler
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import CellHeader, CheckpointHeader, Metrics, Versions
from hwsim.data.sequences import Splits
from hwsim.training.batches import make_batch
from hwsim.training.conversion import network_from_tensors, network_tensors
from hwsim.training.divergence import DivergedError
from hwsim.training.fine_tuning import require_same_network
from hwsim.training.fit import Advance, Fit, fit
from hwsim.training.material import Material, complete, prepare
from hwsim.training.recipe import Recipe
from hwsim.training.run_folder import Identity, RunFolder
from hwsim.training.score import Score, score


@dataclass(frozen=True, slots=True)
class Contender:
    """One seed's network as the choice saw it: on the validation set."""

    seed: int
    validation: Score


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """What a training gave: the network that was kept, and every seed that stood for it."""

    checkpoint: Checkpoint
    contenders: tuple[Contender, ...]


def train(
    task: str,
    splits: Splits,
    recipe: Recipe,
    *,
    seeds: int = 1,
    command: str = "",
    advance: Advance = lambda _steps: None,
    keep: RunFolder | None = None,
    start: Checkpoint | None = None,
) -> Training:
    """Train a recipe from several seeds and keep the best of them by validation accuracy.

    Equal accuracies are told apart by validation loss. The test set is used once, to score the
    network that was kept.

    Args:
        task: the task's name, for the record.
        splits: the task's data.
        recipe: the recipe; its seed is the first.
        seeds: how many consecutive seeds to try, at least 1.
        command: what the user ran, for the record.
        advance: told of every optimiser step, of which there are `seeds` times the recipe's.
        keep: where states are kept and, to resume, taken from; None for nowhere. A training that
            diverges clears it; who has kept the checkpoint of another one does.
        start: whose numbers every seed begins with; of the recipe's cell and sizes.

    Raises:
        DivergedError: the loss of a seed ran away; it holds the best checkpoint until then.
        InputError: the data leaves nothing to learn or to validate on, or there is nothing to
            resume.
    """
    material = prepare(splits, recipe, start)
    recipe = complete(recipe, material)
    if start is not None:
        require_same_network(recipe, start.header)
        recipe = dataclasses.replace(recipe, start=start.content_hash)
    recipes = [dataclasses.replace(recipe, seed=recipe.seed + index) for index in range(seeds)]
    if keep is not None:
        keep.open(_identity(task, material, recipe))
    fits: list[Fit] = []
    try:
        for one in recipes:
            shelf = None if keep is None else keep.shelf(one.seed)
            fits.append(fit(one, material, advance, shelf))
    except DivergedError as error:
        good = [*fits, error.last_good] if error.last_good else fits
        error.checkpoint = _checkpoint(task, _best(good), material, command) if good else None
        if keep is not None:
            keep.clear()
        raise
    checkpoint = _checkpoint(task, _best(fits), material, command)
    return Training(checkpoint, tuple(Contender(one.recipe.seed, one.validation) for one in fits))


def _best(fits: Sequence[Fit]) -> Fit:
    return max(fits, key=lambda one: one.validation)


def _identity(task: str, material: Material, recipe: Recipe) -> Identity:
    """What a training must share with an interrupted one to go on with it; seeds may be added."""
    numbers = {name: value for name, value in recipe.numbers().items() if name != "seed"}
    return {
        **numbers,
        "task": task,
        "data": material.content_hash,
        "hwsim": hwsim.__version__,
        "torch": torch.__version__,
        "numba": scan_compiler() or "none",
    }


def _checkpoint(task: str, best: Fit, material: Material, command: str) -> Checkpoint:
    tensors = network_tensors(best.network)
    # Scored in double precision with the numbers of the file, as every later reader will.
    network = network_from_tensors(best.recipe, material.channels, len(material.classes), tensors)
    training, validation, test = (
        score(network, make_batch(part, material.normalisation, torch.float64)).accuracy
        for part in material.sets
    )
    metrics = Metrics(train=training, validation=validation, test=test)
    return fitted_checkpoint(task, best, material, metrics, command)


def fitted_checkpoint(
    task: str, best: Fit, material: Material, metrics: Metrics, command: str = ""
) -> Checkpoint:
    """The checkpoint of a network that was fitted.

    Args:
        task: the task's name, for the record.
        best: the network in its best state.
        material: what it was fitted to.
        metrics: its accuracies, for the record.
        command: what the user ran, for the record.
    """
    recipe = best.recipe
    header = CheckpointHeader(
        cell=CellHeader(kind=recipe.cell, levels_half=recipe.levels_half),
        channels=material.channels,
        units=recipe.units,
        blocks=recipe.blocks,
        classes=material.classes,
        readout=recipe.readout,
        task=task,
        normalisation=material.normalisation,
        metrics=metrics,
        seed=recipe.seed,
        versions=Versions(
            hwsim=hwsim.__version__,
            torch=torch.__version__,
            numpy=np.__version__,
            python=platform.python_version(),
            numba=scan_compiler(),
        ),
        recipe=recipe.numbers(),
        command=command,
    )
    return Checkpoint(header, network_tensors(best.network))
