import numpy as np
import pytest

from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import CheckpointHeader
from hwsim.checkpoints.tensors import expected_shapes


def _fields(kind="saturating_cmru", **changes) -> dict:
    return {
        "format": "hwsim-checkpoint",
        "version": 1,
        "cell": {"kind": kind, "levels_half": 3 if kind == "saturating_cmru" else None},
        "channels": 3,
        "units": 4,
        "blocks": 2,
        "classes": ("a", "b"),
        "readout": "mean",
        "task": "toy",
        "normalisation": {"mean": (0.0, 1.0, 2.0), "scale": (1.0, 2.0, 4.0), "clip": 3.0},
        "metrics": {"train": 1.0, "validation": 0.5, "test": 0.75},
        "seed": 7,
        "versions": {"hwsim": "0", "torch": "2", "numpy": "2", "python": "3"},
        "recipe": {"steps": 10, "learning_rate": 0.01, "optimiser": "adam"},
        "command": "hwsim train toy",
    } | changes


@pytest.fixture
def header_fields():
    return _fields


@pytest.fixture
def make_checkpoint():
    """Build a checkpoint of a kind, with changed header fields or tensors."""

    def make(kind="saturating_cmru", tensors=None, **changes) -> Checkpoint:
        header = CheckpointHeader.model_validate(_fields(kind, **changes))
        rng = np.random.default_rng(0)
        values = {
            name: rng.uniform(0.5, 1.0, shape) * (0.5 if name.endswith("beta_low") else 1.0)
            for name, shape in expected_shapes(header).items()
        }
        return Checkpoint(header, values | (tensors or {}))

    return make


@pytest.fixture
def checkpoint(make_checkpoint):
    return make_checkpoint()
