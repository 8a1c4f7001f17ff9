"""Training one network, and choosing its best state on the validation set."""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from hwsim.foundation.errors import InputError
from hwsim.training.batches import Batch, Batches
from hwsim.training.chip_step import ChipsOfStep, chip_loss
from hwsim.training.conversion import checkpoint_network
from hwsim.training.costs import with_crowding_cost, with_signal_cost
from hwsim.training.divergence import diverged, is_hopeless
from hwsim.training.material import Material
from hwsim.training.network import Network
from hwsim.training.recipe import Recipe
from hwsim.training.score import Score, score

_GRADIENT_NORM = 1.0
_WARM_UP = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A trained network in its best state, and that state's score on the validation set."""

    network: Network
    recipe: Recipe
    validation: Score


Advance = Callable[[float], None]
"""Takes how many optimiser steps have been done since it was last called."""

State = dict[str, Any]
"""Everything that the rest of a fit follows from: tensors, numbers, and mappings of them."""


class Shelf(Protocol):
    """Where the state of a fit is kept while it runs."""

    def load(self) -> State | None:
        """What was kept last, None when there is nothing."""

    def offer(self, fitting: Fitting) -> None:
        """Told after every step; keeps the state when it is time to."""


class NoShelf:
    """Keeps nothing."""

    def load(self) -> State | None:
        """Nothing."""
        return None

    def offer(self, fitting: Fitting) -> None:
        """Let it pass."""


def fit(recipe: Recipe, material: Material, advance: Advance, shelf: Shelf | None = None) -> Fit:
    """Train a network; the last word on its state is the validation set's.

    Adam on the cross-entropy, gradient norm at most 1, a tenth of the steps to warm up, then a
    cosine to zero.

    Args:
        recipe: the recipe.
        material: what it is trained on.
        advance: told of every step.
        shelf: where its state is kept, and where an earlier one may lie; None for nowhere.

    Raises:
        DivergedError: the loss ran away.
        InputError: the state cannot be kept, or what was kept is damaged.
    """
    shelf = shelf or NoShelf()
    with _one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        fitting = Fitting(recipe, material)
        kept = shelf.load()
        if kept is not None:
            fitting.restore(kept)
            advance(fitting.step)
        while fitting.step < recipe.steps:
            fitting.take_step()
            shelf.offer(fitting)
            advance(1)
        return fitting.best_fit()


class Fitting:
    """One network on its way, a step at a time; it can be left and taken up again anywhere.

    It draws from torch's own generator, whose state is part of its state.

    Args:
        recipe: the recipe.
        material: what it is trained on.
    """

    def __init__(self, recipe: Recipe, material: Material) -> None:
        self.recipe, self.material = recipe, material
        self.step = 0
        self.network = Network(recipe, material.channels, len(material.classes))
        if material.start is not None:
            self.network.load_state_dict(checkpoint_network(material.start).state_dict())
        self.chips = None
        if recipe.hardware is not None:
            self.chips = ChipsOfStep(recipe, recipe.hardware, self.network)
        self.optimiser = _optimiser(self.network, recipe)
        self.batches = Batches(material.training, recipe.batch, recipe.input_noise)
        self.first_loss = 0.0
        self.best = Score(-1.0, -math.inf)
        self.best_state = copy.deepcopy(self.network.state_dict())

    def take_step(self) -> None:
        """One step of the optimiser, and a look at the validation set where one is due.

        Raises:
            DivergedError: the loss ran away.
        """
        self.step += 1
        self.optimiser.param_groups[0]["lr"] = _learning_rate(self.recipe, self.step)
        self._descend(self.batches.next())
        self.network.constrain(self.recipe)
        every = max(1, self.recipe.steps // self.recipe.validations)
        if self.step % every == 0 or self.step == self.recipe.steps:
            self._validate()

    def best_fit(self) -> Fit:
        """The network in its best state."""
        network = Network(self.recipe, self.material.channels, len(self.material.classes))
        network.load_state_dict(self.best_state)
        return Fit(network, self.recipe, self.best)

    def state(self) -> State:
        """Everything that its further steps follow from."""
        return {
            "step": self.step,
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "order": self.batches.order,
            "generator": torch.get_rng_state(),
            "first_loss": self.first_loss,
            "best": (self.best.accuracy, self.best.negative_loss),
            "best_state": self.best_state,
        } | ({} if self.chips is None else {"chips": self.chips.state()})

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave.

        Raises:
            InputError: it is not the state of such a fit.
        """
        try:
            self.step = int(state["step"])
            self.network.load_state_dict(state["network"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.batches.order = state["order"]
            self.first_loss = float(state["first_loss"])
            self.best = Score(*state["best"])
            self.best_state = state["best_state"]
            if self.chips is not None:
                self.chips.restore(state["chips"])
            torch.set_rng_state(state["generator"])
        except (KeyError, TypeError, ValueError, RuntimeError):
            raise InputError(
                "what was kept of the interrupted training is not a state of it",
                hint="leave out --resume to begin anew",
            ) from None

    def _descend(self, batch: Batch) -> None:
        self.optimiser.zero_grad()
        loss = self._loss(batch)
        value = loss.item()
        if self.step == 1:
            self.first_loss = value
        self._check(value)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), _GRADIENT_NORM)
        self.optimiser.step()

    def _loss(self, batch: Batch) -> Tensor:
        if self.chips is None:
            return _loss(self.network, batch, self.recipe)
        return chip_loss(self.chips, batch, self.recipe, self.step)

    def _validate(self) -> None:
        if self.chips is None:
            now = score(self.network, self.material.validation)
        else:
            now = self.chips.score(self.material.validation)
        self._check(-now.negative_loss)
        if now > self.best:
            self.best, self.best_state = now, copy.deepcopy(self.network.state_dict())

    def _check(self, loss: float) -> None:
        if is_hopeless(loss, self.first_loss, len(self.material.classes)):
            error = diverged(self.recipe, self.material.training, self.step, loss)
            error.last_good = self.best_fit() if self.best.accuracy >= 0 else None
            raise error


def _optimiser(network: Network, recipe: Recipe) -> torch.optim.Optimizer:
    if recipe.weight_decay is None:
        return torch.optim.Adam(network.parameters(), fused=True)
    return torch.optim.AdamW(network.parameters(), weight_decay=recipe.weight_decay, fused=True)


def _loss(network: Network, batch: Batch, recipe: Recipe) -> Tensor:
    signals = network.signals(batch.inputs)
    loss = nn.functional.cross_entropy(network.read(signals[-1], batch.mask), batch.labels)
    loss = with_signal_cost(loss, signals, batch.mask, recipe)
    if recipe.margin is not None:
        crowded = network.crowding(signals, recipe.margin)
        loss = with_crowding_cost(loss, crowded, batch.mask, recipe)
    return loss


def _learning_rate(recipe: Recipe, step: int) -> float:
    """The rate at a step from 1: a line up to the peak, then half a cosine down."""
    warm_up = max(1, round(_WARM_UP * recipe.steps))
    if step <= warm_up:
        return recipe.learning_rate * step / warm_up
    progress = (step - warm_up) / max(1, recipe.steps - warm_up)
    return recipe.learning_rate * (1 + math.cos(math.pi * progress)) / 2


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Sums in one order on every machine; networks this small gain nothing from more threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
