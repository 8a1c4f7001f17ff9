"""The trainable cells against their NumPy definitions, and their gradients against autograd."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.cells import (
    alpha_cmru,
    alpha_cmru_torch,
    bmru,
    bmru_torch,
    cmru,
    cmru_torch,
    fq_bmru,
    fq_bmru_torch,
    saturating_cmru,
    saturating_cmru_torch,
)
from hwsim.cells.alpha_cmru_torch import AlphaCmru
from hwsim.cells.bmru_torch import Bmru
from hwsim.cells.cmru_torch import Cmru
from hwsim.cells.fq_bmru_torch import FqBmru
from hwsim.cells.kinds import KINDS
from hwsim.cells.saturating_cmru_torch import SaturatingCmru
from hwsim.cells.surrogate_torch import heaviside, surrogate_slope, ternary_steps

seeds = st.integers(0, 2**31)
lengths = st.integers(1, 60)


def draw(seed, length):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, length, 3)), rng.uniform(0.1, 1.5, 3)


@settings(deadline=None)
@given(seed=seeds, length=lengths, half_range=st.integers(1, 7))
def test_states_equal_the_definitions_exactly(seed, length, half_range):
    c, beta = draw(seed, length)
    tc, tbeta = torch.tensor(c), torch.tensor(beta)
    pairs = [
        (cmru.cmru_levels(c, beta), cmru_torch.cmru_levels(tc, tbeta)),
        (bmru.bmru_states(c, beta), bmru_torch.bmru_states(tc, tbeta)),
        (
            saturating_cmru.saturating_cmru_levels(c, beta, half_range),
            saturating_cmru_torch.saturating_cmru_levels(tc, tbeta, half_range),
        ),
        (
            fq_bmru.fq_bmru_states(np.maximum(c, 0), beta, beta / 3),
            fq_bmru_torch.fq_bmru_states(tc.relu(), tbeta, tbeta / 3),
        ),
    ]
    for defined, trained in pairs:
        assert np.array_equal(defined, trained.numpy())


@settings(deadline=None)
@given(seed=seeds, length=lengths)
def test_alpha_cmru_equals_its_definition(seed, length):
    c, beta = draw(seed, length)
    increments = np.abs(c[..., ::-1]) + 0.01
    trained = alpha_cmru_torch.alpha_cmru_states(
        torch.tensor(c), torch.tensor(increments), torch.tensor(beta)
    )
    defined = alpha_cmru.alpha_cmru_states(c, increments, beta)
    np.testing.assert_allclose(trained.numpy(), defined, atol=1e-5)


def cells():
    return {
        "bmru": Bmru(4, alpha=0.25, beta=0.5),
        "cmru": Cmru(4, alpha=0.25, beta=0.5),
        "saturating_cmru": SaturatingCmru(4, alpha=0.25, beta=0.5, half_range=2),
        "fq_bmru": FqBmru(4, alpha=0.25, beta=0.5, beta_low_ratio=0.4),
        "alpha_cmru": AlphaCmru(4, alpha=0.25, beta=0.5),
    }


def defined_states(cell, u):
    """The whole cell, from inputs to states, with NumPy and the definitions only."""
    values = {name: value.detach().numpy() for name, value in cell.vectors().items()}
    c = u @ cell.candidate.weight.detach().numpy().T + cell.candidate.bias.detach().numpy()
    match cell:
        case Bmru():
            return values["alpha"] * bmru.bmru_states(c, values["beta"])
        case Cmru():
            return values["alpha"] * cmru.cmru_levels(c, values["beta"])
        case SaturatingCmru():
            return values["alpha"] * saturating_cmru.saturating_cmru_levels(c, values["beta"], 2)
        case FqBmru():
            states = fq_bmru.fq_bmru_states(np.maximum(c, 0), values["beta"], values["beta_low"])
            return values["alpha"] * states
        case AlphaCmru():
            raw = (
                u @ cell.increment.weight.detach().numpy().T + cell.increment.bias.detach().numpy()
            )
            return alpha_cmru.alpha_cmru_states(c, np.logaddexp(raw, 0), values["beta"])


@pytest.mark.parametrize("kind", [kind for kind, traits in KINDS.items() if not traits.is_baseline])
def test_modules_equal_the_definitions_and_learn(kind):
    torch.manual_seed(1)
    cell = cells()[kind].double()
    assert cell.kind == kind
    assert tuple(cell.vectors()) == KINDS[kind].vectors
    u = torch.rand(3, 20, 4, dtype=torch.float64) * 2
    states = cell(u)
    np.testing.assert_allclose(states.detach().numpy(), defined_states(cell, u.numpy()), atol=1e-5)
    (states**2).sum().backward()
    for name, parameter in cell.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_crowding_is_one_on_a_threshold_and_zero_beyond_the_margin():
    cell = FqBmru(1, alpha=1.0, beta=1.0, beta_low_ratio=0.5).double()
    torch.nn.init.constant_(cell.candidate.weight, 1.0)
    u = torch.tensor([0.5, 0.55, 0.7, 0.9, 1.0, 1.3], dtype=torch.float64)[None, :, None]
    crowding = cell.crowding(u, 0.2).detach().ravel().tolist()
    assert crowding == pytest.approx([1.0, 0.5, 0.0, 0.5, 1.0, 0.0], abs=1e-6)
    ladder = SaturatingCmru(1, alpha=1.0, beta=1.0, half_range=1).double()
    torch.nn.init.constant_(ladder.candidate.weight, -1.0)
    assert ladder.crowding(u, 0.2).ravel().tolist() == pytest.approx(
        [0.0, 0.0, 0.0, 0.5, 1.0, 0.0], abs=1e-6
    )


def test_parameters_begin_where_they_are_told():
    cell = FqBmru(2, alpha=0.25, beta=0.5, beta_low_ratio=0.4)
    values = {name: value.tolist() for name, value in cell.vectors().items()}
    assert values["alpha"] == pytest.approx([0.25, 0.25])
    assert values["beta"] == pytest.approx([0.5, 0.5])
    assert values["beta_low"] == pytest.approx([0.2, 0.2])
    u = torch.zeros(1, 1, 2)
    increments = torch.nn.functional.softplus(AlphaCmru(2, alpha=0.25, beta=0.5).increment(u))
    assert increments.ravel().tolist() == pytest.approx([0.25, 0.25])


def test_heaviside_steps_forwards_and_slopes_backwards():
    x = torch.tensor([-1.0, 0.0, 0.5], requires_grad=True)
    stepped = heaviside(x)
    stepped.sum().backward()
    assert stepped.tolist() == [0, 0, 1]
    assert x.grad.tolist() == pytest.approx(surrogate_slope(x).tolist())
    assert surrogate_slope(torch.zeros(1)).item() == 1


def test_ternary_slope_is_the_sum_of_both_bells():
    c = torch.tensor([0.3, -2.0], dtype=torch.float64, requires_grad=True)
    beta = torch.tensor([0.5, 0.5], dtype=torch.float64)
    ternary_steps(c, beta).sum().backward()
    expected = 1 / (1 + (np.pi / 2 * np.array([-0.2, -2.5])) ** 2)
    expected += 1 / (1 + (np.pi / 2 * np.array([0.8, -1.5])) ** 2)
    np.testing.assert_allclose(c.grad.numpy(), expected, rtol=1e-12)


@settings(deadline=None)
@given(seed=seeds, length=lengths)
def test_chips_stand_in_front_and_have_thresholds_of_their_own(seed, length):
    """Two chips beside each other, with unlike trip points up and down, are two definitions."""
    rng = np.random.default_rng(seed)
    c, (up, down) = rng.normal(size=(2, 3, length, 3)), rng.uniform(0.1, 1.5, (2, 2, 3))
    tc, tup, tdown = torch.tensor(c), *(torch.tensor(each)[:, None, None] for each in (up, down))
    found = (
        cmru_torch.cmru_levels(tc, tup, tdown),
        bmru_torch.bmru_states(tc, tup, tdown),
        saturating_cmru_torch.saturating_cmru_levels(tc, tup, 2, tdown),
        fq_bmru_torch.fq_bmru_states(tc.relu(), tup, tup * tdown / 2),
    )
    for chip in range(2):
        defined = (
            cmru.cmru_levels(c[chip], up[chip], down[chip]),
            bmru.bmru_states(c[chip], up[chip], down[chip]),
            saturating_cmru.saturating_cmru_levels(c[chip], up[chip], 2, down[chip]),
            fq_bmru.fq_bmru_states(np.maximum(c[chip], 0), up[chip], up[chip] * down[chip] / 2),
        )
        for one, trained in zip(defined, found, strict=True):
            assert np.array_equal(one, trained[chip].numpy())


def test_a_level_has_the_current_of_its_place():
    """Levels -1, 0, 1 of currents -1.1, 0 and 0.9 steps, with the gradient of an even ladder."""
    torch.manual_seed(0)
    cell = SaturatingCmru(1, alpha=0.5, beta=1.0, half_range=1).double()
    candidates = torch.tensor([[[2.0], [0.0], [-2.0], [-2.0]]], dtype=torch.float64)
    vectors = {
        "alpha": torch.tensor([0.5], dtype=torch.float64, requires_grad=True),
        "beta": torch.tensor([1.0], dtype=torch.float64),
        "level_ratios": torch.tensor([[1.1], [1.0], [0.9]], dtype=torch.float64),
    }
    states = cell.respond(candidates, vectors)
    np.testing.assert_allclose(states.detach()[0, :, 0], [0.45, 0.45, 0, -0.55])
    states[0, 0, 0].backward()
    assert vectors["alpha"].grad.item() == pytest.approx(0.9)
