"""Training one network, and choosing its best state on the validation set."""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from hwsim.checkpoints.header import Normalisation
from hwsim.data.sequences import Sequences
from hwsim.foundation.errors import InputError
from hwsim.training.network import Network
from hwsim.training.recipe import Recipe

_VALIDATIONS = 60
_GRADIENT_NORM = 1.0
_WARM_UP = 0.1
_SIGNAL_COST = 0.1
_CROWDING_COST = 0.1


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences as the network takes them: inputs [N, T, C], mask [N, T], labels [N]."""

    inputs: Tensor
    mask: Tensor
    labels: Tensor

    def take(self, indices: Tensor) -> Batch:
        """The sequences at `indices`."""
        return Batch(self.inputs[indices], self.mask[indices], self.labels[indices])


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """How well a network does; more accurate is greater, then less loss."""

    accuracy: float
    negative_loss: float


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A trained network in its best state, and that state's score on the validation set."""

    network: Network
    recipe: Recipe
    validation: Score


Advance = Callable[[float], None]
"""Takes how many optimiser steps have been done since it was last called."""


def make_batch(data: Sequences, normalisation: Normalisation, dtype: torch.dtype) -> Batch:
    """Normalise labelled sequences for a network of `dtype`; padding stays zero."""
    inputs = normalisation.apply(data.values) * data.mask[:, :, None]
    return Batch(
        torch.as_tensor(inputs, dtype=dtype),
        torch.as_tensor(data.mask),
        torch.as_tensor(data.labels),
    )


@torch.no_grad()
def score(network: Network, batch: Batch) -> Score:
    """Accuracy as a fraction, and the negative mean cross-entropy."""
    logits = network(batch.inputs, batch.mask)
    hits = (logits.argmax(dim=1) == batch.labels).sum().item()
    loss = nn.functional.cross_entropy(logits, batch.labels).item()
    return Score(hits / len(batch.labels), -loss)


def fit(recipe: Recipe, training: Batch, validation: Batch, classes: int, advance: Advance) -> Fit:
    """Train a network; the last word on its state is the validation set's.

    Adam on the cross-entropy, gradient norm at most 1, a tenth of the steps to warm up, then a
    cosine to zero.

    Raises:
        InputError: the loss is no longer finite.
    """
    with _one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = Network(recipe, training.inputs.shape[2], classes)
        optimiser = torch.optim.Adam(network.parameters())
        every = max(1, recipe.steps // _VALIDATIONS)
        best, state = Score(-1.0, -math.inf), copy.deepcopy(network.state_dict())
        for step, batch in enumerate(_batches(training, recipe), start=1):
            optimiser.param_groups[0]["lr"] = _learning_rate(recipe, step)
            _descend(network, optimiser, batch, recipe, step)
            network.constrain(recipe)
            if step % every == 0 or step == recipe.steps:
                now = score(network, validation)
                if now > best:
                    best, state = now, copy.deepcopy(network.state_dict())
            advance(1)
        network.load_state_dict(state)
    return Fit(network, recipe, best)


def _descend(
    network: Network, optimiser: torch.optim.Adam, batch: Batch, recipe: Recipe, step: int
) -> None:
    optimiser.zero_grad()
    loss = _loss(network, batch, recipe)
    if not math.isfinite(loss.item()):
        raise InputError(
            f"the training diverged: the loss is not finite at step {step}",
            hint="lower the learning rate, or look at the scale of the data",
        )
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), _GRADIENT_NORM)
    optimiser.step()


def _loss(network: Network, batch: Batch, recipe: Recipe) -> Tensor:
    signals = network.signals(batch.inputs)
    loss = nn.functional.cross_entropy(network.read(signals[-1], batch.mask), batch.labels)
    if recipe.signal_limit is not None:
        for signal in signals:
            excess = torch.relu(signal[batch.mask].abs() - recipe.signal_limit)
            loss = loss + _SIGNAL_COST * (excess**2).mean()
    if recipe.margin is not None:
        for crowding in network.crowding(signals, recipe.margin):
            loss = loss + _CROWDING_COST * crowding[batch.mask].mean()
    return loss


def _learning_rate(recipe: Recipe, step: int) -> float:
    """The rate at a step from 1: a line up to the peak, then half a cosine down."""
    warm_up = max(1, round(_WARM_UP * recipe.steps))
    if step <= warm_up:
        return recipe.learning_rate * step / warm_up
    progress = (step - warm_up) / max(1, recipe.steps - warm_up)
    return recipe.learning_rate * (1 + math.cos(math.pi * progress)) / 2


def _batches(training: Batch, recipe: Recipe) -> Iterator[Batch]:
    """As many noisy batches as there are steps, each epoch in a new order."""
    count = len(training.labels)
    size = min(recipe.batch, count)
    order = torch.empty(0, dtype=torch.int64)
    for _ in range(recipe.steps):
        if len(order) < size:
            order = torch.randperm(count)
        batch = training.take(order[:size])
        noise = recipe.input_noise * torch.randn_like(batch.inputs) * batch.mask[:, :, None]
        yield replace(batch, inputs=batch.inputs + noise)
        order = order[size:]


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Sums in one order on every machine; networks this small gain nothing from more threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
