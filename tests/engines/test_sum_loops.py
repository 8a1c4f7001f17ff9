"""Sums of compiled loops are those of their plain definitions, over samples that have not ended."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.engines.step_block import rows_of, step_blocks
from hwsim.engines.supply_totals import LineDrives

sum_loops = pytest.importorskip("hwsim.engines.sum_loops")

LEAKAGES = st.sampled_from([0.0, 1e-7, 1e-3, 0.3])
COMPILES = settings(deadline=None, max_examples=40)


def are_running(first, samples):
    """Which samples of rows have not ended, [row, sample]."""
    return np.arange(samples) >= np.asarray(first)[:, None]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 3), st.integers(1, 4))
def test_spans_hold_the_samples_that_have_not_ended(lengths, moments, steps):
    lengths = np.sort(lengths)
    samples, seen = len(lengths), 0
    for block in step_blocks(lengths, moments, steps):
        for rows in (block.every, *block.at):
            wanted = np.zeros((block.rows, samples), dtype=int)
            wanted[rows.rows] = are_running(rows.first, samples)
            found = np.zeros(block.rows * samples, dtype=int)
            for start, stop in rows.spans:
                found[start:stop] += 1
            np.testing.assert_array_equal(found, wanted.ravel())
        seen += are_running(block.by_step.first, samples).sum()
    assert seen == lengths.sum()


def test_rows_without_an_end_are_one_span():
    rows = rows_of(np.arange(5), np.zeros(5, dtype=np.int64), 4)
    np.testing.assert_array_equal(rows.spans, [[0, 20]])


@COMPILES
@given(st.integers(0, 2**32), LEAKAGES, LEAKAGES, st.sampled_from([0.0, 0.1]))
def test_lines_and_their_leakage_are_those_of_each_step(seed, native, turned, kept):
    draw = np.random.default_rng(seed)
    signal, bias = draw.normal(0, 1, (3, 4, 5)), draw.normal(0, 0.1, 3)
    signal[:, :, 2] = -bias[:, None]  # nothing flows
    rows = rows_of(np.array([1, 3]), np.array([0, 2]), 5)
    sides = np.array([[1.0, kept, native, turned], [-1.0, kept, turned, 0.0]])
    sums = tuple(np.zeros((3, 2, 3)))
    sum_loops.sum_lines(signal, bias, rows, sides, sums)
    running = are_running(rows.first, 5)
    every = (signal + bias[:, None, None])[:, rows.rows][:, running].T[None]
    for part, (sign, _, *idle) in enumerate(sides):
        each = LineDrives(np.full((1, 3), sign), np.array([kept]), *idle).of_each(every)
        for found, wanted in zip(sums, (each.drive, each.native, each.turned), strict=True):
            # Drives are of double, leakage is of single precision.
            exact = 1e-12 if wanted is each.drive else 1e-5
            np.testing.assert_allclose(found[part], wanted[0].sum(axis=0), rtol=exact, atol=1e-15)


@COMPILES
@given(st.integers(0, 2**32), st.integers(1, 3))
def test_steps_of_cells_are_counted_by_where_they_lead(seed, half_range):
    draw = np.random.default_rng(seed)
    samples, first = 6, np.array([0, 0, 2, 5])
    path = draw.integers(-1, 2, (2, 5, samples)).astype(np.int8)
    states = np.clip(path.cumsum(axis=1), -half_range, half_range).astype(np.int8)
    counts = np.zeros((2, 3 * (2 * half_range + 1)), dtype=np.int64)
    own = np.ascontiguousarray(states[:, 1:])
    before, rows = np.ascontiguousarray(states[:, 0]), rows_of(np.arange(4), first, samples)
    sum_loops.count_steps(own, before, rows, -half_range, counts)
    wanted = np.zeros((2, 2 * half_range + 1, 3), dtype=np.int64)
    past = np.concatenate([before[:, None], own[:, :-1]], axis=1)
    for unit in range(2):
        for row in range(4):
            for sample in range(first[row], samples):
                state = int(own[unit, row, sample])
                move = state - int(past[unit, row, sample])
                wanted[unit, state + half_range, move + 1] += 1
    np.testing.assert_array_equal(counts, wanted.reshape(2, -1))
