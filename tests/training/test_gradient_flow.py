"""Gradients through time against a plain loop that autograd goes through step by step."""

import numpy as np
import pytest
import torch
from torch import nn

from hwsim.cells.surrogate_torch import ternary_steps
from hwsim.training.batches import make_batch
from hwsim.training.fit import Fitting
from hwsim.training.gradient_flow import flow_at_start, gradient_norms, initial_network
from hwsim.training.material import complete, prepare
from hwsim.training.recipe import Recipe


def start(splits, kind, **changes):
    recipe = Recipe(cell=kind, units=3, readout="last", beta=0.3, seed=4, **changes)
    material = prepare(splits, recipe)
    return recipe, material


def looped(network, inputs, length, recurrence):
    """Norms of one sequence, from its last step back: every step is a tensor of its own."""
    cell = network.cells()[0]
    signals = [network.input(one).detach().requires_grad_() for one in inputs[:length]]
    state = torch.zeros(3, dtype=torch.float64)
    for signal in signals:
        state = recurrence(cell, torch.relu(signal), state)
    end = signals[-1] + network.blocks[0].output(state)
    logits = network.readout(torch.relu(end))
    return signals, logits


def cmru(cell, inputs, state):
    steps = ternary_steps(cell.candidate(inputs), cell.beta())
    return state + cell.alpha() * steps


def saturating(cell, inputs, state):
    alpha = cell.alpha()
    steps = ternary_steps(cell.candidate(inputs), cell.beta())
    return alpha * (state / alpha + steps).clamp(-1, 1)


@pytest.mark.parametrize(
    ("kind", "recurrence", "changes"),
    [("cmru", cmru, {}), ("saturating_cmru", saturating, {"levels_half": 1})],
)
def test_norms_are_those_of_a_plain_loop(splits, kind, recurrence, changes):
    recipe, material = start(splits, kind, **changes)
    data = splits.test.take(range(6))
    batch = make_batch(data, material.normalisation, torch.float64)
    network = initial_network(recipe, material).double()
    squares = {}
    for inputs, length, label in zip(batch.inputs, data.lengths, batch.labels, strict=True):
        signals, logits = looped(network, inputs, length, recurrence)
        loss = nn.functional.cross_entropy(logits[None], label[None])
        found = torch.autograd.grad(loss, signals)
        for distance, gradient in enumerate(reversed(found)):
            squares.setdefault(distance, []).append(float(gradient.norm() ** 2))
    expected = [np.sqrt(np.mean(squares[distance])) for distance in range(max(data.lengths))]
    found = flow_at_start(recipe, material, data)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert (found > 0).all()


def test_looking_changes_nothing(splits):
    recipe, material = start(splits, "cmru")
    network = initial_network(recipe, material)
    before = [parameter.clone() for parameter in network.parameters()]
    gradient_norms(network, material.training)
    for old, new in zip(before, network.parameters(), strict=True):
        assert new.dtype == torch.float32
        assert new.grad is None
        assert torch.equal(old, new)


def test_it_is_the_network_that_a_training_begins_with(splits):
    recipe = Recipe(cell="mingru", units=3, seed=4)
    material = prepare(splits, recipe)
    recipe = complete(recipe, material)
    torch.manual_seed(recipe.seed)
    begun = Fitting(recipe, material).network
    torch.manual_seed(99)
    ours = initial_network(recipe, material)
    for one, other in zip(begun.parameters(), ours.parameters(), strict=True):
        assert torch.equal(one, other)
