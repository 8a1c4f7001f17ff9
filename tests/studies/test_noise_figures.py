"""What noise does to chips, against the traces of the engine itself."""

from dataclasses import replace

import numpy as np
import pytest

from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import load_circuits
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.engines.effects import Effects
from hwsim.foundation.errors import InputError
from hwsim.studies.noise_figures import noise_figures, without_noise

CHIPS = Population(seed=5, count=3)


@pytest.fixture(scope="module")
def design(network, compiled, cell_kind):
    """A network whose cells all move."""
    return compiled(network(cell_kind, units=3, seed=4))


@pytest.fixture(scope="module")
def model(design):
    return chip_model(design, load_circuits(design), CHIPS, effects=Effects(step_noise=1.0))


@pytest.fixture(scope="module")
def sequences(recordings):
    return recordings(lengths=(40, 25, 31))


@pytest.fixture(scope="module")
def quiet(design, model, sequences):
    still = without_noise(model)
    return [BehaviouralEngine(still, CHIPS, k).run(design, sequences) for k in range(CHIPS.count)]


@pytest.fixture(scope="module")
def figures(design, model, sequences, quiet):
    """Figures of the only stage of cells at a multiple of the datasheets' noise."""

    def at(scale):
        effects = replace(model.effects, step_noise=scale)
        noisy = replace(model, effects=effects)
        (found,) = noise_figures(design, noisy, CHIPS, sequences, quiet)
        return found

    return at


def test_noise_too_small_to_change_a_state_is_wholly_suppressed(figures):
    found = figures(1e-6)
    assert found.same_states.whole.value == 1.0
    assert found.suppression.value == np.inf
    assert found.record()["rms_suppression"]["value"] == np.inf


def test_more_noise_keeps_fewer_states(figures):
    kept = [figures(scale).same_states.whole.value for scale in (1e-6, 10.0, 100.0)]
    assert kept[0] > kept[1] > kept[2]


def test_the_margin_is_counted_in_rms_of_the_noise(figures):
    once, twice = figures(1.0), figures(2.0)
    assert twice.margin.value == pytest.approx(once.margin.value / 2)
    assert twice.low_margin.value == pytest.approx(once.low_margin.value / 2)
    assert once.low_margin.value < once.margin.value


def test_the_margin_is_that_of_the_candidates_without_noise(figures, design, model, quiet):
    (stage,) = design.cells
    unit = design.operating.unit_current
    medians = []
    for chip, trace in enumerate(quiet):
        trips = model.trip_points(stage, chip)
        candidate = trace.stages[stage.name].current / unit
        distances = [
            min(abs(value - trips.upper[k]), abs(value - trips.lower[k]))
            / (3.0 * model.noise[stage.name][chip, k])
            for k in range(stage.size)
            for value in candidate[:, :, k][trace.mask]
        ]
        medians.append(np.median(distances))
    assert figures(3.0).margin.value == pytest.approx(np.mean(medians))


def test_suppression_is_relative_noise_in_over_relative_change_out(
    figures, design, model, sequences, quiet
):
    (stage,) = design.cells
    unit = design.operating.unit_current
    noisy = replace(model, effects=replace(model.effects, step_noise=30.0))
    noise, candidate, change, level = [], [], [], []
    for chip, trace in enumerate(quiet):
        mask = trace.mask
        disturbed = BehaviouralEngine(noisy, CHIPS, chip).run(design, sequences)
        before, after = (t.stages[stage.name].state[mask] for t in (trace, disturbed))
        own = 30.0 * model.noise[stage.name][chip]
        noise.append(np.mean(np.broadcast_to(own**2, before.shape)))
        candidate.append(np.mean((trace.stages[stage.name].current[mask] / unit) ** 2))
        change.append(np.mean((after - before) ** 2.0))
        level.append(np.mean(before**2.0))
    assert np.mean(change) > 0, "the noise must change something"
    wanted = np.sqrt(np.mean(noise) / np.mean(candidate) / (np.mean(change) / np.mean(level)))
    # one block: all noise of a candidate is the cell's own
    assert figures(30.0).suppression.value == pytest.approx(wanted)


def test_a_model_without_noise_has_no_figures(design, model, sequences, quiet):
    with pytest.raises(InputError, match="without noise"):
        noise_figures(design, without_noise(model), CHIPS, sequences, quiet)
