"""Labelled sequences as the network takes them, a batch at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from hwsim.checkpoints.header import Normalisation
from hwsim.data.sequences import Sequences


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences as the network takes them: inputs [N, T, C], mask [N, T], labels [N]."""

    inputs: Tensor
    mask: Tensor
    labels: Tensor

    def take(self, indices: Tensor) -> Batch:
        """The sequences at `indices`."""
        return Batch(self.inputs[indices], self.mask[indices], self.labels[indices])


def make_batch(data: Sequences, normalisation: Normalisation, dtype: torch.dtype) -> Batch:
    """Normalise labelled sequences for a network of `dtype`; padding stays zero."""
    inputs = normalisation.apply(data.values) * data.mask[:, :, None]
    return Batch(
        torch.as_tensor(inputs, dtype=dtype),
        torch.as_tensor(data.mask),
        torch.as_tensor(data.labels),
    )


class Batches:
    """Noisy batches without end, each epoch in a new order.

    Args:
        training: what they are drawn from, without replacement.
        size: sequences of a batch, at most as many as there are.
        noise: standard deviation of the noise on the inputs.
    """

    def __init__(self, training: Batch, size: int, noise: float) -> None:
        self.training = training
        self.size = min(size, len(training.labels))
        self.noise = noise
        self.order = torch.empty(0, dtype=torch.int64)
        """What is left of this epoch, in the order in which it will be taken."""

    def next(self) -> Batch:
        """Draw the next one."""
        if len(self.order) < self.size:
            self.order = torch.randperm(len(self.training.labels))
        batch = self.training.take(self.order[: self.size])
        noise = self.noise * torch.randn_like(batch.inputs) * batch.mask[:, :, None]
        self.order = self.order[self.size :]
        return replace(batch, inputs=batch.inputs + noise)
