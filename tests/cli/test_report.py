"""``hwsim report``: what it writes, and how bad input ends."""

import json
import re

import pytest

from hwsim.cli import main as cli


@pytest.fixture(scope="module")
def export(small_export, network, compiled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "export"
    return small_export(folder, compiled(network("fq_bmru", units=3)))


@pytest.fixture(scope="module")
def data(recordings, write_data, tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("data") / "own.npz", recordings(lengths=(3, 2, 4)))


@pytest.fixture
def report(export, data, tmp_path):
    def run(name, *words):
        options = ["--data", str(data), "--chips", "4", *words]
        return cli.main(["report", str(export.folder), "--out", str(tmp_path / name), *options])

    return run


def test_the_suffix_says_what_is_written(report, tmp_path, capsys):
    for name, beginning in (("a.html", "<!doctype html>"), ("a.MD", "# toy"), ("a.json", "{")):
        assert report(name) == 0
        assert (tmp_path / name).read_text().startswith(beginning)
    printed = capsys.readouterr().out
    assert f"report: {tmp_path / 'a.html'}" in printed
    assert re.search(r"^  hwsim verify \S+export --samples 3 --data ", printed, re.MULTILINE)


def test_json_holds_what_is_printed_as_json(report, tmp_path, capsys):
    assert report("a.json", "--json", "--seed", "3") == 0
    printed = json.loads(capsys.readouterr().out)
    assert json.loads((tmp_path / "a.json").read_text()) == printed
    assert printed["chips"]["seed"] == 3
    assert printed["command"].startswith("hwsim report ")
    assert printed["file"] == str(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("name", "words", "complaint"),
    [
        ("a.pdf", [], r"a\.pdf' ends in none of \.html, \.md, \.json"),
        ("a", [], "ends in none of"),
        ("nowhere/a.html", [], "nowhere: there is no such folder"),
        ("a.html", ["--chips", "1"], "1 is not in the range"),
        ("a.html", ["--above", "2"], "above: an accuracy of 2"),
        ("a.html", ["--above", "nan"], "above: an accuracy of nan"),
        ("a.html", ["--seed", "-1"], "-1 is not in the range"),
        ("a.html", ["--corner", "zz"], "unknown corner 'zz'"),
        ("a.html", ["--temperature", "900"], "900 C is outside the range"),
        ("a.html", ["--data", "nowhere"], "there is no task 'nowhere'"),
        ("a.html", ["--data", "japanese_vowels"], "has 12 channels, the network 2 inputs"),
    ],
)
def test_bad_input_is_one_line(report, export, tmp_path, capsys, name, words, complaint):
    before = sorted(export.folder.rglob("*"))
    assert report(name, *words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert re.search(complaint, said.err)
    assert list(tmp_path.iterdir()) == []
    assert sorted(export.folder.rglob("*")) == before


def test_a_folder_that_is_no_export(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert cli.main(["report", str(tmp_path), "--out", str(tmp_path / "a.html")]) == 2
    assert "has no design.json" in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()


def test_a_network_whose_task_is_not_there_asks_for_its_data(export, tmp_path, capsys):
    assert cli.main(["report", str(export.folder), "--out", str(tmp_path / "a.html")]) == 2
    assert "--data" in capsys.readouterr().err
