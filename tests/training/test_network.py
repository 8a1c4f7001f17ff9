"""The backbone against a few lines of NumPy, and back from a checkpoint's numbers."""

import numpy as np
import pytest
import torch

from hwsim.cells.kinds import KINDS
from hwsim.cells.saturating_cmru import saturating_cmru_levels
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import CheckpointHeader
from hwsim.training.conversion import checkpoint_network, network_tensors
from hwsim.training.network import Network
from hwsim.training.recipe import Recipe

LENGTHS = np.array([5, 2, 3])


def recipe(kind="saturating_cmru", **changes):
    levels_half = 2 if KINDS[kind].has_levels else None
    return Recipe(**({"cell": kind, "units": 4, "blocks": 2, "levels_half": levels_half} | changes))


def network(kind="saturating_cmru", **changes):
    torch.manual_seed(3)
    return Network(recipe(kind, **changes), channels=3, classes=2)


def batch():
    inputs = torch.randn(3, 5, 3, generator=torch.Generator().manual_seed(1)) * 2
    return inputs, torch.arange(5) < torch.tensor(LENGTHS)[:, None]


def checkpoint(net, kind, **changes):
    header = CheckpointHeader(
        cell={"kind": kind, "levels_half": 2 if KINDS[kind].has_levels else None},
        channels=3,
        units=4,
        blocks=2,
        classes=("a", "b"),
        readout=changes.get("readout", "mean"),
        task="toy",
        normalisation={"mean": (0.0,) * 3, "scale": (1.0,) * 3},
        metrics={"train": 1.0, "validation": 1.0, "test": 1.0},
        seed=0,
        versions={"hwsim": "0", "torch": "2", "numpy": "2", "python": "3"},
        recipe={},
        command="",
    )
    return Checkpoint(header, network_tensors(net))


def defined_logits(tensors, inputs, readout):
    def affine(name, values):
        return values @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    p = affine("input", inputs.astype(float))
    for block in ("blocks.0", "blocks.1"):
        candidates = affine(f"{block}.candidate", np.maximum(p, 0))
        levels = saturating_cmru_levels(candidates, tensors[f"{block}.cell.beta"], 2)
        p = p + affine(f"{block}.output", tensors[f"{block}.cell.alpha"] * levels)
    outputs = affine("readout", np.maximum(p, 0))
    if readout == "last":
        return np.stack([row[n - 1] for row, n in zip(outputs, LENGTHS, strict=True)])
    return np.stack([row[:n].mean(axis=0) for row, n in zip(outputs, LENGTHS, strict=True)])


@pytest.mark.parametrize("readout", ["mean", "last"])
def test_the_backbone_is_its_equations(readout):
    net = network(readout=readout)
    inputs, mask = batch()
    logits = net(inputs, mask).detach().numpy()
    tensors = checkpoint(net, "saturating_cmru").tensors
    np.testing.assert_allclose(logits, defined_logits(tensors, inputs.numpy(), readout), atol=1e-5)


@pytest.mark.parametrize("readout", ["mean", "last"])
def test_padding_does_not_count(readout):
    net = network(readout=readout)
    inputs, mask = batch()
    dirty = torch.where(mask[:, :, None], inputs, torch.tensor(1e3))
    torch.testing.assert_close(net(dirty, mask), net(inputs, mask))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("readout", ["mean", "last"])
def test_a_checkpoint_gives_the_network_back(kind, readout):
    net = network(kind, readout=readout)
    back = checkpoint_network(checkpoint(net, kind, readout=readout))
    inputs, mask = batch()
    torch.testing.assert_close(
        back(inputs.double(), mask), net(inputs, mask).double(), atol=1e-5, rtol=1e-5
    )
    for name, tensor in network_tensors(back).items():
        np.testing.assert_allclose(tensor, network_tensors(net)[name], rtol=1e-6)


def test_signals_end_with_the_outputs():
    inputs, _ = batch()
    shapes = [tuple(signal.shape) for signal in network().signals(inputs)]
    assert shapes == [(3, 5, 4), (3, 5, 4), (3, 5, 4), (3, 5, 2)]


def test_constraints_hold_weights_and_windows():
    net = network("fq_bmru", beta_low_ratio=0.1)
    net.constrain(recipe("fq_bmru", weight_clip=0.05, beta_low_floor=0.3))
    tensors = network_tensors(net)
    linear = [tensor for name, tensor in tensors.items() if ".cell." not in name]
    assert max(np.abs(tensor).max() for tensor in linear) == pytest.approx(0.05)
    ratio = tensors["blocks.0.cell.beta_low"] / tensors["blocks.0.cell.beta"]
    np.testing.assert_allclose(ratio, 0.3, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gain_scales_every_weight_matrix_and_nothing_else(kind):
    plain, scaled = network(kind), network(kind, weight_gain=3.0)
    for before, after in zip(plain.parameters(), scaled.parameters(), strict=True):
        torch.testing.assert_close(after, before * (3.0 if before.dim() > 1 else 1.0))
