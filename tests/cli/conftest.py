"""A small network as its checkpoint and its export, with data for it."""

import numpy as np
import pytest

from hwsim.checkpoints.checkpoint import save_checkpoint
from hwsim.cli.main import main


@pytest.fixture(scope="module")
def checkpoint(network, tmp_path_factory):
    """A checkpoint of three cells, in a folder of its own."""
    path = tmp_path_factory.mktemp("network") / "toy.safetensors"
    save_checkpoint(path, network(units=3))
    return path


@pytest.fixture(scope="module")
def export(checkpoint):
    """The folder of an exported network of three cells."""
    folder = checkpoint.parent / "export"
    assert main(["export", str(checkpoint), "--out", str(folder), "--bits", "5", "--json"]) == 0
    return folder


@pytest.fixture(scope="module")
def data(recordings, checkpoint):
    """Twelve short recordings of two classes."""
    found = recordings(lengths=(5, 7, 4, 6) * 3)
    path = checkpoint.parent / "data.npz"
    part = {"x": found.values, "y": found.labels, "length": found.lengths}
    arrays = {f"{name}_{split}": part[name] for name in part for split in ("train", "test")}
    np.savez(path, **arrays)
    return path
