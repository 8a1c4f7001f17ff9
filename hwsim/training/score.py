"""How well a network does on labelled sequences."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from hwsim.training.batches import Batch
from hwsim.training.network import Network


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """How well a network does; more accurate is greater, then less loss."""

    accuracy: float
    negative_loss: float


@torch.no_grad()
def score(network: Network, batch: Batch) -> Score:
    """Accuracy as a fraction, and the negative mean cross-entropy."""
    logits = network(batch.inputs, batch.mask)
    hits = (logits.argmax(dim=1) == batch.labels).sum().item()
    loss = nn.functional.cross_entropy(logits, batch.labels).item()
    return Score(hits / len(batch.labels), -loss)
