"""Networks of any size as they are before training, and recordings for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwsim import __version__
from hwsim.cells.kinds import KINDS, CellKind, require_exportable
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import CheckpointHeader
from hwsim.checkpoints.tensors import expected_shapes
from hwsim.data.sequences import Sequences
from hwsim.foundation.errors import InputError

HALF_RANGE = 3
"""K of a ladder."""

CHANNELS, CLASSES = 12, 9
"""Inputs and outputs, as of the shipped networks."""

CLIP = 3.0
"""Largest input, standard deviations."""

SAMPLES, STEPS = 8, 20
"""Recordings that a network is run on."""


LARGEST_UNITS, LARGEST_BLOCKS = 256, 16
"""A network of that width has 200 000 mirrors, which take minutes."""


@dataclass(frozen=True, slots=True)
class Size:
    """A network.

    Attributes:
        cell: kind of its cells.
        units: d, cells of a block.
        blocks: N.

    Raises:
        InputError: a size that no network has, or that nobody wants to wait for.
    """

    cell: CellKind
    units: int
    blocks: int

    def __post_init__(self) -> None:
        if not (1 <= self.units <= LARGEST_UNITS and 1 <= self.blocks <= LARGEST_BLOCKS):
            raise InputError(
                f"a network of {self.blocks} blocks of {self.units} units",
                hint=f"up to {LARGEST_BLOCKS} blocks of up to {LARGEST_UNITS} units are run",
            )


def drawn_network(size: Size, seed: int) -> Checkpoint:
    """A network with random weights.

    Weights are normal with a variance of one over the number of inputs of a row, as candidates are
    before training, so that signals are as large in a wide network as in a narrow one; biases are
    0; thresholds and steps lie between 0.3 and 0.8.

    Args:
        size: of the network.
        seed: of its numbers.

    Raises:
        InputError: a cell that no circuit can be made of.
    """
    require_exportable(size.cell)
    header = _header(size, seed)
    draw = np.random.default_rng((seed, size.units, size.blocks))
    tensors = {}
    for name, shape in expected_shapes(header).items():
        last = name.rpartition(".")[2]
        if last == "weight":
            tensors[name] = draw.normal(0.0, shape[1] ** -0.5, shape)
        elif last == "bias":
            tensors[name] = np.zeros(shape)
        else:
            tensors[name] = draw.uniform(0.3, 0.8, shape)
    for name in [each for each in tensors if each.endswith(".beta_low")]:
        tensors[name] = tensors[name] * tensors[name.removesuffix("_low")]
    return Checkpoint(header, tensors)


def drawn_recordings(seed: int) -> Sequences:
    """Recordings of independent normal inputs, labelled in turn."""
    draw = np.random.default_rng(seed)
    classes = tuple(f"class {index}" for index in range(CLASSES))
    return Sequences(
        draw.normal(0.0, 1.0, (SAMPLES, STEPS, CHANNELS)),
        np.full(SAMPLES, STEPS),
        np.arange(SAMPLES) % CLASSES,
        classes,
    )


def _header(size: Size, seed: int) -> CheckpointHeader:
    versions = {"hwsim": __version__, "torch": "", "numpy": np.__version__, "python": ""}
    return CheckpointHeader.model_validate(
        {
            "cell": {
                "kind": size.cell,
                "levels_half": HALF_RANGE if KINDS[size.cell].has_levels else None,
            },
            "channels": CHANNELS,
            "units": size.units,
            "blocks": size.blocks,
            "classes": tuple(f"class {index}" for index in range(CLASSES)),
            "readout": "mean",
            "task": "random inputs",
            "normalisation": {"mean": (0.0,) * CHANNELS, "scale": (1.0,) * CHANNELS, "clip": CLIP},
            "metrics": {"train": 0.0, "validation": 0.0, "test": 0.0},
            "seed": seed,
            "versions": versions,
            "recipe": {},
            "command": "hwsim scaling",
        }
    )
