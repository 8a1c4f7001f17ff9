"""A sweep gives the same bytes however it was interrupted and whoever ran its jobs."""

import csv
import errno
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pyarrow.parquet
import pytest

from hwsim.foundation import files
from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.executors import one_by_one
from hwsim.studies.sweep.run import run_sweep


def jobs(folder):
    return sorted(path.name for path in (folder / "jobs").glob("*.json"))


def torn(folder):
    return [path for path in folder.rglob(".*") if path.is_file()]


def start(toy, folder, seconds, workers):
    words = [sys.executable, toy.__file__, str(folder), str(seconds), str(workers)]
    return subprocess.Popen(words, stderr=subprocess.PIPE)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_any_number_of_workers_gives_the_same_bytes(
    toy, run, written, undisturbed, tmp_path, workers
):
    run(toy.toy_sweep(), toy.Toy(0.002), tmp_path / "sweep", workers, waiting=2 * workers)
    assert written(tmp_path / "sweep") == undisturbed


def test_without_workers_it_is_the_same_and_each_job_is_kept_at_once(
    toy, written, undisturbed, tmp_path
):
    seen = []
    with one_by_one() as alone:
        run_sweep(
            toy.toy_sweep(),
            toy.Toy(),
            tmp_path / "sweep",
            alone.executor,
            waiting=alone.waiting,
            on_progress=lambda *_: seen.append(len(jobs(tmp_path / "sweep"))),
        )
    assert written(tmp_path / "sweep") == undisturbed
    assert seen == list(range(13))


def test_processes_give_the_same_bytes(toy, written, undisturbed, tmp_path):
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as executor:
        run_sweep(toy.toy_sweep(), toy.Toy(), tmp_path / "sweep", executor)
    assert written(tmp_path / "sweep") == undisturbed


@pytest.mark.parametrize("least", [0, 1, 5])
def test_a_killed_run_is_continued_to_the_same_bytes(
    toy, run, written, undisturbed, tmp_path, least
):
    folder = tmp_path / "sweep"
    process = start(toy, folder, seconds=0.4, workers=2)
    while not folder.is_dir() or len(jobs(folder)) < least:
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = set(jobs(folder))
    assert least <= len(before) < 12
    assert not (folder / "results.csv").exists()
    seen = []
    run(toy.toy_sweep(), toy.Toy(), folder, on_progress=lambda *told: seen.append(told))
    assert written(folder) == undisturbed
    assert before <= set(jobs(folder))
    # Blocks of 3 in 7 chips: what was finished is not run again.
    assert seen[0][0] == 0
    assert seen[-1] == (seen[0][1], seen[0][1])
    assert len(seen) - 1 == 12 - len(before)


def test_what_a_killed_run_was_writing_is_cleared_away(toy, run, written, undisturbed, tmp_path):
    folder = tmp_path / "sweep"
    run(toy.toy_sweep(), toy.Toy(), folder)
    (folder / "jobs" / ".abc.json.x7").write_text('{"rows"')
    (folder / ".results.csv.x8").write_text("point,")
    run(toy.toy_sweep(), toy.Toy(), folder)
    assert torn(folder) == []
    assert written(folder) == undisturbed


@pytest.mark.parametrize("damage", ["", "{", '{"rows": {}}', "[1]", "null"])
def test_a_damaged_job_is_run_again(toy, run, written, undisturbed, tmp_path, damage):
    folder = tmp_path / "sweep"
    run(toy.toy_sweep(), toy.Toy(), folder)
    (folder / "jobs" / jobs(folder)[0]).write_text(damage)
    run(toy.toy_sweep(), toy.Toy(), folder)
    assert written(folder) == undisturbed


def test_a_job_with_a_changed_digit_is_run_again(toy, run, written, undisturbed, tmp_path):
    folder = tmp_path / "sweep"
    run(toy.toy_sweep(), toy.Toy(), folder)
    path = folder / "jobs" / jobs(folder)[0]
    content = path.read_text()
    changed = content.replace("e-07", "e-06", 1)
    assert changed != content
    path.write_text(changed)
    run(toy.toy_sweep(), toy.Toy(), folder)
    assert written(folder) == undisturbed


def test_a_job_of_another_place_is_not_taken(toy, run, written, undisturbed, tmp_path):
    folder = tmp_path / "sweep"
    run(toy.toy_sweep(), toy.Toy(), folder)
    one, other = (folder / "jobs" / name for name in jobs(folder)[:2])
    other.write_bytes(one.read_bytes())
    run(toy.toy_sweep(), toy.Toy(), folder)
    assert written(folder) == undisturbed


def test_a_full_disk_stops_the_run_and_loses_nothing(
    toy, run, written, undisturbed, tmp_path, monkeypatch
):
    folder = tmp_path / "sweep"
    opened, left = os.fdopen, [6]

    def refusing(*arguments):
        left[0] -= 1
        if left[0] < 0:
            os.close(arguments[0])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(files.os, "fdopen", refusing)
        with pytest.raises(InputError, match=r"No space left .*finished jobs are kept") as caught:
            run(toy.toy_sweep(), toy.Toy(), folder)
    assert caught.value.exit_code == 2
    kept = {name: (folder / "jobs" / name).read_bytes() for name in jobs(folder)}
    assert len(kept) == 5
    assert torn(folder) == []
    run(toy.toy_sweep(), toy.Toy(), folder)
    assert written(folder) == undisturbed
    assert {name: (folder / "jobs" / name).read_bytes() for name in kept} == kept


def test_an_error_of_a_job_stops_the_run_and_keeps_the_others(toy, run, tmp_path):
    class Failing(toy.Toy):
        def __call__(self, job):
            if job.point.mismatch == 1.0:
                raise InputError("cannot be run")
            return super().__call__(job)

    with pytest.raises(InputError, match="cannot be run"):
        run(toy.toy_sweep(), Failing(), tmp_path / "sweep")
    assert 6 <= len(jobs(tmp_path / "sweep")) < 12


def test_a_chip_without_a_result_is_refused(toy, run, tmp_path):
    class Broken(toy.Toy):
        def __call__(self, job):
            rows = super().__call__(job)
            return type(rows)(rows.accuracy, rows.state_agreement, (float("nan"),) * len(rows))

    with pytest.raises(InputError, match=r"a chip among \d from chip \d on has no finite result"):
        run(toy.toy_sweep(), Broken(), tmp_path / "sweep")
    assert jobs(tmp_path / "sweep") == []


def test_two_runs_at_once_are_kept_apart(toy, run, tmp_path):
    folder = tmp_path / "sweep"
    process = start(toy, folder, seconds=0.3, workers=1)
    while not folder.is_dir() or not jobs(folder):
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.005)
    with pytest.raises(InputError, match="another run is writing"):
        run(toy.toy_sweep(), toy.Toy(), folder)
    process.kill()
    process.communicate()
    run(toy.toy_sweep(), toy.Toy(), folder)


def test_rows_are_the_chips_of_each_point_in_order(toy, run, tmp_path):
    results = run(toy.toy_sweep(), toy.Toy(), tmp_path / "sweep")
    table = pyarrow.parquet.read_table(tmp_path / "sweep" / "results.parquet").to_pydict()
    assert table["point"] == [index for index in range(4) for _ in range(7)]
    assert table["chip"] == list(range(7)) * 4
    assert table["mismatch"] == [value for value in (0.0, 0.3, 1.0, 2.0) for _ in range(7)]
    assert table["corner"] == ["tt"] * 28
    assert table["bits"] == [5] * 28
    assert table["seed"] == [1] * 28
    assert table["engine"] == ["behavioural"] * 28
    assert table["samples"] == [toy.SAMPLES] * 28
    # Chip 4 of point 2 is what it is when it is run alone.
    alone = toy.Toy()(toy.Job(toy.toy_sweep().points[2], seed=1, first=4, count=1))
    assert table["accuracy"][2 * 7 + 4] == alone.accuracy[0] == results.accuracy[2, 4]
    assert table["power_watts"][2 * 7 + 4] == alone.power[0] == results.power[2, 4]
    assert table["state_agreement"][2 * 7 + 4] == alone.state_agreement[0]


def test_csv_says_what_parquet_says(toy, run, tmp_path):
    run(toy.toy_sweep(), toy.Toy(), tmp_path / "sweep")
    text = (tmp_path / "sweep" / "results.csv").read_text()
    assert text.startswith("point,mismatch,noise,input_noise,temperature,vdd,corner,bits,")
    rows = list(csv.DictReader(io.StringIO(text)))
    table = pyarrow.parquet.read_table(tmp_path / "sweep" / "results.parquet").to_pylist()
    for said, row in zip(rows, table, strict=True):
        for name, value in row.items():
            assert type(value)(said[name]) == value
