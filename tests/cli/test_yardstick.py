"""The command `hwsim yardstick`."""

import json

import pytest

from hwsim.checkpoints.checkpoint import save_checkpoint
from hwsim.cli.main import main


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """The shipped network."""
    folder = tmp_path_factory.mktemp("yardstick") / "export"
    checkpoint = "models/japanese_vowels_cmru_k3_d8.safetensors"
    assert main(["export", checkpoint, "--out", str(folder), "--json"]) == 0
    return folder


def test_the_energy_of_the_chip_is_that_of_hwsim_power(export, capsys):
    capsys.readouterr()
    assert main(["yardstick", str(export), "--samples", "10", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert main(["power", str(export), "--samples", "10", "--json"]) == 0
    power = json.loads(capsys.readouterr().out)
    assert record["chip_joules"] == power["energy_joules_per_inference"]
    assert record["operations_of_step"]["multiplications"] == 12 * 8 + 2 * 8 * 8 + 9 * 8
    low, high, controller = record["cores"]
    assert low["energy_joules"] < high["energy_joules"]
    assert low["energy_joules"] < controller["energy_joules"]
    for core in record["cores"]:
        assert core["digital_over_chip"] == core["energy_joules"] / record["chip_joules"]
        assert core["assumptions"]


def test_every_assumption_is_on_the_page(export, capsys):
    assert main(["yardstick", str(export), "--samples", "2"]) == 0
    printed = capsys.readouterr().out
    for words in ("digital / chip", "chip / digital", "45 nm, 0.9 V", "180 nm", "0.5 V", "idle"):
        assert words in printed
    assert "296 products, 321 additions" in printed


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--samples", "0"], "0 is not in the range"),
        (["--samples", "371"], "371 samples asked of a data set of 370"),
        (["--corner", "xx"], "unknown corner 'xx'"),
        (["--temperature", "300"], "out"),
        (["--data", "nowhere.npz"], "no such file"),
    ],
)
def test_bad_input_is_one_line(export, words, complaint, capsys):
    capsys.readouterr()
    assert main(["yardstick", str(export), *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert complaint in printed.err


def test_a_folder_without_an_export(tmp_path, capsys):
    assert main(["yardstick", str(tmp_path)]) == 2
    assert "has no design.json" in capsys.readouterr().err


def test_a_network_of_an_unknown_task_needs_its_data(network, tmp_path, capsys):
    save_checkpoint(tmp_path / "toy.safetensors", network())
    export = ["export", str(tmp_path / "toy.safetensors"), "--out", str(tmp_path / "toy"), "--json"]
    assert main(export) == 0
    capsys.readouterr()
    assert main(["yardstick", str(tmp_path / "toy")]) == 2
    assert "name its .npz with --data" in capsys.readouterr().err
