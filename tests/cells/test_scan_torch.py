"""Scans against the loops they replace: exact in value, exact in gradient."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.cells.scan_torch import latch_scan, linear_scan, saturating_scan


def saturating_loop(steps, half_range):
    level, levels = torch.zeros_like(steps[:, 0]), []
    for step in steps.unbind(1):
        level = (level + step).clamp(-half_range, half_range)
        levels.append(level)
    return torch.stack(levels, dim=1)


def latch_loop(writes, keeps):
    state, states = torch.zeros_like(writes[:, 0]), []
    for write, keep in zip(writes.unbind(1), keeps.unbind(1), strict=True):
        state = write + keep * state
        states.append(state)
    return torch.stack(states, dim=1)


def linear_loop(decays, values):
    state, states = torch.zeros_like(values[:, 0]), []
    for decay, value in zip(decays.unbind(1), values.unbind(1), strict=True):
        state = decay * state + value
        states.append(state)
    return torch.stack(states, dim=1)


def random_steps(seed, length, bias=0.0):
    generator = torch.Generator().manual_seed(seed)
    draw = torch.rand(2, length, 3, generator=generator, dtype=torch.float64)
    return ((draw + bias) * 3).floor().clamp(0, 2) - 1


def gradients(function, arguments, weights):
    leaves = [argument.clone().requires_grad_() for argument in arguments]
    (function(*leaves) * weights).sum().backward()
    return [leaf.grad for leaf in leaves]


lengths = st.integers(1, 90)
seeds = st.integers(0, 2**31)


@settings(deadline=None)
@given(seed=seeds, length=lengths, half_range=st.integers(1, 8), bias=st.floats(-0.3, 0.3))
def test_saturating_scan_equals_the_loop(seed, length, half_range, bias):
    steps = random_steps(seed, length, bias)
    assert torch.equal(saturating_scan(steps, half_range), saturating_loop(steps, half_range))
    weights = torch.randn(steps.shape, dtype=torch.float64)
    (scanned,) = gradients(lambda q: saturating_scan(q, half_range), [steps], weights)
    (looped,) = gradients(lambda q: saturating_loop(q, half_range), [steps], weights)
    torch.testing.assert_close(scanned, looped, rtol=0, atol=1e-12)


@settings(deadline=None)
@given(seed=seeds, length=lengths)
def test_latch_scan_equals_the_loop(seed, length):
    writes = random_steps(seed, length)
    # A write of 0 is a write too (a comparator that turns off): overwrite some kept steps.
    keeps = (writes == 0).double() * (random_steps(seed + 1, length) >= 0)
    assert torch.equal(latch_scan(writes, keeps), latch_loop(writes, keeps))
    weights = torch.randn(writes.shape, dtype=torch.float64)
    for scanned, looped in zip(
        gradients(latch_scan, [writes, keeps], weights),
        gradients(latch_loop, [writes, keeps], weights),
        strict=True,
    ):
        torch.testing.assert_close(scanned, looped, rtol=0, atol=1e-12)


@settings(deadline=None)
@given(seed=seeds, length=lengths, dtype=st.sampled_from([torch.float64, torch.complex128]))
def test_linear_scan_equals_the_loop(seed, length, dtype):
    generator = torch.Generator().manual_seed(seed)
    decays, values, weights = torch.randn(3, 2, length, 3, generator=generator, dtype=dtype)
    decays = decays / (1 + decays.abs())
    torch.testing.assert_close(linear_scan(decays, values), linear_loop(decays, values))

    def loss(function):
        return lambda *arguments: (function(*arguments) * weights.conj()).real

    for scanned, looped in zip(
        gradients(loss(linear_scan), [decays, values], 1.0),
        gradients(loss(linear_loop), [decays, values], 1.0),
        strict=True,
    ):
        torch.testing.assert_close(scanned, looped)


def test_a_linear_scan_forgets_at_a_decay_of_zero_and_keeps_at_one():
    decays = torch.tensor([1.0, 1.0, 0.0, 1.0, 1.0]).reshape(1, 5, 1)
    values = torch.tensor([1.0, 2.0, 3.0, 0.0, 4.0]).reshape(1, 5, 1)
    assert linear_scan(decays, values).ravel().tolist() == [1, 3, 3, 3, 7]


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 9, 10, 3333])
@pytest.mark.parametrize("half_range", [1, 3, 7])
def test_saturating_scan_at_awkward_lengths(length, half_range):
    steps = random_steps(length, length).float()
    assert torch.equal(saturating_scan(steps, half_range), saturating_loop(steps, half_range))


def test_where_every_step_is_cut_off_no_gradient_passes():
    steps = torch.ones(1, 6, 1, dtype=torch.float64)
    (gradient,) = gradients(lambda q: saturating_scan(q, 2), [steps], torch.ones(1, 6, 1))
    # Two steps climb; the four that follow hit the end, and cut what comes after them.
    assert gradient.ravel().tolist() == [2, 1, 0, 0, 0, 0]


def test_long_single_precision_gradients_keep_their_digits():
    steps = random_steps(0, 5000)
    weights = torch.randn(steps.shape, dtype=torch.float64, generator=torch.manual_seed(0))
    (exact,) = gradients(lambda q: saturating_loop(q, 3), [steps], weights)
    (single,) = gradients(lambda q: saturating_scan(q, 3), [steps.float()], weights.float())
    torch.testing.assert_close(single.double(), exact, rtol=1e-5, atol=1e-5)
