"""`hwsim template compare --network`: what it prints and writes, what it refuses, how it fails."""

import json

import pytest

from hwsim.circuits.template import load_template
from hwsim.circuits.template_copy import copy_template
from hwsim.cli.main import main
from hwsim.foundation.assets import shipped

PAIR = ("fq_bmru_9t", "fq_bmru_matched")
FEW = ("--chips", "4", "--samples", "12")


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verdict") / "export"
    model = shipped("models") / "japanese_vowels_fq_bmru_d8.safetensors"
    assert main(["export", str(model), "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def compare(capsys, tmp_path, monkeypatch):
    """Run the command: exit code, stdout, stderr."""
    monkeypatch.setenv("HWSIM_CACHE", str(tmp_path / "cache"))

    def run(*words):
        capsys.readouterr()
        code = main(["template", "compare", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_a_verdict_is_two_tables_a_picture_and_a_summary(compare, export, tmp_path):
    out = tmp_path / "verdict"
    code, printed, _ = compare(*PAIR, "--network", export, *FEW, "--out", out)
    assert code == 0
    assert "spread of threshold_high" in printed
    assert "the same 4 chips, 12 samples each" in printed
    assert "accuracy, 5th percentile" in printed
    assert (out / "verdict.png").read_bytes().startswith(b"\x89PNG")
    summary = json.loads((out / "verdict.json").read_text())
    names = {line["name"] for line in summary["lines"]}
    assert "energy an inference, median chip" in names
    assert summary["pass"] is True
    assert "--chips 4" in summary["command"]


def test_the_same_command_says_the_same(compare, export):
    words = (*PAIR, "--network", export, *FEW, "--json")
    first, second = compare(*words), compare(*words)
    assert first[0] == 0
    assert first == second
    record = json.loads(first[1])
    assert record["network"] == "japanese_vowels_fq_bmru_d8"
    assert {row["name"] for row in record["figures"]} >= {"threshold_high", "gate area"}


def test_all_samples_are_the_default_and_a_word(compare, export):
    code, printed, _ = compare(
        *PAIR, "--network", export, "--chips", "1", "--samples", "all", "--json"
    )
    assert code == 0
    assert json.loads(printed)["samples"] == 370


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((*PAIR, "--chips", "0"), "'--chips'"),
        ((*PAIR, "--samples", "0"), "'0' is neither 'all' nor a number from 1"),
        ((*PAIR, "--samples", "some"), "'some' is neither"),
        ((*PAIR, "--samples", "371"), "371 samples asked of a data set of 370"),
        ((*PAIR, "--seed", "-1"), "'--seed'"),
        ((*PAIR, "--technology", "gf180mcuD"), "the network is on generic180, not on gf180mcuD"),
        ((*PAIR, "--data", "moon"), "moon"),
        (("fq_bmru_9t", "cmru_ladder"), "is a cmru, not a fq_bmru"),
        (("cmru_ladder", "cmru_ladder_matched"), "has no cmru, which cmru_ladder is"),
        (("mirror_cascode", "mirror_plain"), "has another unit_transistor"),
        (("bias_reference", "bias_reference"), "has no datasheet to compare"),
    ],
)
def test_wrong_input_is_one_line_and_exit_2(compare, export, tmp_path, words, message):
    out = tmp_path / "nothing"
    code, printed, complaint = compare(*words, "--network", export, "--out", out)
    assert code == 2
    assert printed == ""
    assert message in complaint
    assert complaint.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("words", [("--chips", "3"), ("--samples", "all"), ("--out", "here")])
def test_options_of_a_network_need_one(compare, words):
    code, printed, complaint = compare(*PAIR, *words)
    assert code == 2
    assert printed == ""
    assert f"{words[0]} is of a network" in complaint


def test_a_folder_that_is_no_export_is_told(compare, tmp_path):
    code, _, complaint = compare(*PAIR, "--network", tmp_path)
    assert code == 2
    assert "has no design.json" in complaint


@pytest.fixture
def edited(tmp_path):
    """A copy of the nine-transistor cell, called `mine`, with one text replaced."""

    def make(old, new):
        copy_template(load_template("fq_bmru_9t"), "mine", tmp_path)
        path = tmp_path / "mine" / "template.spice"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        return tmp_path

    return make


def test_a_template_with_a_mistake_is_told_with_its_line(compare, export, edited):
    home = edited("Xfb_mirror state    feedback", "Xfb_mirror state    feedbak ")
    words = ("fq_bmru_9t", "mine", "--network", export, "--template-path", home)
    code, printed, complaint = compare(*words)
    assert code == 2
    assert printed == ""
    assert "node 'feedbak' floats" in complaint


@pytest.mark.spice
def test_an_edit_is_measured_and_judged(compare, export, edited):
    home = edited(
        "Xfb_mirror state    feedback  vdd       vdd pfet w={w_unit}",
        "Xfb_mirror state    feedback  vdd       vdd pfet w={1.2*w_unit}",
    )
    words = ("fq_bmru_9t", "mine", "--network", export, "--template-path", home)
    code, printed, _ = compare(*words, *FEW, "--json")
    assert code == 0
    record = json.loads(printed)
    figures = {row["name"]: row for row in record["figures"]}
    lines = {row["name"]: row for row in record["lines"]}
    assert figures["width"]["change"] == pytest.approx(0.2, abs=0.05)
    assert "retention" not in figures
    area = lines["gate area, every fq_bmru"]
    assert area["change"] == pytest.approx(8 * 0.2 * 5e-12)
    assert lines["transistors, every fq_bmru"]["change"] == 0


@pytest.mark.spice
def test_a_circuit_that_does_not_work_is_a_failed_line(compare, export, edited, tmp_path):
    home = edited(
        "Xfb_mirror state    feedback  vdd       vdd pfet w={w_unit} l={l_unit}",
        ("Xfb_mirror state    feedback  vdd       vdd pfet w={w_unit} l={200*l_unit}"),
    )
    out = tmp_path / "verdict"
    words = ("fq_bmru_9t", "mine", "--network", export, "--template-path", home, "--out", out)
    code, printed, complaint = compare(*words)
    assert code == 1
    assert complaint == ""
    assert "failed: mine: no threshold_high: never switches" in printed
    assert "accuracy" not in printed
    record = json.loads(compare(*words, "--json")[1])
    assert record["pass"] is False
    assert record["failed"][0]["template"] == "mine"
    assert not (out / "verdict.json").exists()
