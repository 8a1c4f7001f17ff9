"""The float network of a checkpoint, scored again from its file."""

import json

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from hwsim.checkpoints.checkpoint import Checkpoint, load_checkpoint
from hwsim.chips.population import Population
from hwsim.cli.evaluate import evaluate_command
from hwsim.cli.train import train_command
from hwsim.data.tasks import load_task
from hwsim.foundation.errors import InputError
from hwsim.training.chip_scores import ChipRuns
from hwsim.training.conversion import checkpoint_network, network_numbers
from hwsim.training.deviations import PlainMismatch
from hwsim.training.evaluation import accuracies


@pytest.fixture
def baseline(task, tmp_path):
    out = tmp_path / "net.safetensors"
    words = [task, "--cell", "lru", "--units", "3", "--steps", "9", "--out", str(out)]
    assert CliRunner().invoke(train_command, words).exit_code == 0
    return out


def run(*words):
    return CliRunner().invoke(evaluate_command, [str(word) for word in words])


def test_a_baseline_is_scored_in_software(baseline, task):
    record = json.loads(run(baseline, "--data", task, "--json").stdout)
    assert record["cell"] == "lru"
    assert record["accuracy"]["test"] == load_checkpoint(baseline).header.metrics.test
    assert set(record["accuracy"]) == {"training", "test"}
    told = run(baseline, "--data", task).stdout
    assert "LRU" in told
    assert "held out for validation" in told


def test_what_does_not_fit_is_refused(baseline, tmp_path):
    x, y = np.ones((4, 3, 5)), np.array([0, 1, 0, 1])
    np.savez(tmp_path / "other.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    error = run(baseline, "--data", tmp_path / "other.npz").exception
    assert isinstance(error, InputError)
    assert "the data has 5 channels and 2 classes, the network 2 and 2" in str(error)
    assert "no task 'toy'" in str(run(baseline).exception)
    assert "no such checkpoint" in str(run(tmp_path / "none.safetensors").exception)


@pytest.fixture
def network(task, tmp_path):
    out = tmp_path / "cmru.safetensors"
    words = [task, "--units", "3", "--steps", "60", "--out", str(out)]
    assert CliRunner().invoke(train_command, words).exit_code == 0
    return out


def chips(network, task, *words):
    outcome = run(network, "--data", task, "--json", *words)
    assert outcome.exit_code == 0, outcome.exception
    return json.loads(outcome.stdout)


def test_chips_without_mismatch_are_the_network(network, task):
    found = chips(network, task, "--chips", 3, "--mismatch", 0)
    for name in ("nominal", "mean", "median", "percentile_5", "least"):
        assert found["chips"][name] == found["accuracy"]["test"]
    assert found["chips"]["noise"] == {}


def test_more_mismatch_leaves_less_and_the_seed_decides(network, task):
    little, much = (
        chips(network, task, "--chips", 60, "--mismatch", m)["chips"] for m in (0.02, 2)
    )
    assert much["mean"] < little["mean"]
    assert much["least"] <= much["percentile_5"] <= much["median"]
    again = chips(network, task, "--chips", 60, "--mismatch", 2)["chips"]
    assert again == much
    assert chips(network, task, "--chips", 60, "--mismatch", 2, "--seed", 7)["chips"] != much


def test_accuracies_are_those_of_the_perturbed_checkpoints(network, task):
    """Chip by chip, of a checkpoint that holds the chip's numbers."""
    checkpoint = load_checkpoint(network)
    _, splits = load_task(task)
    drawn = Population(seed=4, count=12, mismatch_scale=0.8)
    found = ChipRuns(checkpoint, splits.test).accuracies(drawn)
    tensors = {name: torch.tensor(value) for name, value in checkpoint.tensors.items()}
    order = network_numbers(checkpoint_network(checkpoint))
    gains = PlainMismatch().draw({name: tensors[name] for name in order}, drawn).gains
    for chip in range(12):
        own = {name: (value * gains[name][chip]).numpy() for name, value in tensors.items()}
        alone = accuracies(Checkpoint(checkpoint.header, own), splits)
        assert found[chip] == alone["test"]
    assert np.ptp(found) > 0


def test_noise_is_told_with_its_three_figures(network, task):
    found = chips(network, task, "--chips", 4, "--mismatch", 0, "--noise", 0.3)["chips"]
    figures = found["noise"]["cells_1"]
    assert 0 < figures["exact_state_fraction"]["value"] < 1
    assert figures["rms_suppression"]["value"] > 0
    assert 0 < figures["of_telling"]["exact_state_fraction"]["value"] < 1
    told = run(network, "--data", task, "--chips", 4, "--noise", 0.3).stdout
    assert "exact states" in told
    assert "5th percentile" in told
    assert "those that tell" in told


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--chips", 5, "--mismatch", -0.1), "the scale of mismatch cannot be -0.1"),
        (("--chips", 5, "--mismatch", "nan"), "the scale of mismatch cannot be nan"),
        (("--chips", 5, "--noise", -1), "the noise cannot be -1.0"),
        (("--chips", 5, "--noise", "inf"), "the noise cannot be inf"),
        (("--mismatch", 0.1), "say how many: --chips 1000"),
    ],
)
def test_chips_that_cannot_be(network, task, words, complaint):
    assert complaint in str(run(network, "--data", task, *words).exception)


def test_a_baseline_has_no_chips(baseline, task):
    error = run(baseline, "--data", task, "--chips", 5).exception
    assert "LRU has no chips" in str(error)
