import os
import re
import shutil
import subprocess

import numpy as np
import pytest

from hwsim.circuits.export import load_export, write_export
from hwsim.foundation.errors import InputError

SAMPLE = np.array([[1e-9, -5e-10], [0.0, 2e-9]])


@pytest.fixture
def export(tmp_path, design, circuits):
    target = tmp_path / "out"
    return target, write_export(target, design, circuits, SAMPLE)


def test_an_export_is_read_back(export, design):
    target, summary = export
    found = load_export(target)
    assert found.design == design
    assert set(found.circuits.templates) <= set(design.templates)
    assert summary.transistors > 100
    assert {path.name for path in (target / "netlist").iterdir()} == set(summary.files)


def test_the_note_names_what_an_export_holds(export, design):
    target, summary = export
    text = (target / "README.md").read_text()
    assert f"{summary.transistors} transistors" in text
    for stage in design.stages:
        assert f"| {stage.name} | {stage.kind} | {stage.size} | {stage.diode_units} |" in text
    for finding in summary.findings:
        assert finding.message in text


def test_an_export_takes_the_place_of_an_earlier_one_and_keeps_its_results(
    export, design, circuits
):
    target, _ = export
    (target / "results").mkdir()
    (target / "results" / "kept.npz").write_bytes(b"kept")
    (target / "netlist" / "stale.spice").write_text("* stale\n")
    write_export(target, design, circuits, SAMPLE)
    assert (target / "results" / "kept.npz").read_bytes() == b"kept"
    assert not (target / "netlist" / "stale.spice").exists()


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path, design, circuits):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="was not made by hwsim"):
        write_export(tmp_path, design, circuits, SAMPLE)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"step": 1e-6}, "a step of 1 us is outside the range of generic180 (10 us to 1 s)"),
        ({"unit_current": 1e-6}, "a unit current of 1 uA is outside the range"),
        ({"supply_voltage": 5.0}, "a supply of 5 V is outside the range"),
        ({"step": 2e-5}, "switching time: cells_1: a candidate 100% beyond"),
    ],
)
def test_a_chip_that_cannot_work_is_refused_and_nothing_is_written(
    tmp_path, design, circuits, changes, message
):
    operating = design.operating.model_copy(update=changes)
    broken = design.model_copy(update={"operating": operating})
    with pytest.raises(InputError) as caught:
        write_export(tmp_path / "out", broken, circuits, SAMPLE)
    assert message in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_without_a_design(tmp_path):
    with pytest.raises(InputError, match=r"has no design\.json"):
        load_export(tmp_path)


@pytest.mark.spice
def test_plain_ngspice_runs_the_folder(export, design, tmp_path):
    target, _ = export
    moved = tmp_path / "elsewhere"
    shutil.move(target / "netlist", moved)
    run = subprocess.run(
        ["ngspice", "-b", "testbench.spice"],
        cwd=moved,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
    )
    assert run.returncode == 0, run.stderr
    measured = dict(re.findall(r"(?m)^(\w+)\s*=\s*(\S+)", run.stdout))
    for unit in range(design.stages[-1].size):
        assert abs(float(measured[f"mean_logits_{unit}"])) < 1e-8
    charges = {name: float(v) for name, v in measured.items() if name.startswith("charge_")}
    assert set(charges) == {"charge_reference"} | {f"charge_{s.name}" for s in design.stages}
    # two steps of 5 ms at 2 nA, out of the supply
    assert charges["charge_reference"] == pytest.approx(-2e-9 * 2 * 5e-3, rel=0.05)
