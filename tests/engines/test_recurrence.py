"""Cells of many chips do what `hwsim.cells` defines, in every form, with noise and without."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.cells.fq_bmru import fq_bmru_states
from hwsim.cells.saturating_cmru import saturating_cmru_levels
from hwsim.engines import cell_loops, recurrence
from hwsim.engines.arrays import arrays_on
from hwsim.engines.step_block import rows_of
from hwsim.engines.step_noise import LARGEST, NODES, StepNoise, noise_currents, stream_keys

RMS = st.sampled_from([0.0, 0.01, 0.3, 5.0])
SIZES = st.tuples(st.integers(1, 12), *[st.integers(1, 4)] * 3)
SEEDS = st.integers(0, 2**32)
COMPILES = settings(deadline=None)  # or imports torch, at its first call


class Compiled:
    """The compiled loops, which take one chip as [unit, row, sample], in two blocks of steps."""

    @staticmethod
    def run_ladder(candidate, upper, lower, half_range, noise=None):
        recurrence.require_half_range(half_range)

        def run(total, bias, trips, rows, noise, place, level, found):
            cell_loops.climb(total, bias, trips, half_range, rows, noise, place, level, found)

        return Compiled._run(run, candidate, upper, lower, noise)

    @staticmethod
    def run_comparator(candidate, upper, lower, noise=None):
        trips = recurrence.rectified_trip_points(upper, lower)
        return Compiled._run(cell_loops.latch, candidate, *trips, noise)

    @staticmethod
    def level_currents(levels, table):
        currents = np.empty(levels.shape)
        rows, first = np.arange(len(levels)), np.zeros(len(levels), dtype=np.int64)
        for chip in range(levels.shape[1]):
            own = np.ascontiguousarray(levels[:, chip].transpose(2, 0, 1))
            found = np.empty(own.shape)
            cell_loops.look_up(own, own[:, 0], rows, table[chip], first, found)
            currents[:, chip] = found.transpose(1, 2, 0)
        return currents

    @staticmethod
    def _run(run, candidate, upper, lower, noise):
        steps, chips, samples, units = candidate.shape
        found = np.empty(candidate.shape, dtype=np.int8)
        bias = np.full(units, 0.5)
        for chip in range(chips):
            state = np.zeros((units, samples), dtype=np.int8)
            trips, drawing = (upper[chip], lower[chip]), Compiled._noise(noise, chip, candidate)
            for block in (range(steps // 2), range(steps // 2, steps)):
                own = np.ascontiguousarray(candidate[block, chip].transpose(2, 0, 1)) - bias[0]
                if not block:
                    continue
                rows = rows_of(np.arange(len(block)), np.zeros(len(block), dtype=np.int64), samples)
                here = np.empty(own.shape, dtype=np.int8)
                place = block.start * units
                run(own, bias, trips, rows, drawing, place, state, here)
                found[block, chip] = here.transpose(1, 2, 0)
        return found

    @staticmethod
    def _noise(noise, chip, candidate):
        _, _, samples, units = candidate.shape
        if noise is None:
            return np.zeros(samples, dtype=np.int64), np.zeros(units), np.zeros(units), NODES
        rms = noise.rms[chip]
        return noise.keys[chip], rms, recurrence.noise_reach(rms), NODES


IN_BOTH_FORMS = pytest.mark.parametrize("form", [recurrence, Compiled], ids=["arrays", "compiled"])


class Job:
    """Candidates and trip points of a few chips, drawn from a seed."""

    def __init__(self, seed, sizes, rms=None):
        draw = np.random.default_rng(seed)
        self.steps, chips, samples, units = sizes
        # Multiples of 1/2, so that candidates also lie exactly on trip points.
        self.candidate = draw.integers(-6, 7, sizes) / 2
        self.high = draw.integers(-1, 5, (chips, units)) / 2
        self.low = draw.integers(-5, 2, (chips, units)) / 2
        self.half_range = int(draw.integers(1, 9))
        self.table = draw.normal(size=(chips, units, 2 * self.half_range + 1))
        self.noise = None
        self.noisy = self.candidate
        if rms is not None:
            keys = stream_keys(seed, 0, range(chips), range(samples))
            self.noise = StepNoise(keys, rms * draw.uniform(0, 1, (chips, units)))
            self.noisy = self.candidate + noise_currents(self.noise, self.steps)

    def on(self, arrays):
        """The numbers as other arrays."""
        noise = self.noise
        if noise is not None:
            noise = StepNoise(arrays.asarray(noise.keys), arrays.asarray(noise.rms))
        return [arrays.asarray(each) for each in (self.candidate, self.high, self.low)], noise


def by_definition(function, candidate, *parameters):
    """A definition of `hwsim.cells`, which wants [chip, sample, step, unit]."""
    found = function(np.moveaxis(candidate, 0, 2), *parameters)
    return np.moveaxis(found, 2, 0)


def ladder_by_definition(job):
    return by_definition(
        saturating_cmru_levels,
        job.noisy,
        job.high[:, None, :],
        job.half_range,
        -job.low[:, None, :],
    )


def comparator_by_definition(job):
    return by_definition(
        fq_bmru_states, np.maximum(job.noisy, 0.0), job.high[:, None, :], job.low[:, None, :]
    )


@IN_BOTH_FORMS
@COMPILES
@given(seed=SEEDS, sizes=SIZES, rms=st.none() | RMS)
def test_ladders_do_what_the_definition_says(form, seed, sizes, rms):
    job = Job(seed, sizes, rms)
    levels = form.run_ladder(job.candidate, job.high, job.low, job.half_range, job.noise)
    assert levels.dtype == np.int8
    np.testing.assert_array_equal(levels, ladder_by_definition(job))


@IN_BOTH_FORMS
@COMPILES
@given(seed=SEEDS, sizes=SIZES, rms=st.none() | RMS)
def test_comparators_do_what_the_definition_says(form, seed, sizes, rms):
    job = Job(seed, sizes, rms)
    states = form.run_comparator(job.candidate, job.high, job.low, job.noise)
    assert states.dtype == np.int8
    np.testing.assert_array_equal(states, comparator_by_definition(job))


@COMPILES
@given(seed=SEEDS, sizes=SIZES, rms=st.none() | RMS)
def test_torch_computes_what_numpy_does(seed, sizes, rms):
    job = Job(seed, sizes, rms)
    torch = arrays_on("cpu")
    numbers, noise = job.on(torch)
    levels = recurrence.run_ladder(*numbers, job.half_range, noise)
    np.testing.assert_array_equal(torch.to_numpy(levels), ladder_by_definition(job))
    states = recurrence.run_comparator(*numbers, noise)
    np.testing.assert_array_equal(torch.to_numpy(states), comparator_by_definition(job))
    currents = recurrence.level_currents(levels, torch.asarray(job.table))
    expected = recurrence.level_currents(torch.to_numpy(levels), job.table)
    np.testing.assert_array_equal(torch.to_numpy(currents), expected)


@IN_BOTH_FORMS
@COMPILES
@given(seed=SEEDS, sizes=SIZES)
def test_the_current_of_a_level_stands_in_the_table(form, seed, sizes):
    job = Job(seed, sizes)
    levels = ladder_by_definition(job).astype(np.int8)
    currents = form.level_currents(levels, job.table)
    for step, chip, sample, unit in np.ndindex(levels.shape):
        level = levels[step, chip, sample, unit]
        assert currents[step, chip, sample, unit] == job.table[chip, unit, level + job.half_range]
    states = comparator_by_definition(job).astype(np.int8)
    on_and_off = job.table[..., :2]
    expected = np.where(states, on_and_off[:, None, :, 1], on_and_off[:, None, :, 0])
    np.testing.assert_array_equal(form.level_currents(states, on_and_off), expected)


@IN_BOTH_FORMS
def test_noise_of_the_largest_magnitude_is_never_skipped(form):
    """A candidate just within the largest number of its trip point moves when that is drawn."""
    keys = stream_keys(5, 0, [0], range(4000))
    rms = np.full((1, 4), 0.01)
    noise = noise_currents(StepNoise(keys, rms), steps=20)
    place = np.unravel_index(noise.argmax(), noise.shape)
    assert noise[place] > 0.7 * 0.01 * LARGEST
    candidate = np.full(noise.shape, -3.0)
    candidate[place] = 1.0 - 0.999 * noise[place]
    levels = form.run_ladder(
        candidate[:, :, place[2]][:, :, None],
        np.ones((1, 4)),
        -np.full((1, 4), 9.0),
        3,
        StepNoise(keys[:, place[2]][:, None], rms),
    )
    assert levels[place[0], 0, 0, place[3]] == 1
    assert np.count_nonzero(levels[0 : place[0]]) == 0


@IN_BOTH_FORMS
@pytest.mark.parametrize("half_range", [0, -1, 127])
def test_levels_that_do_not_fit_are_refused(form, half_range):
    with pytest.raises(ValueError, match="half range"):
        form.run_ladder(np.zeros((1, 1, 1, 1)), np.ones((1, 1)), -np.ones((1, 1)), half_range)


@IN_BOTH_FORMS
def test_the_longest_ladder_holds_at_its_ends(form):
    candidate = np.repeat([2.0, -2.0], 300)[:, None, None, None]
    levels = form.run_ladder(candidate, np.ones((1, 1)), -np.ones((1, 1)), 126)
    assert levels[299, 0, 0, 0] == 126
    assert levels[-1, 0, 0, 0] == -126


@IN_BOTH_FORMS
def test_what_is_given_is_not_changed(form):
    job = Job(3, (5, 2, 3, 4), 0.3)
    before = job.candidate.copy()
    form.run_ladder(job.candidate, job.high, job.low, job.half_range, job.noise)
    form.run_comparator(job.candidate, job.high, job.low, job.noise)
    np.testing.assert_array_equal(job.candidate, before)
