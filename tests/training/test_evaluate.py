"""The float network of a checkpoint, scored again from its file."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.cli.evaluate import evaluate_command
from hwsim.cli.train import train_command
from hwsim.foundation.errors import InputError


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
