"""The search: the same points for everyone, kept as it goes, judged on validation alone."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from hwsim.cli.train import train_command
from hwsim.cli.tune import tune_command
from hwsim.data.sequences import Sequences, Splits
from hwsim.foundation.errors import InputError
from hwsim.training import tune as module
from hwsim.training.config import read_config
from hwsim.training.material import prepare
from hwsim.training.recipe import Recipe
from hwsim.training.tune import LEARNING_RATES, WEIGHT_DECAYS, TuneFolder, draw_trials, tune

RECIPE = Recipe(cell="cmru", units=3, steps=8, batch=16)


def test_points_are_the_seeds_and_more_begin_with_the_same():
    assert draw_trials(3, 0) == draw_trials(8, 0)[:3]
    assert draw_trials(3, 0) != draw_trials(3, 1)
    rates = np.log10([trial.learning_rate for trial in draw_trials(4000, 2)])
    decays = np.array([trial.weight_decay for trial in draw_trials(4000, 2)])
    assert np.histogram(rates, 4, np.log10(LEARNING_RATES))[0] / 4000 == pytest.approx(
        [0.25] * 4, abs=0.03
    )
    assert WEIGHT_DECAYS[0] * 0.99 < decays.min() < decays.max() < WEIGHT_DECAYS[1] * 1.01
    with pytest.raises(InputError, match="a search of 0 trials"):
        draw_trials(0, 0)


def test_what_is_done_is_not_done_again(splits, tmp_path, monkeypatch):
    material, points = prepare(splits, RECIPE), draw_trials(3, 0)
    plain, trained = module.fit, []

    def fit(recipe, *arguments):
        if len(trained) == 4:
            raise KeyboardInterrupt
        trained.append(recipe)
        return plain(recipe, *arguments)

    monkeypatch.setattr(module, "fit", fit)
    folder = TuneFolder(tmp_path / "search")
    with pytest.raises(KeyboardInterrupt):
        tune(RECIPE, material, points, folder, seeds=2)
    monkeypatch.setattr(module, "fit", plain)
    steps = []
    again = tune(RECIPE, material, points, TuneFolder(folder.path), seeds=2, advance=steps.append)
    assert steps == [16, 16, *[1] * 16]
    whole = tune(RECIPE, material, points, TuneFolder(tmp_path / "other"), seeds=2)
    assert again == whole
    assert [one.score for one in whole] == sorted((one.score for one in whole), reverse=True)
    assert {one.recipe.seed for one in whole} == {0}


def test_a_damaged_trial_is_run_again(splits, tmp_path):
    material, points = prepare(splits, RECIPE), draw_trials(1, 0)
    folder = TuneFolder(tmp_path)
    first = tune(RECIPE, material, points, folder)
    (path,) = (tmp_path / "trials").iterdir()
    path.write_text("{")
    assert tune(RECIPE, material, points, folder) == first
    assert json.loads(path.read_text())["diverged"] == 0


def test_a_trial_that_diverges_is_the_worst_and_stops_nothing(splits, tmp_path):
    wild = module.Trial(learning_rate=1e30, weight_decay=1e-3)
    points = (wild, *draw_trials(1, 0))
    outcomes = tune(RECIPE, prepare(splits, RECIPE), points, TuneFolder(tmp_path / "t"), seeds=2)
    assert outcomes[-1].recipe.learning_rate == 1e30
    assert outcomes[-1].diverged == 2
    assert outcomes[0].diverged == 0


def test_the_test_set_changes_nothing(splits, tmp_path):
    upside_down = Sequences(
        splits.test.values, splits.test.lengths, 1 - splits.test.labels, splits.test.classes
    )
    points = draw_trials(2, 0)
    ours, theirs = (
        tune(RECIPE, prepare(one, RECIPE), points, TuneFolder(tmp_path / name))
        for name, one in (("a", splits), ("b", Splits(splits.train, upside_down)))
    )
    assert ours == theirs


def run(*words):
    return CliRunner().invoke(tune_command, [str(word) for word in words])


def test_the_command_writes_a_training_of_each_cell(task, tmp_path):
    out = tmp_path / "search"
    words = [task, "--cell", "saturating_cmru", "--cell", "gru", "--units", 8, "--match"]
    words += ["--trials", 2, "--steps", 4, "--beta", 0.7, "--out", out]
    outcome = run(*words, "--json")
    assert outcome.exit_code == 0, outcome.exception
    record = json.loads(outcome.stdout)
    ours, theirs = record["cells"]
    assert [ours["cell"], theirs["cell"]] == ["saturating_cmru", "gru"]
    assert theirs["units"] < ours["units"] == 8
    rates = [{one["learning_rate"] for one in cell["trials"]} for cell in record["cells"]]
    assert rates[0] == rates[1]
    best = read_config(out / "best_saturating_cmru.yaml")
    assert best.recipe.beta == 0.7
    assert best.recipe.learning_rate == ours["trials"][0]["learning_rate"]
    net = tmp_path / "net.safetensors"
    line = ["--config", str(out / "best_gru.yaml"), "--json", "--out", str(net)]
    trained = json.loads(CliRunner().invoke(train_command, line).stdout)
    assert trained["accuracy"]["validation"] == theirs["trials"][0]["validation_accuracy"]
    assert "best_gru.yaml" in run(*words).stdout


def test_bad_input(task, tmp_path):
    def refused(*words):
        outcome = run(*words, "--out", tmp_path / "t")
        assert not (tmp_path / "t").exists()
        return str(outcome.exception) + outcome.stderr

    assert "--learning-rate is what is searched" in refused(task, "--learning-rate", 0.1)
    assert "no cell 'lstm'" in refused(task, "--cell", "lstm")
    assert "a search of 0 trials" in refused(task, "--trials", 0)
    assert "no task" in refused("vowels")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    assert "not made by hwsim" in str(run(task, "--out", tmp_path / "mine").exception)
