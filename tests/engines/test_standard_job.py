"""The benchmark compares like with like, and its figures are what they are called."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hwsim.engines import tiles

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def standard_job():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import standard_job
    finally:
        sys.path.remove(str(BENCHMARKS))
    return standard_job


@pytest.fixture(scope="module")
def job(standard_job):
    return standard_job.draw_job(standard_job.Size(chips=5, samples=40, steps=12))


@pytest.mark.parametrize("form", ["arrays", "compiled"])
def test_the_engine_decides_as_the_naive_form_does(standard_job, job, form):
    naive = standard_job.run_naively(job)
    assert len(np.unique(naive)) > 5
    # Of 200 decisions one may lie on what float32 rounds away.
    assert np.sum(standard_job.run_job(job, form=form) != naive) <= 1


def test_noise_changes_decisions_alike_in_every_form_and_on_any_number_of_threads(
    standard_job, job
):
    noisy = standard_job.run_job(job, noise=0.5, form="arrays", workers=1)
    assert np.any(noisy != standard_job.run_job(job))
    for workers in (1, 3):
        found = standard_job.run_job(job, noise=0.5, form="compiled", workers=workers)
        np.testing.assert_array_equal(found, noisy)


def test_decisions_do_not_depend_on_the_tiles(standard_job, job, monkeypatch):
    whole = standard_job.run_job(job, noise=0.5)
    monkeypatch.setattr(standard_job, "cut", lambda *sizes: tiles.cut(*sizes, largest=7 * 12 * 16))
    np.testing.assert_array_equal(standard_job.run_job(job, noise=0.5), whole)


def test_the_runner_prints_one_object():
    command = [sys.executable, BENCHMARKS / "chips.py", "--form", "arrays", "--json"]
    sizes = ["--chips", "4", "--samples", "8", "--steps", "4", "--rounds", "1"]
    run = subprocess.run([*command, *sizes], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    best = {name: min(taken) for name, taken in found["seconds"].items()}
    assert found["naive_over_noisy"] == pytest.approx(best["naive"] / best["noisy"])
    assert found["size"] == {"chips": 4, "samples": 8, "steps": 4}
    assert found["same_decisions"] > 0.9
    assert 0.01 < found["peak_memory_gib"] < 1
    assert set(found["growth"]) == {"chips", "samples", "steps"}
