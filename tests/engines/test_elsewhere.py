"""Recordings that others simulate: threads, and a Dask cluster of which a worker is killed."""

import dataclasses
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.engines import ngspice
from hwsim.engines.elsewhere import finished_calls
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.foundation.errors import InputError, SimulatorError


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as executor:
        yield SimpleNamespace(executor=executor, waiting=3)


def test_every_call_is_run_with_its_key(threads):
    calls = ((number, lambda number=number: number**2) for number in range(9))
    assert dict(finished_calls(threads, calls)) == {number: number**2 for number in range(9)}


def test_no_more_calls_are_taken_than_may_wait(threads):
    taken, gate = [], threading.Event()

    def calls():
        for number in range(9):
            taken.append(number)
            yield number, gate.wait

    finished = finished_calls(threads, calls())
    threading.Timer(0.05, gate.set).start()
    next(finished)
    assert len(taken) == threads.waiting


def test_an_error_ends_the_rest_and_not_what_was_before(threads):
    done = []

    def fails():
        raise InputError("it cannot")

    calls = [(0, lambda: done.append(0)), (1, fails), (2, lambda: done.append(2))]
    finished = finished_calls(SimpleNamespace(executor=threads.executor, waiting=1), calls)
    assert next(finished) == (0, None)
    with pytest.raises(InputError, match="it cannot"):
        next(finished)
    assert done == [0]


@pytest.fixture(scope="module")
def tiny(network, compiled):
    return compiled(network("fq_bmru", units=1, seed=2))


@pytest.fixture(scope="module")
def sequences(recordings):
    return recordings(lengths=(1, 1, 1), seed=5)


@pytest.fixture(scope="module")
def engine(tiny, tmp_path_factory):
    results = tmp_path_factory.mktemp("here")
    return NgspiceEngine(load_circuits(tiny), results, workers=2, partition="stage")


@pytest.fixture(scope="module")
def wanted(engine, tiny, sequences):
    return engine.run(tiny, sequences)


def test_another_deck_than_the_one_that_was_asked_for_is_refused(
    engine, tiny, sequences, threads, tmp_path, monkeypatch
):
    monkeypatch.setattr(ngspice, "_record", lambda *_: ("another", None))
    away = dataclasses.replace(engine, results=tmp_path / "away", workforce=threads)
    with pytest.raises(InputError, match=r"another deck .*same hwsim, ngspice and PDK"):
        away.run(tiny, sequences)
    assert not (tmp_path / "away").exists()


@pytest.mark.spice
def test_a_deck_that_fails_elsewhere_says_how_to_see_it(
    engine, tiny, sequences, threads, tmp_path, monkeypatch
):
    def fails(*_):
        raise SimulatorError("no solution", where="/gone/deck")

    monkeypatch.setattr(NgspiceEngine, "reading", fails)
    away = dataclasses.replace(engine, results=tmp_path, workforce=threads)
    with pytest.raises(SimulatorError, match=r"^no solution \(without --scheduler .* is kept\)$"):
        away.run(tiny, sequences)


@pytest.mark.spice
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_killed_worker_of_a_cluster_changes_nothing(engine, tiny, sequences, wanted, tmp_path):
    distributed = pytest.importorskip("distributed")
    executors = pytest.importorskip("hwsim.studies.sweep.executors")
    quiet = {"dashboard_address": ":0", "silence_logs": 50}
    killed = []
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as local:
        victim = next(iter(local.workers.values())).pid

        def kill_one(fraction):
            if 0 < fraction < 1 and not killed:
                killed.append(fraction)
                os.kill(victim, signal.SIGKILL)

        with executors.cluster(local.scheduler_address) as there:
            away = dataclasses.replace(
                engine, results=tmp_path, workers=None, on_progress=kill_one, workforce=there
            )
            found = away.run(tiny, sequences)
    assert killed
    for name, stage in wanted.stages.items():
        np.testing.assert_array_equal(found.stages[name].current, stage.current)
    assert {path.suffix for path in tmp_path.iterdir()} == {".npz"}
