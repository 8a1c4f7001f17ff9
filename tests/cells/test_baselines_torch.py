"""The trainable baselines against their NumPy definitions, and how they begin."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.cells.gru import gru_states
from hwsim.cells.gru_torch import Gru
from hwsim.cells.kinds import KINDS
from hwsim.cells.lru import lru_states
from hwsim.cells.lru_torch import Lru
from hwsim.cells.mingru import mingru_states
from hwsim.cells.mingru_torch import MinGru
from hwsim.cells.slow_gates_torch import slow_gates

CELLS = {"lru": Lru, "mingru": MinGru, "gru": Gru}


def made(kind, units=4, memory=20.0, seed=0):
    torch.manual_seed(seed)
    return CELLS[kind](units, memory=memory).double()


def numbers(cell):
    return {name: value.detach().numpy() for name, value in cell.plain_parameters().items()}


def affine(layer, u):
    return u @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()


def defined_states(cell, u):
    match cell:
        case Lru():
            return lru_states(u, numbers(cell))
        case MinGru():
            return mingru_states(affine(cell.candidate, u), affine(cell.gate, u))
        case Gru():
            return gru_states(u, numbers(cell))


@settings(deadline=None, max_examples=30)
@given(kind=st.sampled_from(list(CELLS)), seed=st.integers(0, 2**31), length=st.integers(1, 60))
def test_modules_equal_their_definitions(kind, seed, length):
    cell = made(kind, seed=seed)
    u = np.random.default_rng(seed).exponential(size=(3, length, 4))
    states = cell(torch.tensor(u)).detach().numpy()
    np.testing.assert_allclose(states, defined_states(cell, u), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", CELLS)
def test_everything_learns_and_is_in_the_table(kind):
    cell = made(kind)
    assert cell.kind == kind
    (cell(torch.rand(3, 20, 4, dtype=torch.float64)) ** 2).sum().backward()
    for name, parameter in cell.named_parameters():
        assert parameter.grad.abs().sum() > 0, name
    count = sum(math.prod(4 * n for n in shape) for shape in KINDS[kind].tensors.values())
    count += 4 * 5 * KINDS[kind].has_candidate
    assert sum(parameter.numel() for parameter in cell.parameters()) == count


def test_definitions_on_numbers_to_follow_by_hand():
    gates = np.array([[0.0], [50.0], [-50.0]])
    assert mingru_states(np.array([[2.0], [7.0], [9.0]]), gates).ravel() == pytest.approx([1, 7, 7])
    quarter_turn = {
        "nu_log": [math.log(math.log(2))],  # lambda = i / 2
        "theta_log": [math.log(math.pi / 2)],
        "gamma_log": [math.log(3)],
        "input_real": [[1.0]],
        "input_imaginary": [[0.0]],
        "output_real": [[1.0]],
        "output_imaginary": [[0.0]],
        "direct": [10.0],
    }
    impulse = np.array([[1.0], [0.0], [0.0], [0.0], [0.0]])
    expected = [13.0, 0.0, -0.75, 0.0, 0.1875]
    assert lru_states(impulse, quarter_turn).ravel() == pytest.approx(expected, abs=1e-12)


def test_gates_begin_slow_enough_for_the_memory():
    kept = torch.sigmoid(slow_gates(2000, 100.0))
    times = -1 / torch.log(kept)
    assert 1.4 < times.min() < 2.5
    assert 90 < times.max() < 100
    assert (slow_gates(5, 1.0) == 0).all()
    gru, mingru = made("gru", memory=1000.0), made("mingru", memory=1000.0)
    assert (numbers(gru)["input.bias"][4:8] > 0).all()
    assert (mingru.gate.bias < 0).all()


def test_an_lru_begins_on_its_ring_with_the_variance_of_its_drive():
    cell = made("lru", units=500, memory=50.0)
    decay = np.exp(-np.exp(numbers(cell)["nu_log"]))
    assert decay.max() < math.exp(-1 / 50)
    assert np.mean(decay**2) == pytest.approx(0.5 * math.exp(-2 / 50), abs=0.03)
    gain = np.exp(numbers(cell)["gamma_log"])
    np.testing.assert_allclose(gain**2 / (1 - decay**2), 1.0, rtol=1e-6)
