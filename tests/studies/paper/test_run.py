"""A study can be left at any moment: what is there stays, and the end is the same."""

import json

import pytest

from hwsim.foundation.errors import InputError
from hwsim.studies.paper import run as module
from hwsim.studies.paper.absent import absences
from hwsim.studies.paper.folder import StudyFolder, opened
from hwsim.studies.paper.run import everything_left, run_study
from hwsim.studies.paper.selection import Selection
from hwsim.studies.paper.study import Study
from hwsim.studies.sweep.executors import OneByOne

TRAININGS = 5 * 2 * 2
STARTS = (3 * 3 + 2) * 2
"""Of three cells with three knobs and two with one, two seeds each."""


@pytest.fixture(scope="module")
def whole(plan, tmp_path_factory):
    """A study that was never disturbed."""
    with opened(tmp_path_factory.mktemp("whole") / "study", plan) as folder:
        study = Study(plan, folder)
        run_study(study, Selection.everything(plan), OneByOne())
        yield study


def files(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_that_is_planned_is_run(whole, plan):
    names = list(files(whole.folder.path))
    assert sum(name.endswith(".safetensors") for name in names) == TRAININGS + STARTS
    # Trials, trainings, starts, looks at gradients, chips of the one cell with a circuit.
    count = 5 * 2 + TRAININGS + STARTS + 5 * 2 + 2
    assert sum(name.endswith(".json") for name in names) == count
    assert absences(whole, Selection.everything(plan)) == ()
    assert list(everything_left(whole, Selection.everything(plan))) == []


def test_interrupted_at_any_moment_it_ends_in_the_same_files(whole, plan, tmp_path, monkeypatch):
    plain, count = module.compute, 0

    def interrupted(work, folder):
        nonlocal count
        count += 1
        if count % 17 == 0:
            (folder / "results" / ".torn").write_text("half")
            raise KeyboardInterrupt
        return plain(work, folder)

    monkeypatch.setattr(module, "compute", interrupted)
    for _ in range(9):
        with opened(tmp_path / "study", plan) as folder:
            try:
                run_study(Study(plan, folder), Selection.everything(plan), OneByOne())
                break
            except KeyboardInterrupt:
                continue
    assert count > 60
    assert files(folder.path) == files(whole.folder.path)


def test_what_is_damaged_is_run_again(whole, plan, tmp_path):
    with opened(tmp_path / "study", plan) as folder:
        for name in ("results", "networks"):
            for path in (whole.folder.path / name).iterdir():
                (folder.path / name / path.name).write_bytes(path.read_bytes())
        works = list(everything_left(Study(plan, folder), Selection.everything(plan)))
        assert works == []
        results = sorted((folder.path / "results").iterdir())
        results[0].write_bytes(results[0].read_bytes()[:40])
        changed = json.loads(results[1].read_text())
        changed["outcome"] = changed["outcome"].replace("0", "1", 1)
        results[1].write_text(json.dumps(changed))
        network = next((folder.path / "networks").iterdir())
        network.write_bytes(network.read_bytes()[:-1])
        study = Study(plan, folder)
        left = {work.key for work in everything_left(study, Selection.everything(plan))}
        assert {results[0].stem, results[1].stem, network.stem} <= left
        run_study(study, Selection.everything(plan), OneByOne())
    assert files(folder.path) == files(whole.folder.path)


def test_a_selection_runs_what_it_needs_and_no_more(plan, tmp_path):
    chosen = Selection.of(plan, cells=("cmru",), seeds=1, parts=("gradients",))
    with opened(tmp_path / "study", plan) as folder:
        study = Study(plan, folder)
        run_study(study, chosen, OneByOne())
        assert list(everything_left(study, chosen)) == []
        # Two trials, one network to look at, one look.
        assert len(list((folder.path / "results").iterdir())) == 4
        missing = absences(study, Selection.everything(plan))
        gradients = next(one for one in missing if one.part == "gradients")
        assert (gradients.missing, gradients.total) == (2 * 10 - 2, 2 * 10)
        assert gradients.words == "toy, gradients, 18 of 20: d = 3 of every cell"
        convergence = next(one for one in missing if one.part == "convergence")
        assert convergence.words.endswith("19 of 20: d = 2 of every cell; d = 3 of every cell")
        run_study(study, Selection.of(plan, cells=("cmru",), parts=("convergence",)), OneByOne())
        convergence = absences(study, Selection.everything(plan))[0]
        assert convergence.words.endswith("d = 3 of BMRU, saturating CMRU, LRU, minGRU")


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ({"tasks": ("nothing",)}, "there is no task 'nothing' in this study"),
        ({"cells": ("gur",)}, "there is no cell 'gur'"),
        ({"cells": ("gru",)}, "there is no cell gru in this study"),
        ({"units": (5,)}, "there is no width 5 in this study"),
        ({"seeds": 0}, "0 seeds of a study with 2"),
        ({"seeds": 3}, "3 seeds of a study with 2"),
    ],
)
def test_what_the_plan_does_not_have_is_refused(wish, complaint, plan):
    with pytest.raises(InputError, match=complaint):
        Selection.of(plan, **wish)


def test_two_runs_do_not_write_one_folder(study, plan):
    path = study.folder.path
    with pytest.raises(InputError, match="another run is writing this study"), opened(path, plan):
        pass


def test_another_plan_must_be_asked_for(plan, tmp_path):
    other, path = plan.model_copy(update={"seeds": 3}), tmp_path / "study"
    with opened(path, plan):
        pass
    before = files(path)
    with pytest.raises(InputError, match="holds a study with seeds 2, not 3"), opened(path, other):
        pass
    assert files(path) == before
    with opened(path, other, change=True):
        assert StudyFolder(path).plan().seeds == 3


def test_folders_of_others_are_left_alone(plan, tmp_path):
    with pytest.raises(InputError, match="is not the folder of a study"):
        StudyFolder(tmp_path / "nowhere").plan()
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="was not made by hwsim"), opened(tmp_path, plan):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("writer", ["folder.write_bytes", "work.save_checkpoint"])
def test_a_disk_that_is_full_is_told_and_what_is_there_stays(study, writer, monkeypatch):
    def full(path, _content):
        raise InputError("cannot write: No space left on device", where=str(path))

    monkeypatch.setattr(f"hwsim.studies.paper.{writer}", full)
    with pytest.raises(InputError, match=r"No space left.*the same command continues"):
        run_study(study, Selection.everything(study.plan), OneByOne())
    assert list((study.folder.path / "networks").iterdir()) == []
    assert list(study.folder.path.rglob(".*")) == []
