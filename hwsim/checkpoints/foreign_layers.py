"""Layers of other code that the network has no place for, and what would work instead."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hwsim.foundation.errors import InputError

NETWORK = (
    "the network is: input layer, then for each block ReLU, candidate layer, cell, output layer "
    "and a skip around them, then ReLU and readout"
)

_BY_NAME = (
    (
        r"weight_g|weight_v|parametrizations",
        "a parametrised weight: bake it in before saving, with "
        "torch.nn.utils.parametrize.remove_parametrizations",
    ),
    (
        r"norm|\bbn\d*\b|\bln\d*\b|running_mean|running_var|num_batches",
        "a normalisation, which no circuit here can do: fold the scale and offset of a batch "
        "normalisation into the linear layer beside it, or train without",
    ),
    (
        r"attn|attention|[qkv]_proj|in_proj",
        "attention, which no circuit here can do: train a recurrent cell of hwsim in its place",
    ),
    (
        r"emb",
        "an embedding: with inputs of one channel a symbol, its transpose is input.weight",
    ),
    (
        r"_hh|recurrent|hidden_to_hidden|\bU\b",
        "a weight from state to candidate: the candidates of hwsim's cells depend on inputs alone; "
        "train one of those cells",
    ),
    (
        r"skip|residual|shortcut",
        "a skip: the circuit adds what goes into a block unchanged, so it can only be the "
        "identity; map it to blocks.N.skip to have it checked",
    ),
)


def refuse_foreign(surplus: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse a file with tensors that nothing in the mapping uses.

    Args:
        surplus: their shapes by name.

    Raises:
        InputError: with the name of the first layer and what would work.
    """
    if not surplus:
        return
    layers = sorted({name.rpartition(".")[0] or name for name in surplus})
    first = layers[0]
    tensors = {
        name: shape for name, shape in surplus.items() if (name.rpartition(".")[0] or name) == first
    }
    listed = ", ".join(f"{name} {list(shape)}" for name, shape in sorted(tensors.items()))
    others = f"; so have {', '.join(layers[1:])}" if len(layers) > 1 else ""
    raise InputError(
        f"the layer '{first}' ({listed}) has no place in the network: {_advice(tensors)}{others}",
        hint="map it, or list it under 'ignored' if it takes no part in the outputs",
    )


def _advice(tensors: Mapping[str, tuple[int, ...]]) -> str:
    names = " ".join(tensors)
    for pattern, advice in _BY_NAME:
        if re.search(pattern, names, re.IGNORECASE if pattern != r"\bU\b" else 0):
            return advice
    if any(len(shape) > 2 for shape in tensors.values()):
        return (
            "a convolution, which no circuit here can do: give the input layer a window of steps "
            "as channels"
        )
    return (
        f"{NETWORK}; two linear layers with nothing between them can be multiplied into one, "
        "anything more needs a network of this form"
    )
