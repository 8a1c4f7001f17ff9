"""The benchmark compares like with like, and its figures are what they are called."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwsim.engines.effects import NOTHING_ELSE

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
NOISY = replace(NOTHING_ELSE, step_noise=30.0)


@pytest.fixture(scope="module")
def standard():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import standard_network
    finally:
        sys.path.remove(str(BENCHMARKS))
    return standard_network


@pytest.fixture(scope="module")
def network(standard):
    return standard.draw_network(standard.Size(samples=40, steps=12))


@pytest.mark.parametrize("form", ["arrays", "compiled"])
def test_the_engine_decides_as_the_naive_form_does(standard, network, form):
    naive = standard.run_network_naively(network, 5)
    assert len(np.unique(naive)) > 1
    # Of 200 decisions one may lie on what float32 rounds away.
    assert np.sum(standard.run_network(network, 5, form=form) != naive) <= 1


def test_noise_changes_decisions_alike_in_every_form_and_on_any_number_of_threads(
    standard, network
):
    noisy = standard.run_network(network, 5, NOISY, form="arrays", workers=1)
    assert np.any(noisy != standard.run_network(network, 5))
    for workers in (1, 3):
        found = standard.run_network(network, 5, NOISY, form="compiled", workers=workers)
        np.testing.assert_array_equal(found, noisy)


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
