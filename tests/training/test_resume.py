"""An interrupted training ends where an uninterrupted one does, to the last bit."""

import dataclasses

import numpy as np
import pytest
import torch

from hwsim.data.sequences import Splits
from hwsim.foundation.errors import InputError
from hwsim.training.divergence import DivergedError, is_hopeless
from hwsim.training.recipe import Recipe
from hwsim.training.run_folder import RunFolder
from hwsim.training.train import train

RECIPE = Recipe(cell="saturating_cmru", units=3, levels_half=2, steps=12, batch=16, input_noise=0.2)


class InterruptedTrainingError(Exception):
    pass


def interrupter(after):
    """An `advance` that interrupts after a number of steps."""
    done = []

    def advance(steps):
        done.append(steps)
        if sum(done) == after:
            raise InterruptedTrainingError

    return advance


def run(splits, recipe, folder, **choices):
    return train("toy", splits, recipe, seeds=2, keep=folder, **choices)


@pytest.mark.parametrize("after", [1, 7, 12, 20])
@pytest.mark.parametrize("decay", [None, 0.1])
def test_resuming_changes_nothing(splits, tmp_path, after, decay):
    recipe = dataclasses.replace(RECIPE, weight_decay=decay)
    whole = train("toy", splits, recipe, seeds=2)
    folder = RunFolder(tmp_path / "net.training", interval=0.0)
    with pytest.raises(InterruptedTrainingError):
        run(splits, recipe, folder, advance=interrupter(after))
    torch.rand(3)
    steps = []
    again = RunFolder(folder.path, resume=True, interval=0.0)
    training = run(splits, recipe, again, advance=steps.append)
    assert training.checkpoint.content_hash == whole.checkpoint.content_hash
    assert training.contenders == whole.contenders
    assert sum(steps) == 24
    assert len(steps) < 24 or after == 1


def test_between_two_states_little_is_lost_and_nothing_changed(splits, tmp_path):
    """With the usual interval only the first seed has been kept, when the second is under way."""
    folder = RunFolder(tmp_path / "net.training")
    with pytest.raises(InterruptedTrainingError):
        run(splits, RECIPE, folder, advance=interrupter(20))
    assert sorted(path.name for path in folder.path.iterdir()) == ["run.json", "seed_0.pt"]
    training = run(splits, RECIPE, RunFolder(folder.path, resume=True))
    whole = train("toy", splits, RECIPE, seeds=2)
    assert training.checkpoint.content_hash == whole.checkpoint.content_hash


@pytest.fixture
def interrupted(splits, tmp_path):
    folder = RunFolder(tmp_path / "net.training", interval=0.0)
    with pytest.raises(InterruptedTrainingError):
        run(splits, RECIPE, folder, advance=interrupter(5))
    return folder.path


def test_another_training_is_not_taken_up(splits, interrupted):
    def resume(data=splits, task="toy", **changes):
        recipe = dataclasses.replace(RECIPE, **changes)
        train(task, data, recipe, keep=RunFolder(interrupted, resume=True))

    with pytest.raises(InputError, match=r"had units 3, this one 4 .*leave out --resume"):
        resume(units=4)
    with pytest.raises(InputError, match=r"had weight_clip None, this one 2\.0"):
        resume(weight_clip=2.0)
    with pytest.raises(InputError, match="had task toy, this one other"):
        resume(task="other")
    fewer = Splits(splits.train.take(range(30)), splits.test)
    with pytest.raises(InputError, match="had data"):
        resume(data=fewer)


@pytest.mark.parametrize("name", ["run.json", "seed_0.pt"])
def test_damaged_files_are_named(splits, interrupted, name):
    path = interrupted / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=rf"{name}: is damaged .*begin anew"):
        run(splits, RECIPE, RunFolder(interrupted, resume=True))


def test_a_state_of_something_else_is_refused(splits, interrupted):
    torch.save({"step": 3}, interrupted / "seed_0.pt")
    with pytest.raises(InputError, match="is not a state of it"):
        run(splits, RECIPE, RunFolder(interrupted, resume=True))
    torch.save([1], interrupted / "seed_0.pt")
    with pytest.raises(InputError, match="is damaged"):
        run(splits, RECIPE, RunFolder(interrupted, resume=True))


def test_nothing_to_resume_and_somebody_elses_folder(splits, tmp_path):
    with pytest.raises(InputError, match="no interrupted training to resume"):
        run(splits, RECIPE, RunFolder(tmp_path / "none.training", resume=True))
    mine = tmp_path / "mine.training"
    mine.mkdir()
    (mine / "thesis.tex").touch()
    for resume in (True, False):
        with pytest.raises(InputError, match="not made by hwsim"):
            run(splits, RECIPE, RunFolder(mine, resume=resume))
    assert (mine / "thesis.tex").exists()


def test_without_resume_a_training_begins_anew(splits, interrupted):
    steps = []
    other = dataclasses.replace(RECIPE, units=4)
    run(splits, other, RunFolder(interrupted, interval=0.0), advance=steps.append)
    assert steps == [1] * 24


def test_hopeless_is_not_finite_or_far_beyond_the_start():
    assert is_hopeless(float("nan"), 1.0, 2)
    assert is_hopeless(float("inf"), float("inf"), 2)
    assert is_hopeless(101.0, 1.0, 2)
    assert not is_hopeless(99.0, 1.0, 2)
    assert not is_hopeless(50.0, 0.01, 2)


def poisoned(monkeypatch, step):
    """The loss is not a number from a step on."""
    from hwsim.training import fit

    plain, calls = fit._loss, []

    def loss(*arguments):
        calls.append(1)
        return plain(*arguments) * (float("nan") if len(calls) >= step else 1.0)

    monkeypatch.setattr(fit, "_loss", loss)


def test_a_divergence_leaves_the_best_state_until_then(splits, tmp_path, monkeypatch):
    folder = RunFolder(tmp_path / "net.training", interval=0.0)
    poisoned(monkeypatch, 9)
    with pytest.raises(DivergedError, match="not finite at step 9 of seed 0") as caught:
        run(splits, RECIPE, folder)
    monkeypatch.undo()
    states = []

    def advance(_steps):
        states.append(1)
        if len(states) == 8:
            raise InterruptedTrainingError

    # What it was after eight steps of the same training that went well.
    kept = RunFolder(tmp_path / "well.training", interval=0.0)
    with pytest.raises(InterruptedTrainingError):
        run(splits, RECIPE, kept, advance=advance)
    best = torch.load(kept.path / "seed_0.pt", weights_only=True)["best_state"]
    np.testing.assert_allclose(
        caught.value.checkpoint.tensors["readout.weight"], best["readout.weight"].numpy()
    )
    assert not folder.path.exists()


def test_a_seed_that_went_well_survives_one_that_diverges(splits, monkeypatch):
    first = train("toy", splits, RECIPE).checkpoint
    poisoned(monkeypatch, 13)
    with pytest.raises(DivergedError, match="step 1 of seed 1") as caught:
        train("toy", splits, RECIPE, seeds=2)
    assert caught.value.checkpoint.content_hash == first.content_hash


@pytest.mark.parametrize(
    ("changes", "scale", "knob"),
    [
        ({"learning_rate": 1e30}, 1.0, "lower learning_rate, now 1e.30: try 0.03"),
        ({"learning_rate": 0.06}, 1.0, "lower learning_rate, now 0.06: try 0.02"),
        ({"learning_rate": 1.0, "weight_decay": 50.0}, 1.0, "lower weight_decay, now 50"),
        ({}, 1e6, "set input_clip: an input lies .* standard deviations from its mean"),
        ({"input_clip": 3.0}, 1e6, "lower learning_rate"),
    ],
)
def test_the_knob_is_named(splits, monkeypatch, changes, scale, knob):
    many = splits.train.take([*range(40)] * 20)
    values = many.values.copy()
    values[3, 0, 0] *= scale
    wild = Splits(dataclasses.replace(many, values=values), splits.test, splits.test)
    poisoned(monkeypatch, 2)
    with pytest.raises(DivergedError, match=knob):
        train("toy", wild, dataclasses.replace(RECIPE, **changes))
