"""A Dask cluster of two workers, one of which is killed in the middle."""

import os
import signal
import sys

import pytest

from hwsim.foundation.errors import InputError
from hwsim.studies.sweep import executors
from hwsim.studies.sweep.executors import cluster
from hwsim.studies.sweep.run import run_sweep

distributed = pytest.importorskip("distributed")

# What Dask leaves to the garbage collector, sockets of a killed worker among it.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

QUIET = {"dashboard_address": ":0", "silence_logs": 50}


@pytest.fixture(scope="module")
def two_workers(toy):  # noqa: ARG001 - its folder must be known before the workers start
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, **QUIET) as local:
        yield local


def test_a_killed_worker_changes_nothing(two_workers, toy, written, undisturbed, tmp_path):
    victim = next(iter(two_workers.workers.values())).pid
    killed = []

    def kill_one(done, _total):
        if done >= 6 and not killed:
            killed.append(victim)
            os.kill(victim, signal.SIGKILL)

    with cluster(two_workers.scheduler_address) as there:
        assert there.waiting > 2
        run_sweep(
            toy.toy_sweep(),
            toy.Toy(0.1),
            tmp_path / "sweep",
            there.executor,
            waiting=there.waiting,
            on_progress=kill_one,
        )
    assert killed
    assert written(tmp_path / "sweep") == undisturbed


def test_an_error_on_a_worker_is_the_same_error_here(two_workers, toy, tmp_path):
    with (
        cluster(two_workers.scheduler_address) as there,
        pytest.raises(InputError, match=r"^toy: cannot be run \(ask it not to fail\)$"),
    ):
        run_sweep(toy.toy_sweep(), toy.Toy(fails=True), tmp_path / "sweep", there.executor)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "tcp://127.0.0.1", ""])
def test_a_scheduler_that_is_not_there(address, monkeypatch):
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 0.2)
    complaint = f"no scheduler answers at '{address}'"
    with pytest.raises(InputError, match=complaint), cluster(address):
        pass


def test_a_scheduler_without_workers(monkeypatch):
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 0.2)
    with (
        distributed.LocalCluster(n_workers=0, **QUIET) as empty,
        pytest.raises(InputError, match=r"has no workers .*dask worker tcp://"),
        cluster(empty.scheduler_address),
    ):
        pass


def test_the_wait_for_a_scheduler_is_short():
    assert executors.CONNECT_SECONDS <= 10


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"install hwsim\[cluster\]"), cluster("tcp://a:1"):
        pass
