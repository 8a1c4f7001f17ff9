"""Explorations of a small network: what runs, what is chosen, and how a run goes on."""

import contextlib
import csv
import io
from dataclasses import replace

import numpy as np
import pyarrow.parquet
import pytest

from hwsim.checkpoints.checkpoint import save_checkpoint
from hwsim.circuits.circuit_set import choose_templates
from hwsim.circuits.export import load_export
from hwsim.design.options import CompileOptions
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.studies.explore.chosen import CHECKPOINT, EXPORT, write_chosen
from hwsim.studies.explore.record import exploration_record, yardsticks
from hwsim.studies.explore.run import FINALS, SCREENING, Explorer, Request
from hwsim.studies.explore.table import exploration_table
from hwsim.studies.exporting import export_checkpoint
from hwsim.studies.sweep import run as sweep_run
from hwsim.studies.sweep.executors import threads
from hwsim.studies.sweep.results import csv_bytes, parquet_bytes
from hwsim.studies.sweep.variation import parse_variation

ASKED = (
    "bits=4",
    "levels-half=2,3",
    "template=cmru_ladder,cmru_ladder_matched",
    "vdd=1.2",
    "unit-current=1nA",
    "step=0.2ms,2ms,5ms",
)


@pytest.fixture(scope="module")
def checkpoint(network, tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "toy.safetensors"
    save_checkpoint(path, network(units=3))
    return path


@pytest.fixture(scope="module")
def export(checkpoint):
    options = CompileOptions(bits=5, templates=choose_templates({}))
    export_checkpoint(checkpoint, checkpoint.parent / "export", options)
    return load_export(checkpoint.parent / "export")


@pytest.fixture(scope="module")
def data(recordings, checkpoint):
    found = recordings(lengths=(5, 7, 4, 6) * 5)
    part = {"x": found.values, "y": found.labels, "length": found.lengths}
    arrays = {f"{name}_{split}": part[name] for name in part for split in ("train", "test")}
    np.savez(checkpoint.parent / "data.npz", **arrays)
    return checkpoint.parent / "data.npz"


@pytest.fixture(scope="module")
def request_of(checkpoint, data):
    def make(**changes):
        plain = Request(
            asked=tuple(parse_variation(words) for words in ASKED),
            chips=6,
            screening_chips=3,
            screening_samples=8,
            finals=4,
            data=str(data),
            checkpoint=checkpoint,
        )
        return replace(plain, **changes)

    return make


@pytest.fixture(scope="module")
def explorer(export, request_of):
    return Explorer(export, request_of())


@contextlib.contextmanager
def unwatched(_stage):
    yield lambda _done, _total: None


def run(explorer, folder, workers=2):
    with threads(workers) as workforce:
        return explorer.run(folder, workforce, unwatched)


@pytest.fixture(scope="module")
def found(explorer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("explored") / "folder"
    return folder, run(explorer, folder)


def written(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): content_hash(p.read_bytes()) for p in files}


def test_points_are_the_export_and_every_combination(explorer):
    assert len(explorer.candidates) == 1 + 2 * 2 * 3
    assert [each.index for each in explorer.candidates] == list(range(13))
    first, *others = explorer.candidates
    assert (first.point.bits, first.point.step) == (5, 5e-3)
    assert {each.point.bits for each in others} == {4}


def test_cells_that_are_late_are_not_run(explorer, found):
    late = {each.index for each in explorer.candidates if each.point.step == 2e-4}
    assert len(late) == 4
    refused = {each.index for each in explorer.candidates if each.refusal}
    assert refused == late
    for index in late:
        assert "too slow: 5% beyond a threshold takes" in explorer.candidates[index].refusal
    assert set(found[1].screening.figures) == set(range(13)) - late


def test_what_is_late_follows_the_overdrive(export, request_of):
    gentle = Explorer(export, request_of(overdrive=1.0))
    assert sum(each.refusal is not None for each in gentle.candidates) < 4


def test_the_screening_is_smaller_than_the_finals(found):
    _, result = found
    assert (result.screening.sweep.chips, result.screening.sweep.samples) == (3, 8)
    assert (result.finals.sweep.chips, result.finals.sweep.samples) == (6, 20)
    assert 0 in result.finals.figures
    assert len(result.finals.figures) <= 5


def test_figures_are_those_of_the_chips_themselves(found):
    """Energy is power times the mean length of a recording."""
    _, result = found
    table = pyarrow.parquet.read_table(found[0] / FINALS / "results.parquet").to_pydict()
    chips = result.finals.sweep.chips
    for place, (index, figures) in enumerate(result.finals.figures.items()):
        rows = slice(place * chips, (place + 1) * chips)
        point = result.candidates[index].point
        assert set(table["step"][rows]) == {point.step}
        assert set(table["template"][rows]) == {point.template}
        assert set(table["levels_half"][rows]) == {point.levels_half}
        power = np.median(table["power_watts"][rows])
        assert figures.power.median == power
        assert figures.energy.median == pytest.approx(power * point.step * 5.5)
        assert figures.accuracy.median == np.median(table["accuracy"][rows])
        assert figures.accuracy.low == np.quantile(table["accuracy"][rows], 0.05)


def test_whoever_is_on_a_front_of_the_screening_is_in_the_finals(found):
    """There is room for four, and no front here is longer."""
    _, result = found
    figures = result.screening.figures
    able = [index for index in figures if index and not result.candidates[index].refusal]
    for merit in ("median", "low"):
        for index in able:
            mine = figures[index]
            is_beaten = any(
                figures[other].energy.median < mine.energy.median
                and getattr(figures[other].accuracy, merit) >= getattr(mine.accuracy, merit)
                for other in able
            )
            assert is_beaten or index in result.finals.figures


def test_the_chosen_point_costs_least_of_those_as_accurate(found):
    _, result = found
    finals = result.finals.figures
    for loss in (0.0, 0.05, 1.0):
        choice = result.choose(loss)
        least = result.reference.accuracy.low - loss
        able = {i: f for i, f in finals.items() if f.accuracy.low >= least - 1e-9}
        assert choice.index == min(able, key=lambda i: able[i].energy.median)
        ratio = finals[choice.index].energy.median / result.reference.energy.median
        assert choice.energy_ratio == ratio
        change = finals[choice.index].accuracy.low - result.reference.accuracy.low
        assert choice.change.value == pytest.approx(change)
        assert choice.change.low <= choice.change.value <= choice.change.high


def test_the_user_may_choose_any_of_the_finals(found):
    _, result = found
    for index in result.finals.figures:
        assert result.choose(0.0, index).index == index
    with pytest.raises(InputError, match=r"point 99 was not run on all chips .points to choose: 0"):
        result.choose(0.0, 99)


def test_the_record_holds_the_reasons(found, explorer):
    _, result = found
    choice = result.choose(0.01)
    record = exploration_record(result, choice, 0.01)
    assert record["points"] == 13
    assert record["refused"] == {"too slow": 4}
    assert "mirror_plain" not in record["left_out"]  # templates were asked for
    assert record["varied"] == ["bits", "levels-half", "template", "step"]
    assert record["chosen"]["point"] == choice.index
    sticks = yardsticks(result, choice, explorer.material)
    energy = result.finals.figures[choice.index].energy.median
    assert sticks["chosen"]["chip_joules"] == energy
    assert sticks["chosen"]["steps"] == 5.5


def test_the_table_has_a_row_a_point(found):
    _, result = found
    table = exploration_table(result).to_pydict()
    assert table["point"] == list(range(13))
    assert [reason is not None for reason in table["refusal"]] == [
        each.refusal is not None for each in result.candidates
    ]
    for index in range(13):
        ran = index in result.finals.figures
        assert (table["energy_joules"][index] is not None) == ran
    text = csv_bytes(exploration_table(result)).decode()
    assert len(list(csv.DictReader(io.StringIO(text)))) == 13
    again = pyarrow.parquet.read_table(io.BytesIO(parquet_bytes(exploration_table(result))))
    assert again.to_pydict() == table


def test_the_same_again_computes_nothing(explorer, found, monkeypatch):
    folder, result = found
    before = written(folder)
    monkeypatch.setattr(sweep_run, "run_job", None)
    again = run(explorer, folder)
    assert again.finals.figures == result.finals.figures
    assert written(folder) == before


@pytest.mark.parametrize("jobs", [2, 10])
def test_an_interrupted_exploration_ends_in_the_same_files(
    explorer, found, tmp_path, monkeypatch, jobs
):
    """Stopped in the screening, which has nine jobs, or in the finals."""
    left, job = [jobs], sweep_run.run_job

    def impatient(*arguments):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return job(*arguments)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sweep_run, "run_job", impatient)
        run(explorer, tmp_path / "folder", workers=1)
    done = len(list((tmp_path / "folder").glob("*/jobs/*.json")))
    assert done == jobs
    result = run(explorer, tmp_path / "folder", workers=1)
    assert result.finals.figures == found[1].finals.figures
    for stage in (SCREENING, FINALS):
        assert written(tmp_path / "folder" / stage) == written(found[0] / stage)


def test_the_chosen_export_is_what_the_compiler_makes(explorer, found, checkpoint, tmp_path):
    """Of a point with other levels the altered network lies beside it, and compiles to it."""
    _, result = found
    wanted = next(
        each
        for each in result.candidates
        if (each.point.levels_half, each.point.bits, each.point.step) == (2, 4, 2e-3)
        and each.point.template == "cmru_ladder_matched"
    )
    write_chosen(tmp_path, explorer, wanted.index, checkpoint)
    again = load_export(tmp_path / EXPORT)
    options = CompileOptions(
        bits=4, step=2e-3, templates=choose_templates({"cmru": "cmru_ladder_matched"})
    )
    design, _ = export_checkpoint(tmp_path / CHECKPOINT, tmp_path / "by_hand", options)
    assert again.design == design.model_copy(update={"name": again.design.name})
    write_chosen(tmp_path, explorer, 0, checkpoint)
    assert load_export(tmp_path / EXPORT).design == explorer.export.design
    assert not (tmp_path / CHECKPOINT).exists()


def test_folders_of_others_are_left_alone(explorer, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="was not made by hwsim"):
        run(explorer, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_folder_of_another_exploration_is_left_as_it_is(export, request_of, found):
    folder, _ = found
    before = written(folder)
    with pytest.raises(InputError, match="holds a sweep with"):
        run(Explorer(export, request_of(seed=2)), folder)
    assert written(folder) == before


@pytest.mark.parametrize("overdrive", [0.0, -1.0, 2.0, float("nan")])
def test_an_overdrive_is_a_part_of_a_threshold(request_of, overdrive):
    with pytest.raises(InputError, match="an overdrive of"):
        request_of(overdrive=overdrive)
