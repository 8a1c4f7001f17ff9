"""`hwsim train` from the outside."""

import json
import subprocess
import sys

from click.testing import CliRunner

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.cli.export import export_command
from hwsim.cli.train import train_command
from hwsim.foundation.errors import InputError
from hwsim.training import fit
from hwsim.training.fit import Fitting


def run(*words):
    return CliRunner().invoke(train_command, [str(word) for word in words])


def refused(*words) -> str:
    error = run(*words).exception
    assert isinstance(error, InputError)
    return str(error)


def test_json_is_one_object_that_tells_what_was_made(task, tmp_path):
    out = tmp_path / "net.safetensors"
    outcome = run(
        task, "--units", 4, "--steps", 20, "--seeds", 2, "--seed", 3, "--json", "--out", out
    )
    assert outcome.exit_code == 0
    record = json.loads(outcome.stdout)
    checkpoint = load_checkpoint(out)
    header = checkpoint.header
    assert record["accuracy"] == header.metrics.model_dump()
    assert record["content_hash"] == checkpoint.content_hash
    assert (record["task"], record["levels_half"], header.units) == ("toy", 3, 4)
    assert [one["seed"] for one in record["contenders"]] == [3, 4]
    assert outcome.stderr == ""


def test_the_recorded_command_makes_the_same_file(task, tmp_path):
    out = tmp_path / "net.safetensors"
    run(task, "--cell", "fq_bmru", "--units", 3, "--steps", 9, "--weight-clip", 1, "--out", out)
    first = out.read_bytes()
    words = load_checkpoint(out).header.command.split()
    assert words[:3] == ["hwsim", "train", task]
    assert "--seed" not in words
    run(*words[2:])
    assert out.read_bytes() == first


def test_a_person_gets_a_table(task, tmp_path):
    out = tmp_path / "net.safetensors"
    outcome = run(task, "--steps", 5, "--seeds", 2, "--out", out)
    assert "saturating CMRU" in outcome.stdout
    assert "the best of 2 on the validation set" in outcome.stdout
    assert f"checkpoint: {out}" in outcome.stdout


def test_other_cells_are_given_as_many_parameters(task, tmp_path):
    def counted(*words):
        outcome = run(task, "--steps", 1, "--json", "--out", tmp_path / "n.safetensors", *words)
        record = json.loads(outcome.stdout)
        return record["units"], record["parameters"]

    units, parameters = counted("--units", 16)
    assert units == 16
    for cell in ("lru", "mingru", "gru"):
        width, count = counted("--cell", cell, "--units", 16, "--match", "saturating_cmru")
        assert width < 16
        assert abs(count - parameters) < 0.1 * parameters


def test_a_baseline_is_no_circuit(task, tmp_path):
    out = tmp_path / "net.safetensors"
    assert run(task, "--cell", "mingru", "--units", 3, "--steps", 2, "--out", out).exit_code == 0
    outcome = CliRunner().invoke(export_command, [str(out), "--out", str(tmp_path / "export")])
    assert "minGRU cannot become a circuit" in str(outcome.exception)
    assert not (tmp_path / "export").exists()


def test_an_interrupted_training_is_taken_up(task, tmp_path, monkeypatch):
    out = tmp_path / "net.safetensors"
    words = [task, "--units", 3, "--steps", 8, "--seeds", 2, "--out", out]
    run(*words)
    whole = out.read_bytes()
    out.unlink()
    plain, steps = Fitting.take_step, []

    def interrupted(fitting):
        steps.append(1)
        if len(steps) == 12:
            raise KeyboardInterrupt
        plain(fitting)

    monkeypatch.setattr(Fitting, "take_step", interrupted)
    outcome = run(*words)
    assert "the same command with --resume goes on" in outcome.stderr
    assert not out.exists()
    monkeypatch.undo()
    assert run(*words, "--resume").exit_code == 0
    assert out.read_bytes() == whole
    assert not out.with_suffix(".training").exists()
    assert "no interrupted training" in refused(*words, "--resume")


def test_a_divergence_keeps_the_last_good_checkpoint(task, tmp_path, monkeypatch):
    out = tmp_path / "net.safetensors"
    plain, calls = fit._loss, []

    def loss(*arguments):
        calls.append(1)
        return plain(*arguments) * (float("inf") if len(calls) > 6 else 1.0)

    monkeypatch.setattr(fit, "_loss", loss)
    said = refused(task, "--units", 3, "--steps", 9, "--out", out)
    good = tmp_path / "net.last_good.safetensors"
    header = load_checkpoint(good).header
    assert f"{100 * header.metrics.validation:.1f} % on the validation set, is in {good}" in said
    assert "at step 7 of seed 0" in said
    assert "lower learning_rate" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == [good.name, "toy.npz"]


def test_bad_input_leaves_nothing(task, tmp_path):
    out = tmp_path / "net.safetensors"
    assert "no task 'vowels'" in refused("vowels", "--out", out)
    assert "no cell 'lstm'" in refused(task, "--cell", "lstm", "--out", out)
    assert "has no levels_half" in refused(
        task, "--cell", "fq_bmru", "--levels-half", 3, "--out", out
    )
    assert "units must be" in refused(task, "--units", 0, "--out", out)
    assert "diverged" in refused(task, "--learning-rate", 1e30, "--out", out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["toy.npz"]


def test_the_place_for_the_checkpoint_is_checked_first(tmp_path):
    assert "ends in .safetensors" in refused("vowels", "--out", tmp_path / "net.pt")
    missing = tmp_path / "none" / "net.safetensors"
    assert "its folder does not exist" in refused("vowels", "--out", missing)
    folder = tmp_path / "folder.safetensors"
    folder.mkdir()
    assert "is a folder" in refused("vowels", "--out", folder)


def test_the_command_is_read_without_torch():
    code = "import sys, hwsim.cli.train; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
