"""The toy of these tests as a module, and results as bytes."""

import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hwsim.studies.sweep.run import CSV, PARQUET, run_sweep

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def toy():
    """The module beside this file, under a name that other processes find too."""
    sys.path.insert(0, str(HERE))
    yield importlib.import_module("sweep_toy")
    sys.path.remove(str(HERE))


@pytest.fixture(scope="session")
def written():
    """The bytes of the results in a folder."""

    def read(folder):
        return (folder / PARQUET).read_bytes(), (folder / CSV).read_bytes()

    return read


@pytest.fixture(scope="session")
def run():
    """Run a sweep with threads."""

    def in_threads(sweep, evaluator, folder, workers=1, **options):
        with ThreadPoolExecutor(workers) as executor:
            return run_sweep(sweep, evaluator, folder, executor, **options)

    return in_threads


@pytest.fixture(scope="session")
def undisturbed(toy, run, written, tmp_path_factory):
    """The bytes of the toy sweep, run in one go by one worker."""
    folder = tmp_path_factory.mktemp("undisturbed") / "sweep"
    run(toy.toy_sweep(), toy.Toy(), folder)
    return written(folder)
