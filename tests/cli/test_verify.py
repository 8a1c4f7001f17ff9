"""``hwsim verify --chips``: what it prints, and how bad input ends."""

import json
import re

import numpy as np
import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.export import write_export
from hwsim.cli import main as cli


@pytest.fixture(scope="module")
def folder(network, compiled, tmp_path_factory):
    design = compiled(network("fq_bmru"))
    target = tmp_path_factory.mktemp("verify") / "export"
    write_export(target, design, load_circuits(design), np.zeros((1, 2)))
    return target


@pytest.fixture(scope="module")
def data(recordings, tmp_path_factory):
    made = recordings(lengths=(2, 1))
    path = tmp_path_factory.mktemp("data") / "two.npz"
    arrays = {"x": made.values, "y": made.labels, "length": made.lengths}
    both = {f"{name}_{part}": each for name, each in arrays.items() for part in ("train", "test")}
    np.savez(path, **both)
    return path


@pytest.fixture
def verify(folder, data):
    def run(*words):
        return cli.main(["verify", str(folder), "--data", str(data), *words])

    return run


@pytest.mark.spice
def test_chips_are_verified_and_the_second_time_known(verify, folder, capsys):
    words = ["--chips", "2", "--samples", "2", "--workers", "1", "--seed", "3"]
    assert verify(*words, "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["chips"], first["samples"], first["seed"]) == (2, 2, 3)
    assert first["decisions_equal"]["total"] == 4
    assert first["noise"]["cells_1"]["margin_median"]["value"] > 0
    kept = {path.name for path in (folder / "results").glob("*.npz")}
    assert len(kept) == 4

    assert verify(*words, "--noise", "0", "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert again["noise"] == {}
    assert {path.name for path in (folder / "results").glob("*.npz")} == kept
    assert again["states_equal"] == first["states_equal"]
    assert again["trip_points"] == first["trip_points"]

    assert verify(*words) == 0
    printed = capsys.readouterr().out
    assert "2 chips of 2 recordings" in printed
    assert "clear decisions" in printed


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--chips", "0"], "0 is not in the range"),
        (["--chips", "some"], "'some' is not a valid integer"),
        (["--chips", "2", "--samples", "3"], "3 samples asked of a data set of 2"),
        (["--chips", "2", "--mismatch", "-1"], "mismatch_scale: .* cannot be -1.0"),
        (["--chips", "2", "--mismatch", "nan"], "mismatch_scale: .* cannot be nan"),
        (["--chips", "2", "--noise", "-1"], "step_noise: .* cannot be -1.0"),
        (["--chips", "2", "--noise", "nan"], "step_noise: .* cannot be nan"),
        (["--chips", "2", "--seed", "-1"], "-1 is not in the range"),
        (["--chips", "2", "--corner", "zz"], "unknown corner 'zz'"),
        (["--noise", "2"], "--noise is of drawn chips"),
        (["--mismatch", "2"], "--mismatch is of drawn chips"),
        (["--seed", "2"], "--seed is of drawn chips"),
        (["--scheduler", "nonsense"], "no scheduler answers at 'nonsense'"),
        (["--scheduler", "tcp://h:1", "--workers", "2"], "--workers are of this machine"),
    ],
)
def test_bad_input_is_one_line(verify, folder, capsys, words, complaint):
    before = sorted(folder.rglob("*"))
    assert verify(*words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert re.search(complaint, said.err)
    assert sorted(folder.rglob("*")) == before
