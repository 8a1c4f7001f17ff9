"""The chips that a step of a training learns from, and those that a state is judged on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from hwsim.chips.population import Population
from hwsim.training.batches import Batch
from hwsim.training.chip_network import ChipNetwork, ChipSignals, cross_entropy, deviating
from hwsim.training.circuit_chips import CircuitChips
from hwsim.training.conversion import network_numbers
from hwsim.training.costs import with_crowding_cost, with_signal_cost
from hwsim.training.deviations import Deviations, Numbers, PlainMismatch
from hwsim.training.draft import Drafts, straight_through
from hwsim.training.hardware import Hardware
from hwsim.training.network import Network
from hwsim.training.nodes import Nodes
from hwsim.training.recipe import Recipe
from hwsim.training.score import Score

_TRAINING_SEEDS = 2**62
_VALIDATION_SEED = 2**63
"""Far from what a user writes: no chip of an evaluation has been learned from."""


class ChipsOfStep:
    """Chips of a network while it is trained.

    The chips of step n are the same whatever was computed before it, so a training can be taken up
    anywhere; of circuits, they follow from the numbers that the network had at the last redesign.

    Args:
        recipe: of the training.
        hardware: what it knows of the hardware.
        network: that is trained.

    Raises:
        InputError: a cell without chips, an unknown technology, or a template without datasheet.
    """

    def __init__(self, recipe: Recipe, hardware: Hardware, network: Network) -> None:
        self.network = ChipNetwork(network)
        self._hardware = hardware
        self._seed = _TRAINING_SEEDS + recipe.seed
        self._plain = PlainMismatch()
        self._drafts: Drafts | None = None
        self._circuits: CircuitChips | None = None
        if hardware.is_circuit:
            channels, classes = network.input.in_features, network.readout.out_features
            self._drafts = Drafts(recipe, channels, classes, hardware.options)
        if hardware.technology is not None and self._drafts is not None:
            self._circuits = CircuitChips(self._drafts)
            self._circuits.nodes(self._detached())
        self._designed_at = 0
        self._designed: dict[str, Tensor] = {}
        self._pool: Deviations | None = None
        self._nodes: Nodes | None = None

    def numbers(self, step: int) -> Numbers:
        """Numbers of the chips of a step, from 1, with gradients to the network's parameters."""
        hardware = self._hardware
        exact = self._laid_out()
        found = self._of_circuits(step)
        first = (step - 1) * hardware.chips
        chips = Population(self._seed, hardware.chips, first, hardware.mismatch)
        return deviating(exact, _both(found, self._plain.draw(exact, chips)))

    @property
    def nodes(self) -> Nodes | None:
        """How nodes move, as of the last redesign."""
        return self._nodes

    @property
    def noise(self) -> float:
        """Of candidates, over their rms."""
        return self._hardware.noise

    def with_clearance_cost(
        self, loss: Tensor, signals: ChipSignals, numbers: Numbers, batch: Batch
    ) -> Tensor:
        """Add what candidates within the clearance of a threshold cost, over valid steps."""
        clearance = self._hardware.clearance
        if clearance is not None:
            for close in self.network.closeness(signals, numbers, batch.mask, clearance):
                loss = loss + self._hardware.clearance_weight * close[..., batch.mask, :].mean()
        return loss

    @torch.no_grad()
    def score(self, batch: Batch) -> Score:
        """Mean accuracy and negative loss over fixed chips, each drawn of the network as it is."""
        hardware = self._hardware
        count = hardware.validation_chips
        exact = {name: value.detach() for name, value in self._laid_out().items()}
        nodes, found = None, None
        if self._circuits is not None:
            chips = Population(_VALIDATION_SEED, count, mismatch_scale=hardware.mismatch_scale)
            nodes, found = self._circuits.nodes(exact), self._circuits.draw(exact, chips)
        plain = Population(_VALIDATION_SEED, count, mismatch_scale=hardware.mismatch)
        numbers = deviating(exact, _both(found, self._plain.draw(exact, plain)))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            signals = self.network.signals(batch, numbers, noise=hardware.noise, nodes=nodes)
        logits = self.network.logits(signals.outputs, batch.mask)
        accuracy = (logits.argmax(dim=-1) == batch.labels).double().mean().item()
        return Score(accuracy, -cross_entropy(logits, batch.labels).item())

    def state(self) -> dict[str, Any]:
        """What its further chips follow from."""
        return {"designed_at": self._designed_at, "designed": dict(self._designed)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        if state["designed_at"]:
            self._redesign(int(state["designed_at"]), state["designed"])

    def _laid_out(self) -> dict[str, Tensor]:
        """The network's numbers, rounded to those of the circuit where bits are given."""
        numbers = network_numbers(self.network.network)
        if self._hardware.bits is None or self._drafts is None:
            return numbers
        return straight_through(numbers, self._drafts.design(numbers))

    def _of_circuits(self, step: int) -> Deviations | None:
        if self._circuits is None:
            return None
        place = (step - 1) % self._hardware.redesign
        if place == 0:
            self._redesign(step, self._detached())
        first = place * self._hardware.chips
        pool = self._pool
        return None if pool is None else pool.take(first, self._hardware.chips)

    def _redesign(self, step: int, numbers: dict[str, Tensor]) -> None:
        if self._circuits is None:
            return
        self._designed_at, self._designed = step, numbers
        hardware = self._hardware
        count = hardware.redesign * hardware.chips
        chips = Population(self._seed, count, (step - 1) * hardware.chips, hardware.mismatch_scale)
        self._pool = self._circuits.draw(numbers, chips)
        self._nodes = self._circuits.nodes(numbers)

    def _detached(self) -> dict[str, Tensor]:
        numbers = network_numbers(self.network.network)
        return {name: value.detach().clone() for name, value in numbers.items()}


def chip_loss(chips: ChipsOfStep, batch: Batch, recipe: Recipe, step: int) -> Tensor:
    """Loss of a batch over the chips of a step, costs of signals and candidates included.

    Args:
        chips: of the training.
        batch: that every chip runs.
        recipe: of the training.
        step: from 1.
    """
    numbers = chips.numbers(step)
    network = chips.network
    signals = network.signals(batch, numbers, noise=chips.noise, nodes=chips.nodes)
    loss = cross_entropy(network.logits(signals.outputs, batch.mask), batch.labels)
    loss = with_signal_cost(loss, (*signals.p, signals.outputs), batch.mask, recipe)
    if recipe.margin is not None:
        crowded = network.crowding(signals, numbers, recipe.margin)
        loss = with_crowding_cost(loss, crowded, batch.mask, recipe)
    return chips.with_clearance_cost(loss, signals, numbers, batch)


def _both(one: Deviations | None, other: Deviations | None) -> Deviations | None:
    if one is None or other is None:
        return one or other
    return one.and_also(other)
