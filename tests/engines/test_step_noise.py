"""Noise belongs to its place: the same numbers in any batch, order, library and form; normal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hwsim.engines import compiled
from hwsim.engines.arrays import arrays_on
from hwsim.engines.step_noise import (
    LARGEST,
    NODES,
    StepNoise,
    noise_currents,
    standard_normals,
    stream_keys,
)

SEEDS = st.integers(0, 2**64 - 1)
KEYS = [[4181974824002594042, -6612535151887722754]]
NORMALS = [-0.3633509368945116, 1.3740208077419422]

INDICES = st.lists(st.integers(0, 10**9), min_size=1, max_size=5, unique=True)


@pytest.fixture(scope="module")
def many():
    """Two million normals."""
    keys = stream_keys(11, 2, range(50), range(40))
    return noise_currents(StepNoise(keys, np.ones((50, 10))), steps=100)


def noise_of(seed, chips, samples, units=3):
    rms = 1.0 + 0.1 * (np.asarray(chips)[:, None] % 7) + np.arange(units)
    return StepNoise(stream_keys(seed, 1, chips, samples), rms)


@given(SEEDS, INDICES, INDICES, st.data())
def test_a_number_does_not_depend_on_the_batch_it_is_drawn_in(seed, chips, samples, data):
    some_chips = data.draw(st.permutations(range(len(chips))))[: (len(chips) + 1) // 2]
    some_samples = data.draw(st.permutations(range(len(samples))))[: (len(samples) + 1) // 2]
    everything = noise_currents(noise_of(seed, chips, samples), steps=4)
    part = noise_currents(
        noise_of(seed, [chips[c] for c in some_chips], [samples[s] for s in some_samples]), steps=2
    )
    np.testing.assert_array_equal(part, everything[:2][:, some_chips][:, :, some_samples])


@settings(deadline=None)  # the first call compiles
@given(SEEDS, INDICES, INDICES)
def test_every_form_draws_the_same_bits(seed, chips, samples):
    noise = noise_of(seed, chips, samples)
    torch = arrays_on("cpu")
    on_torch = StepNoise(torch.asarray(noise.keys), torch.asarray(noise.rms))
    drawn = noise_currents(noise, steps=5)
    np.testing.assert_array_equal(compiled.noise_currents(noise, steps=5), drawn)
    np.testing.assert_array_equal(torch.to_numpy(noise_currents(on_torch, steps=5)), drawn)


def test_every_form_draws_the_same_tails(many):
    """Few of the numbers above are beyond 3.3, where the finer nodes are."""
    keys = stream_keys(11, 2, range(50), range(40))
    rms = np.ones((50, 10))
    torch = arrays_on("cpu")
    np.testing.assert_array_equal(compiled.noise_currents(StepNoise(keys, rms), 100), many)
    on_torch = noise_currents(StepNoise(torch.asarray(keys), torch.asarray(rms)), 100)
    np.testing.assert_array_equal(torch.to_numpy(on_torch), many)
    assert np.sum(np.abs(many) > 4) > 50


def test_numbers_stay_what_they_are():
    """Results of another version, or of a resumed sweep, are comparable only if these hold."""
    keys = stream_keys(1, 2, [3], [4, 5])
    np.testing.assert_array_equal(keys, KEYS)
    np.testing.assert_allclose(standard_normals(keys[0], np.arange(2)), NORMALS, rtol=1e-13)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((2, 0, [0], [0]), id="seed"),
        pytest.param((1, 1, [0], [0]), id="stage"),
        pytest.param((1, 0, [1], [0]), id="chip"),
        pytest.param((1, 0, [0], [1]), id="sample"),
    ],
)
def test_streams_are_not_correlated(other):
    places = np.arange(100_000)
    one = standard_normals(stream_keys(1, 0, [0], [0])[0], places)
    two = standard_normals(stream_keys(*other)[0], places)
    for shift in (0, 1, 2):
        correlation = np.corrcoef(one[shift:], two[: len(two) - shift])[0, 1]
        assert abs(correlation) < 4 / np.sqrt(len(places))


def test_numbers_of_a_stream_are_not_correlated(many):
    for axis in range(4):
        ahead, behind = np.moveaxis(many, axis, 0)[1:], np.moveaxis(many, axis, 0)[:-1]
        assert abs(np.mean(ahead * behind)) < 4 / np.sqrt(ahead.size)


def test_nodes_are_those_of_the_normal_distribution():
    """Exact at every node but the last; between them moments follow from straight lines."""
    weights = 2 * np.concatenate([np.full(2047, 2.0**-12), np.full(4096, 2.0**-24)])
    below = 0.5 + np.concatenate([[0], np.cumsum(weights[:-1])]) / 2
    np.testing.assert_allclose(stats.norm.cdf(NODES[:-1]), below, rtol=1e-12)
    low, high = NODES[:-1], NODES[1:]

    def moment(power):
        return np.sum(weights * (high ** (power + 1) - low ** (power + 1)) / (high - low)) / (
            power + 1
        )

    assert weights.sum() == 1.0
    assert abs(np.sqrt(moment(2)) - 1) < 4e-5
    assert abs(moment(4) - 3) < 2e-3
    assert LARGEST < 5.65


def test_numbers_are_normal(many):
    count = many.size
    assert abs(many.mean()) < 4 / np.sqrt(count)
    assert abs(many.var() - 1) < 4 * np.sqrt(2 / count) + 1e-4
    assert abs(stats.skew(many, axis=None)) < 4 * np.sqrt(6 / count)
    assert abs(stats.kurtosis(many, axis=None)) < 4 * np.sqrt(24 / count) + 2e-3
    assert stats.kstest(many.ravel(), "norm").pvalue > 0.001


@pytest.mark.parametrize("sigma", [2.0, 3.0, 4.0])
def test_tails_are_as_full_as_those_of_a_normal(many, sigma):
    expected = 2 * stats.norm.sf(sigma) * many.size
    assert abs(np.sum(np.abs(many) > sigma) - expected) < 4 * np.sqrt(expected)


def test_tails_reach_five_sigma():
    """In 30 million draws of the compiled form, as many as a normal has."""
    keys = stream_keys(3, 0, range(300), range(100))
    drawn = compiled.noise_currents(StepNoise(keys, np.ones((300, 10))), steps=100)
    for sigma in (4.5, 5.0):
        expected = 2 * stats.norm.sf(sigma) * drawn.size
        assert abs(np.sum(np.abs(drawn) > sigma) - expected) < 4 * np.sqrt(expected)
    assert np.abs(drawn).max() <= LARGEST
