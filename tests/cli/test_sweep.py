"""The command `hwsim sweep`: what it writes and prints, how it goes on, what it refuses."""

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow.parquet
import pytest

from hwsim.cli.main import main
from hwsim.studies.sweep import job

FILES = ("results.csv", "results.parquet", "summary.json", "sweep.png")


@pytest.fixture
def sweep(export, data, tmp_path, capsys):
    """Run a sweep of the export: exit code, stdout, stderr; its folder is `sweep.out`."""

    def run(*words, folder=export, out=tmp_path / "sweep"):
        words = ["sweep", folder, "--out", out, *words]
        if "--data" not in words:
            words += ["--data", data]
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    run.out = tmp_path / "sweep"
    return run


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_sweep_leaves_its_files_and_one_json_object(sweep):
    words = ("--vary", "mismatch=0:2:3", "--vary", "temperature=0,85", "--chips", 3)
    code, printed, errors = sweep(*words, "--above", 0.5, "--seed", 4, "--json")
    assert (code, errors) == (0, "")
    record = json.loads(printed)
    assert record == json.loads((sweep.out / "summary.json").read_text())
    assert sorted(record["files"]) == sorted(FILES)
    assert all((sweep.out / name).stat().st_size > 100 for name in FILES)
    points = [(each["mismatch"], each["temperature"]) for each in record["points"]]
    assert points == [(m, t) for m in (0, 1, 2) for t in (0, 85)]
    table = pyarrow.parquet.read_table(sweep.out / "results.parquet").to_pydict()
    assert len(table["chip"]) == 18
    assert set(table["seed"]) == {4}
    assert set(table["noise"]) == {1.0}
    last = slice(15, 18)
    assert record["points"][5]["accuracy"]["median"] == np.median(table["accuracy"][last])
    good = np.mean(np.array(table["accuracy"][last]) >= 0.5)
    assert record["points"][5]["yield"] == good
    assert record["above"] == 0.5
    provenance = record["provenance"]
    assert len(provenance["design"]) == len(provenance["data"]) == 64
    assert len(provenance["datasheets"]) == 64
    assert "--vary mismatch=0:2:3 --vary temperature=0,85 --chips 3" in provenance["command"]
    assert provenance["command"].startswith("hwsim sweep ")


def test_for_a_person_it_is_a_table_and_the_places_of_the_files(sweep):
    code, printed, errors = sweep("--vary", "corner=tt,ss", "--chips", 2, "--above", 0.9)
    assert (code, errors) == (0, "")
    assert "median (5th to 95th percentile) of 2 chips" in printed
    assert "accuracy of 90 % or more" in printed
    assert f"{sweep.out / 'sweep.png'}" in printed


def test_the_same_command_again_computes_nothing_and_changes_nothing(sweep, monkeypatch):
    words = ("--vary", "mismatch=0,1", "--chips", 2)
    assert sweep(*words)[0] == 0
    before = content(sweep.out)
    monkeypatch.setattr("hwsim.studies.sweep.run.run_job", None)
    assert sweep(*words)[0] == 0
    assert content(sweep.out) == before


def test_another_question_to_the_same_chips_computes_nothing(sweep, monkeypatch):
    words = ("--vary", "mismatch=0,1", "--chips", 2)
    assert sweep(*words)[0] == 0
    monkeypatch.setattr("hwsim.studies.sweep.run.run_job", None)
    code, printed, _ = sweep(*words, "--above", 0.1, "--json")
    assert code == 0
    assert all("yield" in point for point in json.loads(printed)["points"])


def test_a_killed_command_is_continued_to_the_same_files(sweep, export, data, tmp_path):
    words = ["--vary", "mismatch=0.5:2:4", "--chips", "40", "--workers", "1"]
    program = "import sys; from hwsim.cli.main import main; sys.exit(main(sys.argv[1:]))"
    line = ["sweep", str(export), "--out", str(sweep.out), "--data", str(data), *words]
    process = subprocess.Popen([sys.executable, "-c", program, *line], stderr=subprocess.PIPE)
    while not list(sweep.out.glob("jobs/*.json")):
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert 1 <= len(list(sweep.out.glob("jobs/*.json"))) < 8
    assert sweep(*words)[0] == 0
    assert sweep(*words[:-2], "--workers", 3, out=tmp_path / "other")[0] == 0
    for name in ("results.csv", "results.parquet", "sweep.png"):
        assert (sweep.out / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_other_bits_are_compiled_from_the_checkpoint(sweep, checkpoint):
    words = ("--vary", "bits=3,5,7", "--chips", 1, "--json")
    code, _, errors = sweep(*words)
    assert code == 2
    assert "name its file with --checkpoint" in errors
    assert not sweep.out.exists()
    code, printed, _ = sweep(*words, "--checkpoint", checkpoint)
    assert code == 0
    assert [point["bits"] for point in json.loads(printed)["points"]] == [3, 5, 7]


def test_other_ladders_and_templates(sweep, checkpoint):
    words = ("--vary", "levels-half=1,3", "--vary", "template=cmru_ladder,cmru_ladder_matched")
    code, printed, _ = sweep(*words, "--chips", 2, "--checkpoint", checkpoint, "--json")
    assert code == 0
    points = json.loads(printed)["points"]
    assert [point["levels_half"] for point in points] == [1, 1, 3, 3]
    assert [point["template"] for point in points] == ["cmru_ladder", "cmru_ladder_matched"] * 2
    assert len({point["power_watts"]["median"] for point in points}) == 4


def test_a_sobol_sequence(sweep):
    words = ("--vary", "mismatch=0:2", "--vary", "vdd=1.1V:1.3V", "--sobol", 4)
    code, printed, _ = sweep(*words, "--chips", 1, "--json")
    assert code == 0
    points = [(each["mismatch"], each["vdd"]) for each in json.loads(printed)["points"]]
    assert points == [(0, 1.1), (1, 1.2), (1.5, 1.15), (0.5, 1.25)]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--chips", "0"], "0 is not in the range"),
        (["--chips", "-1"], "-1 is not in the range"),
        (["--samples", "13"], "13 samples asked of a data set of 12"),
        (["--seed", "-1"], "-1 is not in the range"),
        (["--vary", "width=1"], "a sweep cannot vary 'width'"),
        (["--vary", "mismatch"], "'mismatch' says no values"),
        (["--vary", "mismatch=-1"], "mismatch of -1 is out of range"),
        (["--vary", "mismatch=nan"], "'nan' is not a finite number"),
        (["--vary", "input-noise=-0.1"], "input-noise of -0.1 is out of range"),
        (["--vary", "temperature=0:300:4"], "temperature of 100 C is out of range"),
        (["--vary", "vdd=1.5"], "supply voltage of 1.5 V is outside what was measured"),
        (["--vary", "corner=xx"], "unknown corner 'xx'"),
        (["--vary", "unit-current=1uA"], "unit-current of 1 uA is out of range"),
        (["--vary", "bits=12"], "bits of 12 is out of range"),
        (["--vary", "levels-half=65"], "levels-half of 65 is out of range"),
        (["--vary", "levels-half=2"], "name its file with --checkpoint"),
        (["--vary", "template=nothing_like_it"], "nothing_like_it"),
        (["--vary", "template=mirror_plain"], "has another unit_transistor"),
        (["--vary", "vdd=1:1.2"], "no number of values"),
        (["--sobol", "8"], "without a span"),
        (["--above", "nan"], "an accuracy of nan"),
        (["--above", "95"], "an accuracy of 95"),
        (["--data", "nowhere.npz"], "no such file"),
        (["--device", "tpu"], "no device is called 'tpu'"),
        (["--scheduler", "nonsense"], "no scheduler answers at 'nonsense'"),
        (["--scheduler", "tcp://h:1", "--workers", "2"], "--workers are of this machine"),
        (["--scheduler", "tcp://h:1", "--engine", "ngspice"], "ngspice runs here"),
        (["--engine", "ngspice", "--device", "cuda"], "--device is of the behavioural engine"),
        (["--partition", "cell"], "--partition is of ngspice"),
        (["--engine", "ngspice", "--vary", "noise=0,1"], "ngspice has no noise"),
        (["--engine", "ngspice", "--vary", "input-noise=0.1"], "ngspice has no input-noise"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(sweep, words, complaint):
    code, printed, errors = sweep(*words)
    assert code == 2
    assert printed == ""
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert complaint in errors
    assert not sweep.out.exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--chips", "2"], "holds a sweep with chips 1, not 2"),
        (["--chips", "1", "--seed", "2"], "holds a sweep with seed 1, not 2"),
        (["--chips", "1", "--samples", "3"], "holds a sweep with samples 12, not 3"),
        (["--chips", "1", "--vary", "vdd=1.1"], "holds a sweep with other points"),
    ],
)
def test_the_folder_of_another_sweep_is_left_as_it_is(sweep, words, complaint):
    assert sweep("--chips", 1)[0] == 0
    before = content(sweep.out)
    code, _, errors = sweep(*words)
    assert code == 2
    assert complaint in errors
    assert content(sweep.out) == before


def test_the_folder_of_another_design_is_left_as_it_is(sweep, export, checkpoint):
    assert sweep("--chips", 1)[0] == 0
    before = content(sweep.out)
    other = export.parent / "other"
    assert main(["export", str(checkpoint), "--out", str(other), "--bits", "4", "--json"]) == 0
    code, _, errors = sweep("--chips", 1, folder=other)
    assert code == 2
    assert "holds a sweep with other" in errors
    assert content(sweep.out) == before


def test_an_interruption_keeps_what_has_finished(sweep, monkeypatch):
    class Impatient:
        """Interrupts at its second job."""

        jobs = 0

        def __call__(self, evaluator, given, source):
            self.jobs += 1
            if self.jobs == 2:
                raise KeyboardInterrupt
            return job.run_job(evaluator, given, source)

    monkeypatch.setattr("hwsim.studies.sweep.run.run_job", Impatient())
    words = ("--vary", "mismatch=0,1", "--chips", 1, "--workers", 1)
    code, _, errors = sweep(*words)
    assert (code, errors.strip()) == (130, "error: interrupted")
    assert len(list(sweep.out.glob("jobs/*.json"))) == 1
    monkeypatch.undo()
    assert sweep(*words)[0] == 0


@pytest.mark.spice
def test_the_same_sweep_in_ngspice(sweep):
    words = ("--vary", "mismatch=0,1", "--chips", 1, "--samples", 2, "--json")
    code, printed, _ = sweep(*words, "--engine", "ngspice")
    assert code == 0
    found = json.loads(printed)
    assert found["engine"] == "ngspice"
    assert {point["noise"] for point in found["points"]} == {0}
    out = sweep.out.parent / "behavioural"
    code, printed, _ = sweep(*words, "--vary", "noise=0", out=out)
    assert code == 0
    for one, other in zip(found["points"], json.loads(printed)["points"], strict=True):
        assert one["power_watts"]["median"] == pytest.approx(
            other["power_watts"]["median"], rel=0.15
        )
        assert one["state_agreement"]["median"] == pytest.approx(
            other["state_agreement"]["median"], abs=0.15
        )
