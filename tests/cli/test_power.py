"""``hwsim power``: what it prints, its check against ngspice, and how bad input ends."""

import json
import re

import numpy as np
import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.export import write_export
from hwsim.cli import main as cli


@pytest.fixture
def folder(network, compiled, tmp_path):
    design = compiled(network("fq_bmru"), step=5e-3)
    target = tmp_path / "export"
    write_export(target, design, load_circuits(design), np.zeros((1, 2)))
    return target


@pytest.fixture
def data(recordings, tmp_path):
    made = recordings(lengths=(3, 2))
    path = tmp_path / "two.npz"
    arrays = {"x": made.values, "y": made.labels, "length": made.lengths}
    both = {f"{name}_{part}": each for name, each in arrays.items() for part in ("train", "test")}
    np.savez(path, **both)
    return path


@pytest.fixture
def power(folder, data):
    def run(*words):
        return cli.main(["power", str(folder), "--data", str(data), *words])

    return run


def test_power_is_told_by_group_and_part(power, folder, capsys):
    assert power("--json", "--corner", "ff", "--temperature", "85") == 0
    found = json.loads(capsys.readouterr().out)
    assert sum(found["power_watts_by_group"].values()) == pytest.approx(found["power_watts"])
    assert sum(found["power_watts_by_part"].values()) == pytest.approx(found["power_watts"])
    for part, groups in found["power_watts_by_part_and_group"].items():
        assert sum(groups.values()) == pytest.approx(found["power_watts_by_part"][part])
    assert len(found["power_watts_by_step"]) == 3
    assert found["error_percent"] is None
    assert "not checked" in found["unchecked"]
    assert power() == 0
    printed = capsys.readouterr().out
    assert f"`hwsim power {folder} --check` tells it" in printed
    assert "leakage" in printed


@pytest.mark.spice
def test_a_check_compares_with_ngspice_is_kept_and_quoted(power, folder, capsys):
    words = ["--check", "--samples", "2", "--workers", "1"]
    assert power(*words, "--json") == 0
    first = json.loads(capsys.readouterr().out)
    errors = first["error_percent"]
    assert (first["samples"], first["cases"]) == (2, 4)
    assert set(errors["by_stage"]) >= {"reference", "input", "cells_1"}
    assert 0 < errors["mean"] <= errors["max"] < 5
    assert max(errors["by_stage"].values()) < 15
    kept = {path.name: path.stat().st_mtime_ns for path in (folder / "results").glob("*.npz")}
    assert len(kept) == 4

    assert power(*words) == 0  # everything is known by now
    printed = capsys.readouterr().out
    assert "passes" in printed
    assert "tt 85 C" in printed
    again = {path.name: path.stat().st_mtime_ns for path in (folder / "results").glob("*.npz")}
    assert again == kept

    assert power("--json", "--corner", "ss") == 0
    assert json.loads(capsys.readouterr().out)["error_percent"] == errors
    assert power("--json", "--temperature", "85") == 0
    hot = json.loads(capsys.readouterr().out)["error_percent"]
    assert hot == first["conditions"][2]["error_percent"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--full"], "--full is of a check"),
        (["--check", "--corner", "ff"], "--corner has no part in a check"),
        (["--check", "--temperature", "85"], "--temperature has no part in a check"),
        (["--check", "--engine", "ngspice"], "--engine has no part in a check"),
        (["--check", "--samples", "3"], "3 samples asked of a data set of 2"),
        (["--check", "--samples", "0"], "0 is not in the range"),
        (["--engine", "ideal"], "'ideal' is not one of"),
        (["--corner", "zz"], "unknown corner 'zz'"),
        (["--temperature", "90"], "90 C is outside the range"),
        (["--temperature", "nan"], "nan"),
        (["--data", "no.npz"], "no.npz"),
    ],
)
def test_bad_input_is_one_line(power, folder, capsys, words, complaint):
    before = sorted(folder.rglob("*"))
    assert power(*words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert re.search(complaint, said.err)
    assert sorted(folder.rglob("*")) == before


def test_a_folder_without_an_export_is_told(tmp_path, capsys):
    assert cli.main(["power", str(tmp_path), "--check"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_broken_check_is_told(power, folder, capsys):
    (folder / "results").mkdir(exist_ok=True)
    (folder / "results" / "power_check.json").write_text("nothing")
    assert power() == 2
    assert "is no check of power" in capsys.readouterr().err
