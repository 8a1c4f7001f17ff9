"""Chips from datasheets: the network with their numbers is the behavioural engine's circuit."""

import itertools

import numpy as np
import pytest
import torch

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.devices import chip_devices
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import load_circuits
from hwsim.data.tasks import load_task
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.engines.effects import NOTHING_ELSE, Effects
from hwsim.foundation.assets import shipped
from hwsim.training.batches import make_batch
from hwsim.training.chip_network import ChipNetwork
from hwsim.training.circuit_chips import CircuitChips
from hwsim.training.conversion import checkpoint_network, network_numbers
from hwsim.training.draft import Drafts, straight_through
from hwsim.training.hardware import Hardware
from hwsim.training.recipe import Recipe

MODELS = {
    "saturating_cmru": "japanese_vowels_cmru_k3_d8",
    "fq_bmru": "japanese_vowels_fq_bmru_d8",
}
CHIPS = Population(seed=3, count=3)


@pytest.fixture(scope="module", params=MODELS)
def shipped_network(request):
    checkpoint = load_checkpoint(shipped("models") / f"{MODELS[request.param]}.safetensors")
    network = checkpoint_network(checkpoint)
    _, splits = load_task("japanese_vowels")
    data = splits.test.take(range(0, 60, 6))
    batch = make_batch(data, checkpoint.header.normalisation, torch.float64)
    header = checkpoint.header
    recipe = Recipe(cell=header.cell.kind, units=8, levels_half=header.cell.levels_half)
    drafts = Drafts(recipe, header.channels, len(header.classes), Hardware(bits=6).options)
    numbers = {name: value.detach() for name, value in network_numbers(network).items()}
    return checkpoint, network, drafts, numbers, data, batch


@pytest.fixture(scope="module")
def run(shipped_network):
    """The signals of drawn chips, and what the engine computes of the same, in software units."""
    checkpoint, network, drafts, numbers, data, batch = shipped_network
    design = drafts.design(numbers).model_copy(update={"inputs": checkpoint.header.normalisation})
    circuits = load_circuits(design)
    source = CircuitChips(drafts)
    exact = straight_through(numbers, design)
    chips = source.draw(exact, CHIPS).applied(exact)

    def both(effects):
        model = chip_model(
            design, circuits, CHIPS, effects=effects, datasheets=datasheets_of(circuits)
        )
        nodes = source.nodes(exact) if effects.output_resistance else None
        signals = ChipNetwork(network).signals(batch, chips, nodes=nodes)
        traces = [BehaviouralEngine(model, CHIPS, chip).run(design, data) for chip in range(3)]
        pairs = {
            "hidden": signals.p[0],
            "cells_1": signals.candidates[0],
            "sum_1": signals.p[1],
            "logits": signals.outputs,
        }
        found = {}
        for name, ours in pairs.items():
            scale = np.asarray(design.stage(name).row_scale) * design.operating.unit_current
            theirs = np.stack([trace.stages[name].current / scale for trace in traces])
            kept = ours.detach().numpy()[:, data.mask]
            # Rectifiers have no line for the other sign.
            is_rectified = design.stage(name).kind in ("relu", "fq_bmru")
            found[name] = np.maximum(kept, 0) if is_rectified else kept, theirs[:, data.mask]
        return found

    return both


def test_it_is_the_circuit_of_the_behavioural_engine(run):
    """With gains, biases, thresholds and levels alone: two computations of one circuit."""
    for name, (ours, theirs) in run(NOTHING_ELSE).items():
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7, err_msg=name)


def test_output_resistance_is_most_of_what_the_engine_makes_of_it(run):
    """The engine also bends gains at other currents, and drives diodes a little off half supply."""
    without, with_it = (
        run(NOTHING_ELSE)["hidden"],
        run(Effects(False, True, False, False))["hidden"],
    )
    ours, theirs = (change - plain for change, plain in zip(with_it, without, strict=True))
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.9
    assert 0.5 < ours.std() / theirs.std() < 1.0


def test_weights_spread_by_the_number_of_their_unit_transistors(shipped_network):
    """Of two sources on one line, all but their own transistors cancels.

    By Pelgrom, the variance of ln(g / g') is s^2 (1 / k + 1 / k') for k and k' unit transistors,
    with s the deviation of one.
    """
    _, _, drafts, numbers, _, _ = shipped_network
    design = drafts.design(numbers)
    circuits = load_circuits(design)
    gains = CircuitChips(drafts).draw(numbers, Population(seed=8, count=600)).gains
    logarithms = gains["readout.weight"].log().numpy()
    units = np.asarray(design.stages[-1].connections[0].units)
    measured, meant = [], []
    for column in range(units.shape[1]):
        rows = np.flatnonzero(units[:, column] > 0)
        for one, other in itertools.pairwise(rows):
            difference = logarithms[:, one, column] - logarithms[:, other, column]
            measured.append(difference.var())
            meant.append(1 / units[one, column] + 1 / units[other, column])
    assert len(meant) > 10
    measured, meant = np.array(measured), np.array(meant)
    assert np.ptp(meant) > 0.1
    expected = unit_variance(design, circuits) * meant
    np.testing.assert_allclose(measured, expected, rtol=0.35)
    assert np.mean(measured / expected) == pytest.approx(1, abs=0.04)


def unit_variance(design, circuits):
    """Of the logarithm of the gain of a source of one unit transistor."""
    sensitivities = datasheets_of(circuits)["mirror"].sensitivities["gain_source"]
    sizes = {each.name: each for each in chip_devices(design, circuits) if each.kind == "mirror"}
    total = 0.0
    for name, each in sensitivities.items():
        if name.startswith("source."):
            device = sizes[name]
            spread = circuits.technology.mismatch.spread(device.type, device.width, device.length)
            total += (each.dvth * spread.vth) ** 2 + (each.dbeta * spread.beta) ** 2
    return total
