"""Noise that comes with the recordings, on the engine that is the definition."""

from functools import partial

import numpy as np
import pytest

from hwsim.engines.ideal import IdealEngine
from hwsim.engines.trip_points import TripPoints
from hwsim.foundation.errors import InputError
from hwsim.studies.noise_figures import tells
from hwsim.studies.noisy_inputs import cells_in_noise, noisy, rms_of_inputs, telling_units

TRIPS = TripPoints(np.array([0.4, 0.5, 0.6]), np.array([-0.3, -0.5, -0.7]))


@pytest.fixture(scope="module")
def design(network, compiled):
    return compiled(network("saturating_cmru", units=3, seed=4))


@pytest.fixture(scope="module")
def run(design):
    return partial(IdealEngine().run, design)


@pytest.fixture(scope="module")
def sequences(recordings):
    return recordings(lengths=(40, 25, 31))


def test_noise_is_white_and_in_units_of_the_channel(design, sequences):
    changed = noisy(sequences, design, 0.5, seed=3)
    added = (changed.values - sequences.values) / np.asarray(design.inputs.scale)
    valid = np.arange(added.shape[1]) < sequences.lengths[:, None]
    assert not added[~valid].any()
    assert added[valid].std() == pytest.approx(0.5, rel=0.2)
    steps = added[0]
    assert abs(np.mean(steps[1:] * steps[:-1])) < 0.1
    assert np.array_equal(
        changed.take([0, 2]).values, noisy(sequences, design, 0.5, 3).values[[0, 2]]
    )
    assert not np.array_equal(changed.values, noisy(sequences, design, 0.5, 4).values)


def test_the_candidates_get_the_noise_that_was_asked_for(design, run, sequences):
    rms = rms_of_inputs(design, run, sequences, 0.1, seed=3)
    quiet, changed = run(sequences), run(noisy(sequences, design, rms, 3))
    (stage,) = design.cells
    units = telling_units(design, quiet)[stage.name]
    assert units.any()
    still, loud = (t.stages[stage.name].current[t.mask][:, units] for t in (quiet, changed))
    assert np.sqrt(np.mean((loud - still) ** 2) / np.mean(still**2)) == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("wanted", [0.0, -1.0, np.inf, np.nan])
def test_noise_that_cannot_be_had(design, run, sequences, wanted):
    with pytest.raises(InputError, match="cannot be had"):
        rms_of_inputs(design, run, sequences, wanted, seed=3)


def test_figures_are_those_of_the_units_asked_for(design, run, sequences):
    quiet, changed = run(sequences), run(noisy(sequences, design, 0.6, 3))
    (stage,) = design.cells
    telling = {stage.name: np.array([True, False, True])}
    found = cells_in_noise(design, {stage.name: TRIPS}, telling, quiet, changed)[stage.name]
    unit = design.operating.unit_current
    before, after = (t.stages[stage.name] for t in (quiet, changed))
    mask, some = quiet.mask, [0, 2]
    c, noise = before.current[mask] / unit, (after.current - before.current)[mask] / unit
    levels, moved = before.state[mask].astype(float), after.state[mask].astype(float)
    assert (found.cells, found.telling) == (3, 2)
    for figures, units in ((found.all, [0, 1, 2]), (found.of_telling, some)):
        (chip,) = figures.chips
        assert chip.same.value == np.mean(levels[:, units] == moved[:, units])
        assert chip.same.value < 1, "the noise must change something"
        wanted = (
            np.mean(noise[:, units] ** 2)
            / np.mean(c[:, units] ** 2)
            / (np.mean((moved - levels)[:, units] ** 2) / np.mean(levels[:, units] ** 2))
        )
        assert figures.suppression.value == pytest.approx(np.sqrt(wanted))
        away = np.minimum(abs(c - TRIPS.upper), abs(c - TRIPS.lower)) / noise.std(axis=0)
        assert chip.margin == pytest.approx(np.median(away[:, units]), rel=0.1)


def test_the_same_recordings_are_wholly_suppressed(design, run, sequences):
    trace = run(sequences)
    (stage,) = design.cells
    nobody = {stage.name: np.zeros(3, dtype=bool)}
    found = cells_in_noise(design, {stage.name: TRIPS}, nobody, trace, trace)[stage.name]
    assert found.all.same_states.whole.value == 1.0
    assert found.all.chips[0].margin == np.inf
    assert (found.telling, found.of_telling) == (0, None)


def test_a_clock_tells_nothing():
    places = np.tile(np.arange(4), 3)
    clock, switch = places % 3, np.repeat([0, 1, 0], 4)
    late = np.where((places == 3) & (np.arange(12) > 8), 1, 0)
    found = tells(np.stack([clock, switch, late, 0 * places], axis=1).astype(float), places)
    assert found.tolist() == [False, True, True, False]
