"""The command `hwsim explore`: what it writes and prints, how it goes on, what it refuses."""

import json
import signal
import subprocess
import sys
import time

import pytest

from hwsim.cli.main import main

FILES = ("pareto.svg", "results.csv", "results.parquet", "summary.json")
SMALL = ("--chips", 4, "--screening-chips", 2, "--screening-samples", 4, "--finals", 3)
SPACE = ("bits=5", "levels-half=3", "template=cmru_ladder", "vdd=1.2", "unit-current=1nA")
VARIED = tuple(word for each in (*SPACE, "step=0.2ms,2ms,5ms") for word in ("--vary", each))


@pytest.fixture
def explore(export, data, checkpoint, tmp_path, capsys):
    """Run an exploration: exit code, stdout, stderr; its folder is `explore.out`."""

    def run(*words, out=tmp_path / "explored"):
        words = ["explore", export, "--out", out, *words]
        for option, value in (("--data", data), ("--checkpoint", checkpoint)):
            if option not in words:
                words += [option, value]
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    run.out = tmp_path / "explored"
    return run


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_exploration_leaves_its_files_and_one_json_object(explore, capsys):
    code, printed, errors = explore(*SMALL, *VARIED, "--loss", 100, "--json")
    assert (code, errors) == (0, "")
    record = json.loads(printed)
    assert record == json.loads((explore.out / "summary.json").read_text())
    assert sorted(record["files"]) == sorted(FILES)
    assert all((explore.out / name).stat().st_size > 100 for name in FILES)
    assert record["points"] == 3
    assert record["refused"] == {"too slow": 1}
    assert record["chosen"]["step"] == 2e-3
    assert record["chosen"]["energy_ratio"] == pytest.approx(0.4, rel=0.05)
    assert (
        record["yardstick"]["chosen"]["chip_joules"]
        < (record["yardstick"]["reference"]["chip_joules"])
    )
    assert "--loss 100" in record["provenance"]["command"]
    assert "<svg" in (explore.out / "pareto.svg").read_text()
    # Other commands take the chosen design.
    for command in ("power", "simulate"):
        words = [command, explore.out / "export", "--data", "japanese_vowels"]
        main([str(word) for word in words])
    design = json.loads((explore.out / "export" / "design.json").read_text())
    assert design["operating"]["step"] == 2e-3
    capsys.readouterr()


def test_for_a_person_it_is_a_table_and_its_reasons(explore):
    code, printed, errors = explore(*SMALL, *VARIED, "--loss", 100)
    assert (code, errors) == (0, "")
    assert "energy an inference and accuracy over 4 chips" in printed
    assert "(the export)" in printed
    assert "3 points, 1 of them not run" in printed
    assert "times the" in printed
    assert f"run `hwsim verify {explore.out / 'export'}` next" in printed


def test_another_choice_computes_nothing(explore, monkeypatch):
    assert explore(*SMALL, *VARIED, "--loss", 100)[0] == 0
    monkeypatch.setattr("hwsim.studies.sweep.run.run_job", None)
    code, printed, _ = explore(*SMALL, *VARIED, "--choose", 0, "--json")
    assert code == 0
    assert json.loads(printed)["chosen"]["point"] == 0
    design = json.loads((explore.out / "export" / "design.json").read_text())
    assert design["operating"]["step"] == 5e-3


def test_where_no_point_works_nothing_is_exported(explore):
    """The export itself is late here, and every other point too."""
    words = [word.replace("step=0.2ms,2ms,5ms", "step=0.2ms") for word in map(str, VARIED)]
    code, printed, _ = explore(*SMALL, *words, "--overdrive", 0.01, "--json")
    assert code == 1
    assert json.loads(printed)["chosen"] is None
    assert not (explore.out / "export").exists()


def test_a_killed_command_is_continued_to_the_same_files(
    explore, export, data, checkpoint, tmp_path
):
    words = ["--chips", "40", "--screening-chips", "20", *map(str, SMALL[4:]), *VARIED]
    line = ["explore", export, "--out", explore.out, "--data", data, "--checkpoint", checkpoint]
    program = "import sys; from hwsim.cli.main import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, line), *words, "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not list(explore.out.glob("screening/jobs/*.json")):
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (explore.out / "summary.json").exists()
    assert explore(*words)[0] == 0
    assert explore(*words, "--workers", 3, out=tmp_path / "other")[0] == 0
    for name in (*FILES[:3], "screening/results.csv", "finals/results.csv", "export/design.json"):
        one, other = explore.out / name, tmp_path / "other" / name
        assert one.read_bytes() == other.read_bytes(), name


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--vary", "temperature=27"], "an exploration does not vary temperature"),
        (["--vary", "width=1"], "a sweep cannot vary 'width'"),
        (["--vary", "step"], "'step' says no values"),
        (["--vary", "step=1ms:2ms"], "no number of values"),
        (["--vary", "vdd=1.5"], "supply voltage of 1.5 V is outside what was measured"),
        (["--vary", "unit-current=1uA"], "unit-current of 1 uA is out of range"),
        (["--vary", "step=-1ms"], "step of -1 ms is out of range"),
        (["--vary", "bits=12"], "bits of 12 is out of range"),
        (["--vary", "template=mirror_plain"], "has another unit_transistor"),
        (["--vary", "template=nowhere"], "nowhere"),
        (["--overdrive", "0"], "an overdrive of 0"),
        (["--overdrive", "nan"], "an overdrive of nan"),
        (["--loss", "-1"], "-1.0 is not in the range"),
        (["--choose", "-1"], "-1 is not in the range"),
        (["--chips", "1"], "1 is not in the range"),
        (["--finals", "0"], "0 is not in the range"),
        (["--samples", "13"], "13 samples asked of a data set of 12"),
        (["--data", "nowhere.npz"], "no such file"),
        (["--checkpoint", "nowhere.safetensors"], "no such checkpoint"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(explore, words, complaint):
    code, printed, errors = explore(*words)
    assert code == 2
    assert printed == ""
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert complaint in errors
    assert not explore.out.exists()


def test_a_point_that_was_not_run_cannot_be_chosen(explore):
    code, _, errors = explore(*SMALL, *VARIED, "--choose", 1)
    assert code == 2
    assert "point 1 was not run on all chips" in errors
    assert not (explore.out / "export").exists()


def test_a_folder_that_is_no_export(tmp_path, capsys):
    code = main(["explore", str(tmp_path), "--out", str(tmp_path / "out")])
    assert code == 2
    assert "has no design.json" in capsys.readouterr().err


def test_a_folder_of_something_else_is_left_as_it_is(explore):
    explore.out.mkdir()
    (explore.out / "mine.txt").write_text("mine")
    code, _, errors = explore(*SMALL, *VARIED)
    assert code == 2
    assert "was not made by hwsim" in errors
    assert [path.name for path in explore.out.iterdir()] == ["mine.txt"]
