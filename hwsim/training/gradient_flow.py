"""How much of a loss at the end of a sequence arrives at its earlier steps."""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.data.sequences import Sequences
from hwsim.training.batches import Batch, make_batch
from hwsim.training.conversion import checkpoint_network
from hwsim.training.material import Material
from hwsim.training.network import Network
from hwsim.training.recipe import Recipe

Floats = NDArray[np.float64]


def initial_network(recipe: Recipe, material: Material) -> Network:
    """The network that a training of this recipe begins with.

    Args:
        recipe: complete (`hwsim.training.material.complete`).
        material: what it would be trained on.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return Network(recipe, material.channels, len(material.classes))


def gradient_norms(network: Network, batch: Batch) -> Floats:
    """Norm of the gradient of a sequence's loss by the signal into the first block, step by step.

    The signal p_t is what the input layer makes of step t. With the readout at the last step, the
    loss depends on an earlier one through the cells' states alone, so the norm is what the
    recurrence lets through; at the last step itself the skip around the cell adds to it. Slopes of
    thresholds are the surrogates that training uses.

    Args:
        network: any; it stays as it is.
        batch: labelled sequences.

    Returns:
        Root mean square over the sequences, by the distance from their last step, [distance], in
        double precision; sequences that are shorter do not count.
    """
    exact = copy.deepcopy(network).double()
    signals = exact.signals(batch.inputs.double())
    logits = exact.read(signals[-1], batch.mask)
    loss = nn.functional.cross_entropy(logits, batch.labels, reduction="sum")
    (gradient,) = torch.autograd.grad(loss, signals[0])
    norms = gradient.norm(dim=2).numpy()
    mask = batch.mask.numpy()
    distances = mask.sum(axis=1, keepdims=True) - 1 - np.arange(mask.shape[1])
    squares = np.bincount(distances[mask], weights=norms[mask] ** 2)
    return np.asarray(np.sqrt(squares / np.bincount(distances[mask])))


def flow_at_start(recipe: Recipe, material: Material, data: Sequences) -> Floats:
    """`gradient_norms` of the network that a training begins with.

    Args:
        recipe: complete (`hwsim.training.material.complete`).
        material: what it would be trained on.
        data: labelled sequences.
    """
    batch = make_batch(data, material.normalisation, torch.float64)
    return gradient_norms(initial_network(recipe, material), batch)


def flow_of(checkpoint: Checkpoint, data: Sequences) -> Floats:
    """`gradient_norms` of a trained network.

    Args:
        checkpoint: the network.
        data: labelled sequences.
    """
    batch = make_batch(data, checkpoint.header.normalisation, torch.float64)
    return gradient_norms(checkpoint_network(checkpoint), batch)
