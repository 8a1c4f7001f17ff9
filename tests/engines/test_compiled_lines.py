"""Compiled lines, splitters and comparators have the results of their array forms."""

import numpy as np
import pytest

from hwsim.engines import comparator_settling, line_dynamics
from hwsim.engines.step_noise import StepNoise, stream_keys

compiled_lines = pytest.importorskip("hwsim.engines.compiled_lines")


@pytest.fixture
def generator():
    return np.random.default_rng(5)


def test_followed_lines_are_equal(generator):
    drive = np.maximum(generator.normal(0, 1, (2, 7, 3, 4, 5)), 0.0)
    times = generator.uniform(0.1, 50, (3, 5))
    for start in (line_dynamics.LEAST, drive[:, 0, 0]):
        arguments = drive, times, start, np.full(5, 0.002)
        found = compiled_lines.follow(*arguments)
        np.testing.assert_allclose(found, line_dynamics.follow(*arguments), rtol=1e-12)


def test_bent_currents_are_equal(generator):
    current = np.maximum(generator.normal(0, 1, (2, 3, 4, 5)), 0.0)
    arguments = current, 0.5, generator.uniform(0, 0.01, 5)
    found = compiled_lines.bent(*arguments)
    np.testing.assert_allclose(found, line_dynamics.bent(*arguments), rtol=1e-12)


def test_crossings_are_equal(generator):
    total = generator.normal(0, 1, (2, 9, 3, 4, 5))
    times = np.array([0.1, 0.4, 0.5])
    found = compiled_lines.crossed(total, times, 0.3)
    np.testing.assert_array_equal(found, line_dynamics.crossed(total, times, 0.3))
    assert (found != total).any()


@pytest.mark.parametrize("is_noisy", [False, True])
def test_comparators_are_equal(generator, is_noisy):
    candidate = generator.normal(0.7, 0.8, (24, 2, 6, 3))
    upper, lower = generator.uniform(0.9, 1.1, (2, 3)), generator.uniform(0.3, 0.5, (2, 3))
    noise = None
    if is_noisy:
        noise = StepNoise(stream_keys(1, 2, range(2), range(6)), np.full((2, 3), 0.2))
    before = generator.integers(0, 2, (2, 6, 3)).astype(np.int8)
    arguments = candidate, upper, lower, np.full(24, 0.5), (0.2, 0.1), noise, before
    found = compiled_lines.run_settling_comparator(*arguments)
    expected = comparator_settling.run_settling_comparator(*arguments)
    np.testing.assert_array_equal(found, expected)
    assert 0 < found.mean() < 1
