"""Training that begins with a checkpoint, and hardware on the command line and in the file."""

import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.cli.export import export_command
from hwsim.cli.train import train_command
from hwsim.foundation.assets import shipped
from hwsim.foundation.errors import InputError

NETWORK = ("--units", 3, "--levels-half", 2, "--steps", 6)


def run(*words):
    return CliRunner().invoke(train_command, [str(word) for word in words])


def trained(out, *words):
    outcome = run(*words, "--out", out)
    assert outcome.exit_code == 0, outcome.exception
    return load_checkpoint(out)


@pytest.fixture
def start(task, tmp_path):
    return trained(tmp_path / "start.safetensors", task, *NETWORK, "--validation-fraction", 0.3)


@pytest.fixture
def place(tmp_path, start):
    path = tmp_path / "start.safetensors"
    assert load_checkpoint(path).content_hash == start.content_hash
    return path


def test_it_begins_with_the_numbers_of_the_checkpoint(start, place, task, tmp_path):
    tuned = trained(
        tmp_path / "tuned.safetensors",
        *(task, "--from", place, "--steps", 1, "--learning-rate", 1e-12, "--mismatch", 0.1),
    )
    for name, tensor in start.tensors.items():
        np.testing.assert_allclose(tuned.tensors[name], tensor, rtol=1e-5, atol=1e-7)
    header = tuned.header
    assert header.normalisation == start.header.normalisation
    assert (header.units, header.cell.levels_half) == (3, 2)
    assert header.recipe["start"] == start.content_hash
    assert header.recipe["hardware.mismatch"] == 0.1
    assert header.recipe["validation_fraction"] == 0.3


def test_it_learns_on(place, task, tmp_path):
    words = (task, "--from", place, "--steps", 40, "--mismatch", 0.05, "--chips", 2)
    first = trained(tmp_path / "one.safetensors", *words)
    again = trained(tmp_path / "one.safetensors", *words)
    assert first.content_hash == again.content_hash
    assert first.header.metrics.test > 0.9


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--units", 4), "has units 3, this training 4"),
        (("--blocks", 2), "has blocks 1, this training 2"),
        (("--levels-half", 5), "has levels_half 2, this training 5"),
        (("--cell", "fq_bmru"), "has cell saturating_cmru, this training fq_bmru"),
        (("--readout", "last"), "has readout mean, this training last"),
        (("--input-clip", 3), "has input_clip None, this training 3"),
        (("--from", "none.safetensors"), "no such checkpoint"),
        (("--mismatch", -0.1), "hardware.mismatch must be at least 0"),
        (("--mismatch", "nan"), "hardware.mismatch must be at least 0"),
        (("--noise", -1), "hardware.noise must be at least 0"),
        (("--bits", 9), "hardware.bits must be from 2 to 8"),
        (("--chips", 0), "hardware.chips must be from 1 to 1000"),
        (("--hardware", "generic90"), "unknown technology 'generic90'"),
        (("--hardware", "."), "has no design.json"),
        (("--margin-weight", 2), "margin_weight without a margin"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_written(
    place, task, tmp_path, words, complaint, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "tuned.safetensors"
    error = run(task, "--from", place, "--steps", 2, *words, "--out", out).exception
    assert isinstance(error, InputError)
    assert complaint in str(error)
    assert not out.exists()


def test_another_task_or_other_data_are_refused(place, tmp_path):
    out = tmp_path / "tuned.safetensors"
    error = run("flip_flop", "--from", place, "--out", out).exception
    assert "was trained on toy, not on flip_flop" in str(error)
    x, y = np.ones((8, 3, 5)) * np.arange(8)[:, None, None], np.arange(8) % 2
    np.savez(tmp_path / "sub.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    other = tmp_path / "sub.npz"
    other.rename(tmp_path / "other.npz")
    (tmp_path / "deep").mkdir()
    other = (tmp_path / "other.npz").rename(tmp_path / "deep" / "toy.npz")
    error = run(other, "--from", place, "--out", out).exception
    assert "the data has 5 channels and 2 classes, the checkpoint to begin with 2 and 2" in str(
        error
    )


def test_templates_that_do_not_exist_do_not_fit_or_were_never_measured(task, tmp_path, monkeypatch):
    """Found before anything is trained."""
    mine = tmp_path / "templates" / "mirror_mine"
    shutil.copytree(shipped("netlists") / "templates" / "mirror_plain", mine)
    text = (mine / "template.yaml").read_text()
    (mine / "template.yaml").write_text(text.replace("name: mirror_plain", "name: mirror_mine"))
    monkeypatch.setenv("HWSIM_TEMPLATES", str(mine.parent))
    file = tmp_path / "hard.yaml"
    for choice, complaint in (
        ("cmru: bmru_latch", "is a bmru, not a cmru"),
        ("cmru: cmru_dream", "unknown template 'cmru_dream'"),
        ("valve: triode", "unknown kind of template 'valve'"),
        ("mirror: mirror_mine", "there is no datasheet of mirror_mine on generic180"),
    ):
        file.write_text(
            f"task: {task}\nhardware:\n  technology: generic180\n"
            f"  templates: {{{choice}}}\nrecipe: {{units: 3}}\n"
        )
        error = run("--config", file, "--out", tmp_path / "n.safetensors").exception
        assert isinstance(error, InputError)
        assert complaint in str(error)


def test_one_file_is_the_same_as_the_options(task, tmp_path):
    file = tmp_path / "hard.yaml"
    file.write_text(
        f"format: hwsim-training\ntask: {task}\n"
        "recipe: {units: 3, levels_half: 2, steps: 6}\n"
        "hardware:\n  technology: generic180\n  bits: 5\n  chips: 2\n  mismatch: 0.02\n"
    )
    written = trained(tmp_path / "one.safetensors", "--config", file)
    words = ("--hardware", "generic180", "--bits", 5, "--chips", 2, "--mismatch", 0.02)
    given = trained(tmp_path / "two.safetensors", task, *NETWORK, *words)
    assert written.header.recipe == given.header.recipe
    for name, tensor in written.tensors.items():
        np.testing.assert_array_equal(tensor, given.tensors[name])
    over = trained(tmp_path / "one.safetensors", "--config", file, "--bits", 4)
    assert over.header.recipe["hardware.bits"] == 4
    assert over.header.recipe["hardware.technology"] == "generic180"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("  misfit: 0.1", "line 4.*Extra inputs"),
        ("  mismatch: much", "line 4.*valid number"),
        ("  bits: 5.5", "line 4.*valid integer"),
        ("  mismatch: .nan", "line 4.*finite number"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_line(task, tmp_path, line, complaint):
    file = tmp_path / "hard.yaml"
    file.write_text(f"task: {task}\nrecipe: {{units: 3}}\nhardware:\n{line}\n")
    error = run("--config", file, "--out", tmp_path / "n.safetensors").exception
    assert isinstance(error, InputError)
    with pytest.raises(InputError, match=complaint):
        raise error


def test_an_export_gives_its_technology_and_operating_point(place, task, tmp_path):
    words = [str(place), "--out", str(tmp_path / "export"), "--bits", "4", "--unit-current", "2nA"]
    outcome = CliRunner().invoke(export_command, words)
    assert outcome.exit_code == 0, outcome.exception
    tuned = trained(
        tmp_path / "tuned.safetensors",
        *(task, "--from", place, "--steps", 3, "--hardware", tmp_path / "export", "--chips", 2),
    )
    found = {
        name.removeprefix("hardware."): value
        for name, value in tuned.header.recipe.items()
        if name.startswith("hardware.")
    }
    design = json.loads((tmp_path / "export" / "design.json").read_text())
    assert (found["technology"], found["bits"], found["unit_current"]) == ("generic180", 4, 2e-9)
    assert found["templates.cmru"] == design["templates"]["cmru"]
    assert found["output_gain"] == 0.5
