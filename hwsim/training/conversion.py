"""Between a trainable network and the numbers of a checkpoint."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hwsim.cells.cell_torch import Positive, RecurrentCell
from hwsim.cells.fq_bmru_torch import FqBmru
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.tensors import Tensors
from hwsim.training.network import Network
from hwsim.training.recipe import Recipe


def network_numbers(network: Network) -> dict[str, Tensor]:
    """A network's numbers under the names that a checkpoint gives them, as they are trained."""
    values = _linear_parameters(network)
    for index, cell in enumerate(network.cells()):
        for name, vector in (cell.vectors() | cell.plain_parameters()).items():
            values[f"blocks.{index}.cell.{name}"] = vector
    return values


def network_tensors(network: Network) -> dict[str, NDArray[np.float64]]:
    """A network's numbers as a checkpoint holds them."""
    numbers = network_numbers(network)
    return {name: value.detach().double().numpy() for name, value in numbers.items()}


def network_from_tensors(recipe: Recipe, channels: int, classes: int, tensors: Tensors) -> Network:
    """The network of a recipe's sizes with given numbers, in double precision."""
    network = Network(recipe, channels, classes).double()
    with torch.no_grad():
        for name, parameter in _linear_parameters(network).items():
            parameter.copy_(torch.tensor(tensors[name]))
        for index, cell in enumerate(network.cells()):
            prefix = f"blocks.{index}.cell."
            _set_vectors(cell, prefix, tensors)
            for name, parameter in cell.plain_parameters().items():
                parameter.copy_(torch.tensor(tensors[prefix + name]))
    return network


def checkpoint_network(checkpoint: Checkpoint) -> Network:
    """The network of a checkpoint, in double precision, for more training or to be scored."""
    header = checkpoint.header
    recipe = Recipe(
        cell=header.cell.kind,
        units=header.units,
        blocks=header.blocks,
        levels_half=header.cell.levels_half,
        readout=header.readout,
    )
    return network_from_tensors(recipe, header.channels, len(header.classes), checkpoint.tensors)


def _linear_parameters(network: Network) -> dict[str, Tensor]:
    """Weights and biases by checkpoint name; a cell's candidate layer counts as its block's."""
    found = {}
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Linear):
            stored = name.replace(".cell.candidate", ".candidate")
            found[f"{stored}.weight"], found[f"{stored}.bias"] = layer.weight, layer.bias
    return found


def _set_vectors(cell: RecurrentCell, prefix: str, tensors: Tensors) -> None:
    for name, module in cell.named_children():
        if isinstance(module, Positive):
            value = torch.tensor(tensors[prefix + name])
            # The inverse of softplus, in the form that does not overflow.
            module.raw.copy_(value + torch.log(-torch.expm1(-value)))
    if isinstance(cell, FqBmru):
        ratio = tensors[f"{prefix}beta_low"] / tensors[f"{prefix}beta"]
        cell.ratio.copy_(torch.logit(torch.tensor(ratio)))
