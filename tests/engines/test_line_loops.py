"""Compiled lines, splitters and comparators have the results of their array forms."""

import numpy as np
import pytest

from hwsim.engines import comparator_settling, line_drives, line_dynamics
from hwsim.engines.recurrence import noise_reach
from hwsim.engines.step_block import rows_of
from hwsim.engines.step_noise import NODES, StepNoise, stream_keys

line_loops = pytest.importorskip("hwsim.engines.line_loops")
cell_loops = pytest.importorskip("hwsim.engines.cell_loops")

MOMENTS = 3


@pytest.fixture
def generator():
    return np.random.default_rng(5)


def as_rows(values):
    """[chip, step, moment, sample, line] of one chip as [line, row, sample]."""
    one = values[0]
    return np.ascontiguousarray(np.moveaxis(one.reshape(-1, *one.shape[2:]), -1, 0))


def whole(rows):
    """The one span of all places."""
    return np.array([[0, rows[0].size]])


def in_blocks(rows, run):
    """Run over two blocks of steps, as the engine does."""
    cut = 2 * MOMENTS
    blocks = [np.ascontiguousarray(rows[:, :cut]), np.ascontiguousarray(rows[:, cut:])]
    for block in blocks:
        run(block, np.zeros(block.shape[1], dtype=np.int64))
    return np.concatenate(blocks, axis=1)


def test_drives_are_equal(generator):
    signed, bias = generator.normal(0, 1, (1, 7, MOMENTS, 4, 5)), generator.normal(0, 1, 5)
    for sides in (1, 2):
        found = np.empty((5 * sides, 7 * MOMENTS, 4))
        line_loops.drive(as_rows(signed), bias, whole(found), found)
        expected = line_drives.line_drives(signed + bias, sides)
        np.testing.assert_array_equal(found, as_rows(expected))


def test_followed_lines_are_equal(generator):
    drive = np.maximum(generator.normal(0, 1, (1, 7, MOMENTS, 4, 5)), 0.002)
    times, least = generator.uniform(0.1, 50, (MOMENTS, 5)), np.full(5, 0.002)
    for start in (0.002, drive[:, 0, 0]):
        current = np.array(np.broadcast_to(start, (1, 4, 5))[0].T)

        def run(block, first, current=current):
            line_loops.follow(block, times, current, first)

        found = in_blocks(as_rows(drive), run)
        expected = line_dynamics.follow(drive, times, start, least)
        np.testing.assert_allclose(found, as_rows(expected), rtol=1e-12)


def test_bent_currents_are_equal(generator):
    current = np.maximum(generator.normal(0, 1, (1, 7, MOMENTS, 4, 5)), 0.0)
    bend = generator.uniform(0, 0.01, 5)
    found = in_blocks(
        as_rows(current), lambda block, _first: line_loops.bend(block, 0.5, bend, whole(block))
    )
    expected = line_dynamics.bent(current, 0.5, bend)
    np.testing.assert_allclose(found, as_rows(expected), rtol=1e-12)


def test_crossings_are_equal(generator):
    total = generator.normal(0, 1, (1, 9, MOMENTS, 4, 5))
    times = np.array([0.1, 0.4, 0.5])
    stored = 0.3 * np.ascontiguousarray((total[0, 0, 0] > 0).T.astype(float))

    def run(block, first):
        line_loops.cross(block, times, 0.3, stored, first)

    found = in_blocks(as_rows(total), run)
    np.testing.assert_array_equal(found, as_rows(line_dynamics.crossed(total, times, 0.3)))
    assert (found != as_rows(total)).any()


def test_only_samples_that_have_not_ended_are_touched():
    current = np.ones((2, 3, 4))
    rows = rows_of(np.arange(3), np.array([0, 1, 3]), 4)
    line_loops.bend(current, 0.5, np.full(2, 0.1), rows.spans)
    np.testing.assert_array_equal(current[0] != 1.0, [[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1]])


@pytest.mark.parametrize("is_noisy", [False, True])
def test_comparators_that_need_a_charge_are_equal(generator, is_noisy):
    candidate = generator.normal(0.7, 0.8, (24, 1, 6, 3))
    upper, lower = generator.uniform(0.9, 1.1, (1, 3)), generator.uniform(0.3, 0.5, (1, 3))
    rms, keys = np.full((1, 3), 0.2 * is_noisy), stream_keys(1, 2, range(1), range(6))
    before = generator.integers(0, 2, (1, 6, 3)).astype(np.int8)
    expected = comparator_settling.run_settling_comparator(
        candidate,
        upper,
        lower,
        np.full(24, 0.5),
        (0.2, 0.1),
        StepNoise(keys, rms) if is_noisy else None,
        before,
    )
    state, charge = np.ascontiguousarray(before[0].T), np.zeros((3, 6))
    drawing = keys[0], rms[0], noise_reach(rms[0]), NODES
    found = []
    for start, stop in ((0, 10), (10, 24)):
        total = np.ascontiguousarray(candidate[start:stop, 0].transpose(2, 0, 1))
        states = np.empty(total.shape, dtype=np.int8)
        cell_loops.settle(
            total,
            np.zeros(3),
            (upper[0], lower[0]),
            np.full(stop - start, 0.5),
            (0.2, 0.1),
            np.zeros(stop - start, dtype=np.int64),
            drawing,
            start * 3,
            state,
            charge,
            states,
        )
        found.append(states.transpose(1, 2, 0))
    np.testing.assert_array_equal(np.concatenate(found), expected[:, 0])
    assert 0 < expected.mean() < 1
