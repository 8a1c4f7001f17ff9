"""The command `hwsim scaling`."""

import json

import pytest

from hwsim.cli.main import main

SMALL = ("--widths", "3,6", "--depths", "1,2", "--seeds", "2")


def test_a_study_leaves_a_picture_and_one_json_object(tmp_path, capsys):
    assert main(["scaling", *SMALL, "--out", str(tmp_path / "out"), "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    record = json.loads(printed.out)
    assert record == json.loads((tmp_path / "out" / "scaling.json").read_text())
    assert set(record["width"]) == {"recurrent", "state", "feedforward", "square"}
    low, high = record["width"]["recurrent"]["interval"]
    assert low < record["width"]["recurrent"]["exponent"] < high
    assert "<svg" in (tmp_path / "out" / "scaling.svg").read_text()


def test_for_a_person_exponents_stand_beside_those_of_the_literature(capsys):
    assert main(["scaling", "--cell", "fq_bmru", *SMALL]) == 0
    printed = capsys.readouterr().out
    assert "power of networks of fq_bmru cells, 2 of each size" in printed
    assert "95 % interval" in printed
    assert "arXiv 2605.15216" in printed


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--widths", "4"], "widths 4 give no exponent"),
        (["--widths", "4,4"], "widths 4, 4 give no exponent"),
        (["--widths", "4,x"], "'4,x' is no list of whole numbers from 1"),
        (["--widths", "0,4"], "'0,4' is no list of whole numbers from 1"),
        (["--depths", ""], "'' is no list of whole numbers from 1"),
        (["--widths", "4,5000"], "a network of 1 blocks of 5000 units"),
        (["--depths", "1,99"], "a network of 99 blocks of 8 units"),
        (["--seeds", "1"], "1 is not in the range"),
        (["--cell", "gru"], "gru"),
        (["--technology", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(words, complaint, tmp_path, capsys):
    assert main(["scaling", *words, "--out", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert complaint in printed.err
    assert not (tmp_path / "out").exists()
