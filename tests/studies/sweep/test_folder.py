"""A folder belongs to one sweep; another one is refused before anything in it changes."""

import json

import pytest

from hwsim.foundation.errors import InputError
from hwsim.studies.sweep import job, run


@pytest.fixture
def folder(toy, run, tmp_path):
    """The folder of a finished sweep."""
    path = tmp_path / "sweep"
    run(toy.toy_sweep(), toy.Toy(), path)
    return path


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"chips": 8}, "with chips 7, not 8"),
        ({"seed": 2}, "with seed 1, not 2"),
        ({"mismatch": (0.0, 1.0)}, "with other points"),
        ({"temperature": 85.0}, "with other points"),
    ],
)
def test_another_sweep_is_refused(toy, run, folder, change, complaint):
    before = content(folder)
    with pytest.raises(InputError, match=f"{complaint} .choose another folder") as caught:
        run(toy.toy_sweep(**change), toy.Toy(), folder)
    assert caught.value.exit_code == 2
    assert content(folder) == before


def test_another_design_is_refused(toy, run, folder):
    before = content(folder)
    with pytest.raises(InputError, match="design"):
        run(toy.toy_sweep(), toy.Toy(design="b"), folder)
    assert content(folder) == before


def test_other_code_is_refused(toy, run, folder, monkeypatch):
    before = content(folder)
    monkeypatch.setattr("hwsim.studies.sweep.run.source_hash", lambda: "f" * 64)
    with pytest.raises(InputError, match="with other code"):
        run(toy.toy_sweep(), toy.Toy(), folder)
    assert content(folder) == before


@pytest.mark.parametrize("version", [0, 1, None, "2"])
def test_another_version_of_the_format_is_refused(toy, run, folder, version):
    path = folder / "sweep.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": version}))
    before = content(folder)
    with pytest.raises(InputError, match=f"is a sweep of version {version}, this hwsim writes 2"):
        run(toy.toy_sweep(), toy.Toy(), folder)
    assert content(folder) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "other"}', "\x00"])
def test_a_damaged_description_is_refused(toy, run, folder, text):
    (folder / "sweep.json").write_text(text)
    with pytest.raises(InputError, match=r"sweep\.json: "):
        run(toy.toy_sweep(), toy.Toy(), folder)
    assert (folder / "results.csv").is_file()


def test_a_folder_of_somebody_else_is_refused(toy, run, tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match="was not made by hwsim"):
        run(toy.toy_sweep(), toy.Toy(), tmp_path)
    assert content(tmp_path) == {tmp_path / "thesis.tex": b"mine"}


def test_a_file_in_the_place_of_the_folder_is_refused(toy, run, tmp_path):
    (tmp_path / "sweep").write_text("mine")
    with pytest.raises(InputError, match="is not a folder"):
        run(toy.toy_sweep(), toy.Toy(), tmp_path / "sweep")


def test_an_empty_folder_and_missing_parents_are_taken(toy, run, written, undisturbed, tmp_path):
    (tmp_path / "there").mkdir()
    run(toy.toy_sweep(), toy.Toy(), tmp_path / "there")
    run(toy.toy_sweep(), toy.Toy(), tmp_path / "a" / "b" / "c")
    assert written(tmp_path / "there") == written(tmp_path / "a" / "b" / "c") == undisturbed


@pytest.mark.parametrize("chips", [0, -3])
def test_no_chips_are_refused(toy, chips):
    with pytest.raises(InputError, match=f"a sweep of {chips} chips"):
        toy.toy_sweep(chips=chips)


def test_a_sweep_without_points_is_refused(toy):
    with pytest.raises(InputError, match="without a point"):
        toy.toy_sweep(mismatch=())


def test_everything_that_decides_a_job_is_in_its_key(toy):
    subject = {"engine": "behavioural", "design": "a"}
    one = job.Job(toy.NOMINAL, seed=1, first=0, count=3)
    others = [
        job.Job(toy.NOMINAL.changed({"vdd": 1.3}), seed=1, first=0, count=3),
        job.Job(toy.NOMINAL, seed=2, first=0, count=3),
        job.Job(toy.NOMINAL, seed=1, first=3, count=3),
        job.Job(toy.NOMINAL, seed=1, first=0, count=2),
    ]
    keys = [each.key(subject) for each in [one, *others]]
    keys += [one.key({**subject, "design": "b"}), one.key({**subject, "engine": "ngspice"})]
    assert len(set(keys)) == len(keys)
    assert one.key(dict(reversed(subject.items()))) == keys[0]


def test_a_worker_with_other_code_says_so(toy, monkeypatch):
    monkeypatch.setattr(job, "source_hash", lambda: "f" * 64)
    with pytest.raises(InputError, match="a worker runs other code"):
        job.run_job(toy.Toy(), job.Job(toy.NOMINAL, 1, 0, 1), run.source_hash())
