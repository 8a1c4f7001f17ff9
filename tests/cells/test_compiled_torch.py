"""Compiled recurrences against the forms that they stand in for: states bit for bit."""

import math

import numba
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.cells import compiled_torch, scan_compiled
from hwsim.cells.bmru_torch import bmru_states
from hwsim.cells.cmru_torch import cmru_levels
from hwsim.cells.compiled_torch import (
    compiled_ladder,
    compiled_latch,
    compiled_linear,
    runs_compiled,
    scan_compiler,
)
from hwsim.cells.fq_bmru_torch import fq_bmru_states
from hwsim.cells.saturating_cmru_torch import saturating_cmru_levels
from hwsim.cells.scan_torch import chunked_linear_scan, latch_scan, linear_scan, saturating_scan
from hwsim.cells.surrogate_torch import heaviside

seeds = st.integers(0, 2**31)
lengths = st.sampled_from([1, 2, 3, 5, 17, 64])
chips = st.sampled_from([(), (1,), (3,)])


def ladder(candidates, high, low, half_range):
    """The reference: comparators, then a chunked scan."""
    steps = heaviside(candidates - high) - heaviside(low - candidates)
    return steps.cumsum(dim=-2) if half_range == math.inf else saturating_scan(steps, half_range)


def latch(candidates, high, low, off):
    """The reference: what is written, and where nothing is."""
    rise, fall = heaviside(candidates - high), heaviside(low - candidates)
    return latch_scan(rise + off * fall, 1 - rise - fall)


def draw(seed, front, length, *, own_candidates=True):
    """Candidates, and thresholds of chips or of all; some of them cross."""
    generator = torch.Generator().manual_seed(seed)
    many = front if own_candidates else ()
    candidates = torch.randn(*many, 2, length, 3, generator=generator)
    shape = (*front, 1, 1, 3) if front else (3,)
    high, low = torch.randn(2, *shape, generator=generator) * 0.4 + 0.3
    return candidates, high, -low


def with_gradients(function, arguments, *more, dtype=torch.float32):
    leaves = [each.detach().to(dtype).requires_grad_() for each in arguments]
    found = function(*leaves, *more)
    weights = torch.linspace(-1, 2, found.numel(), dtype=dtype).reshape(found.shape)
    total = (found * weights).sum()
    (total.real if total.is_complex() else total).backward()
    return found.detach(), [leaf.grad for leaf in leaves]


def require_same(found, expected):
    """States to the last bit, gradients to the rounding of single precision."""
    assert torch.equal(found[0].double(), expected[0])
    for one, other in zip(found[1], expected[1], strict=True):
        torch.testing.assert_close(one.double(), other, rtol=1e-4, atol=1e-4)


@settings(deadline=None, max_examples=60)
@given(
    seed=seeds,
    front=chips,
    length=lengths,
    half_range=st.sampled_from([1, 3, 7, math.inf]),
    own=st.booleans(),
)
def test_a_ladder_is_the_chunked_scan(seed, front, length, half_range, own):
    arguments = draw(seed, front, length, own_candidates=own)
    found = with_gradients(compiled_ladder, arguments, half_range)
    require_same(found, with_gradients(ladder, arguments, half_range, dtype=torch.float64))


@settings(deadline=None, max_examples=60)
@given(seed=seeds, front=chips, length=lengths, off=st.sampled_from([-1.0, 0.0]), own=st.booleans())
def test_a_latch_is_the_last_write(seed, front, length, off, own):
    arguments = draw(seed, front, length, own_candidates=own)
    found = with_gradients(compiled_latch, arguments, off)
    require_same(found, with_gradients(latch, arguments, off, dtype=torch.float64))


@settings(deadline=None, max_examples=40)
@given(seed=seeds, length=lengths, steady=st.booleans(), real=st.booleans())
def test_a_linear_recurrence_is_the_chunked_scan(seed, length, steady, real):
    dtype, wide = (torch.float32, torch.float64) if real else (torch.complex64, torch.complex128)
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(2, length, 3, generator=generator, dtype=dtype)
    decays = torch.randn(*((3,) if steady else values.shape), generator=generator, dtype=dtype)
    arguments = decays / (1 + decays.abs()), values

    def reference(decays, values):
        return chunked_linear_scan(decays.expand_as(values), values)

    found = with_gradients(compiled_linear, arguments, dtype=dtype)
    expected = with_gradients(reference, arguments, dtype=wide)
    for one, other in zip((found[0], *found[1]), (expected[0], *expected[1]), strict=True):
        torch.testing.assert_close(one.to(wide), other, rtol=1e-4, atol=1e-4)


def test_gradients_of_ten_thousand_steps_keep_their_digits():
    generator = torch.Generator().manual_seed(0)
    arguments = torch.randn(1, 10_000, 2, generator=generator), torch.ones(2), -torch.ones(2)
    found = with_gradients(compiled_ladder, arguments, 3)
    expected = with_gradients(ladder, arguments, 3, dtype=torch.float64)
    assert torch.equal(found[0].double(), expected[0])
    for one, other in zip(found[1], expected[1], strict=True):
        error = (one - other).abs().max() / other.abs().max()
        assert error < 1e-5


def test_candidates_may_lie_in_memory_in_any_order():
    candidates = torch.randn(5, 2, 3).transpose(0, 1)
    high = torch.tensor([0.5])
    assert torch.equal(
        compiled_ladder(candidates, high, -high, 2),
        compiled_ladder(candidates.contiguous(), high.expand(3), -high.expand(3), 2),
    )


CELLS = {
    "cmru": lambda c, high, _low: cmru_levels(c, high),
    "saturating_cmru": lambda c, high, _low: saturating_cmru_levels(c, high, 2),
    "bmru": lambda c, high, _low: bmru_states(c, high),
    "fq_bmru": lambda c, high, low: fq_bmru_states(c, high, low),
    "linear": lambda c, _high, _low: linear_scan(torch.tanh(c), c),
}


@pytest.mark.parametrize("cell", CELLS)
def test_cells_are_the_same_without_numba(cell, monkeypatch):
    arguments = torch.randn(2, 40, 3), torch.full((3,), 0.6), torch.full((3,), 0.2)
    assert runs_compiled(*arguments)
    compiled = CELLS[cell](*arguments)
    monkeypatch.setattr(compiled_torch, "scan_compiler", lambda: None)
    assert not runs_compiled(*arguments)
    torch.testing.assert_close(CELLS[cell](*arguments), compiled, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("dtype", "thresholds"),
    [(torch.float64, torch.float64), (torch.float32, torch.float64), (torch.bfloat16,) * 2],
)
def test_other_numbers_take_the_other_way(dtype, thresholds):
    candidates = torch.randn(2, 9, 3).to(dtype)
    high = torch.full((3,), 0.5, dtype=thresholds)
    assert not runs_compiled(candidates, high)
    levels = saturating_cmru_levels(candidates, high, 2)
    assert torch.equal(
        levels.float(), compiled_ladder(candidates.float(), high.float(), -high.float(), 2)
    )


def test_thresholds_that_change_from_step_to_step_take_the_other_way():
    candidates, high = torch.randn(2, 9, 3), torch.rand(9, 3)
    assert not runs_compiled(candidates, high)
    assert torch.equal(cmru_levels(candidates, high), ladder(candidates, high, -high, math.inf))


def test_the_compiler_is_known_by_its_version():
    assert scan_compiler() == numba.__version__


def test_compiles_where_nothing_can_be_kept(monkeypatch):
    def njit(*, cache=False, **_options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(scan_compiled.numba, "njit", njit)
    assert scan_compiled._compiled(len) is len
