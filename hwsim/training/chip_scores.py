"""How a checkpoint's float network does as many chips, and how steady its cells are in noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.chips.population import Population
from hwsim.data.sequences import Sequences
from hwsim.foundation.errors import InputError
from hwsim.training.batches import Batch, make_batch
from hwsim.training.chip_network import ChipNetwork, chip_hits, deviating
from hwsim.training.conversion import checkpoint_network, network_numbers
from hwsim.training.deviations import Numbers, PlainMismatch
from hwsim.training.fit import Advance

Floats = NDArray[np.float64]

_AT_A_TIME = 10
"""Chips: more of them leave the caches of a core."""


@dataclass(frozen=True, slots=True, eq=False)
class CellRuns:
    """The cells of one block of one chip over the valid steps, all [step, unit].

    Attributes:
        candidates: without noise, as the thresholds see them.
        noisy: the same with noise.
        states: without noise, in levels.
        changed: with noise.
        distances: of the candidates from their nearer threshold.
        places: of the steps in their recordings, from 0, [step].
    """

    candidates: Floats
    noisy: Floats
    states: Floats
    changed: Floats
    distances: Floats
    places: NDArray[np.int64]


class ChipRuns:
    """A checkpoint's float network on labelled sequences, as chips with every number a little off.

    In single precision, as it was trained.

    Args:
        checkpoint: the network.
        data: of its channels and classes.

    Raises:
        InputError: a cell that has no chips, or data of other channels or classes.
    """

    def __init__(self, checkpoint: Checkpoint, data: Sequences) -> None:
        header = checkpoint.header
        if (data.channels, len(data.classes)) != (header.channels, len(header.classes)):
            raise InputError(
                f"the data has {data.channels} channels and {len(data.classes)} classes, "
                f"the network {header.channels} and {len(header.classes)}"
            )
        network = checkpoint_network(checkpoint).float()
        self._network = ChipNetwork(network)
        self._batch: Batch = make_batch(data, header.normalisation, torch.float32)
        self._numbers: Numbers = {
            name: number.detach() for name, number in network_numbers(network).items()
        }
        self._mismatch = PlainMismatch()

    def accuracies(
        self, chips: Population, noise: float = 0.0, advance: Advance = lambda _chips: None
    ) -> Floats:
        """Accuracy of every chip, as a fraction, [chip].

        Args:
            chips: which; their `mismatch_scale` is the relative standard deviation of a number.
            noise: of every candidate of every step, over the rms candidate of that cell.
            advance: told how many chips have been run.
        """
        found = []
        with torch.random.fork_rng(devices=[]):
            # Equal chips are not told apart by their numbers, only by what noise does to each.
            for part in chips.batches(_AT_A_TIME if chips.mismatch_scale else 1):
                torch.manual_seed((chips.seed + part.first) % 2**63)
                hits = chip_hits(self._network, self._drawn(part), self._batch, noise=noise)
                found.append(hits.double().mean(dim=1).numpy())
                advance(part.count)
        return np.concatenate(found)

    @torch.no_grad()
    def cell_runs(self, chips: Population, chip: int, noise: float) -> tuple[CellRuns, ...]:
        """One chip with and without noise, by block.

        Args:
            chips: of which it is one.
            chip: position among them.
            noise: as of `accuracies`.
        """
        numbers = self._drawn(chips.chip(chip))
        quiet = self._network.signals(self._batch, numbers)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed((chips.seed + chips.first + chip) % 2**63)
            noisy = self._network.signals(self._batch, numbers, noise=noise)
        distances = self._network.distances(quiet, numbers)
        steps = self._network.steps(numbers)
        places = self._batch.mask.nonzero()[:, 1].numpy()
        return tuple(
            CellRuns(
                candidates=self._valid(quiet.candidates[block]),
                noisy=self._valid(noisy.candidates[block]),
                states=self._valid(quiet.states[block] / steps[block]),
                changed=self._valid(noisy.states[block] / steps[block]),
                distances=self._valid(distances[block]),
                places=places,
            )
            for block in range(len(distances))
        )

    def _drawn(self, chips: Population) -> Numbers:
        return deviating(self._numbers, self._mismatch.draw(self._numbers, chips))

    def _valid(self, signals: torch.Tensor) -> Floats:
        one = signals.reshape(*self._batch.mask.shape, -1)
        return np.asarray(one[self._batch.mask].double().numpy())
