"""Figures of noise of a float network, by hand."""

import dataclasses
import math

import numpy as np
import pytest

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.chips.population import Population
from hwsim.data.tasks import load_task
from hwsim.foundation.assets import shipped
from hwsim.studies import software_chips as study
from hwsim.studies.noise_figures import NoiseFigures
from hwsim.training.chip_scores import CellRuns, ChipRuns

CHIPS = Population(seed=2, count=2, mismatch_scale=0.05)


def test_the_figures_by_hand():
    """Two cells over four steps: noise of 0.1, one level off by one at one step."""
    candidates = np.array([[1.0, -1], [1, 1], [-1, 1], [1, 1]])
    signs = np.array([[1.0, -1], [-1, 1], [1, 1], [-1, -1]])
    states = np.array([[0.0, 1], [1, 2], [1, 1], [2, 2]])
    changed = states + np.array([[0.0, 0], [0, 1], [0, 0], [0, 0]])
    distances = np.full((4, 2), 0.5)
    places = np.array([0, 1, 0, 1])
    run = CellRuns(candidates, candidates + 0.1 * signs, states, changed, distances, places)
    found = study._cell_noise(run)
    assert (found.same.hits, found.same.total) == (7, 8)
    # The other cell is at 1, then at 2, in both recordings.
    assert study.telling_cells(run) == 1
    those = study._of_telling("cells_1", (run, run))
    assert [(each.same.hits, each.same.total) for each in those.chips] == [(4, 4)] * 2
    assert those.chips[0].level == pytest.approx(6 / 4)
    still = dataclasses.replace(run, states=0 * states)
    assert study._of_telling("cells_1", (still,)) is None
    figures = NoiseFigures("cells_1", (found, found))
    assert figures.suppression.value == pytest.approx(0.1 / math.sqrt((1 / 8) / (16 / 8)))
    assert figures.margin.value == pytest.approx(5.0)


def test_noise_of_the_candidates_is_what_was_asked_for():
    """In the first block nothing but the noise itself moves a candidate."""
    checkpoint = load_checkpoint(shipped("models") / "japanese_vowels_cmru_k3_d8.safetensors")
    _, splits = load_task("japanese_vowels")
    data = splits.test.take(range(40))
    (run,) = ChipRuns(checkpoint, data).cell_runs(CHIPS, 1, 0.1)
    assert run.candidates.shape == (int(data.lengths.sum()), 8)
    noise = np.sqrt(np.mean((run.noisy - run.candidates) ** 2, axis=0))
    np.testing.assert_allclose(noise, 0.1 * np.sqrt(np.mean(run.candidates**2, axis=0)), rtol=0.15)
    assert set(np.unique(np.rint(run.states))) <= set(range(-3, 4))
    np.testing.assert_allclose(run.states, np.rint(run.states), atol=1e-5)
    found = study.software_chips(checkpoint, data, dataclasses.replace(CHIPS, count=3), 0.1)
    assert found.accuracies.shape == (3,)
    assert found.low <= found.median
