"""How well a checkpoint's float network does on the sets of a task."""

from __future__ import annotations

import torch

from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.data.sequences import Splits
from hwsim.foundation.errors import InputError
from hwsim.training.batches import make_batch
from hwsim.training.conversion import checkpoint_network
from hwsim.training.score import score


def accuracies(checkpoint: Checkpoint, splits: Splits) -> dict[str, float]:
    """Accuracy on every set of a task, as fractions by the names of the sets.

    In double precision with the numbers of the file, as every reader of it computes.

    Raises:
        InputError: the task has other channels or another number of classes than the network.
    """
    header = checkpoint.header
    classes = len(splits.train.classes)
    if splits.train.channels != header.channels or classes != len(header.classes):
        raise InputError(
            f"the data has {splits.train.channels} channels and {classes} classes, "
            f"the network {header.channels} and {len(header.classes)}"
        )
    network = checkpoint_network(checkpoint)
    return {
        name: score(network, make_batch(part, header.normalisation, torch.float64)).accuracy
        for name, part in splits.parts().items()
    }
