"""Networks with random weights on real recordings, as large as one likes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.characterization.store import find_datasheet
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import CheckpointHeader
from hwsim.checkpoints.tensors import expected_shapes
from hwsim.circuits.circuit_set import CircuitSet, choose_templates, load_circuits
from hwsim.circuits.technology import load_technology
from hwsim.circuits.template import load_template
from hwsim.data.sequences import Sequences
from hwsim.data.tasks import load_task
from hwsim.design.compile import compile_design
from hwsim.design.design import Design, Measured
from hwsim.design.options import CompileOptions
from hwsim.foundation.errors import InputError

TASK = "japanese_vowels"


@dataclass(frozen=True, slots=True)
class Drawn:
    """How large a network is.

    Attributes:
        units: cells of a block.
        blocks: one behind the other.
        fan_in: weights of a row that are not zero; None for all.
        half_range: K of the ladders, of 2 K + 1 levels.
    """

    units: int
    blocks: int = 2
    fan_in: int | None = None
    half_range: int = 3


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A compiled network, what it is built of, and one recording."""

    design: Design
    circuits: CircuitSet
    sequences: Sequences


def draw(size: Drawn, steps: int | None = None, seed: int = 0, recording: int = 0) -> Network:
    """Random weights compiled to 5 bits with the default templates.

    Args:
        size: of the network.
        steps: of the recording; None for all of them.
        seed: of the weights.
        recording: of the test set.

    Raises:
        InputError: there is no such recording.
    """
    test = load_task(TASK)[1].test
    if not 0 <= recording < len(test):
        raise InputError(f"no recording {recording}", hint=f"the test set has 0 to {len(test) - 1}")
    sequences = test.take([recording])
    if steps is not None:
        lengths = np.minimum(sequences.lengths, steps)
        sequences = Sequences(
            sequences.values[:, :steps], lengths, sequences.labels, sequences.classes
        )
    header = CheckpointHeader.model_validate(_header(size, sequences))
    random = np.random.default_rng(seed)
    tensors = {
        name: _tensor(name, shape, size, random) for name, shape in expected_shapes(header).items()
    }
    templates = choose_templates({})
    cells = load_template(templates["cmru"], "cmru")
    datasheet = find_datasheet(cells, load_technology(CompileOptions().technology))
    if datasheet is None:
        raise InputError(f"there is no datasheet of {cells.name}")
    measured = Measured(
        template=cells.name, datasheet=datasheet.provenance.content, figures=datasheet.nominal
    )
    options = CompileOptions(bits=5, templates=templates)
    name = f"random_{size.blocks}x{size.units}"
    design = compile_design(Checkpoint(header, tensors), options, measured, name=name)
    return Network(design, load_circuits(design), sequences)


def _tensor(
    name: str, shape: tuple[int, ...], size: Drawn, random: np.random.Generator
) -> NDArray[np.float64]:
    """Thresholds and levels of like size, weights that keep the size of signals."""
    if name.endswith(("alpha", "beta")):
        return random.uniform(0.3, 0.8, shape)
    if name.endswith("bias"):
        return random.normal(0.0, 0.2, shape)
    inputs = shape[1] if size.fan_in is None else min(size.fan_in, shape[1])
    weights = random.normal(0.0, 1.6 / np.sqrt(inputs), shape)
    for row in weights:
        row[random.permutation(shape[1])[inputs:]] = 0.0
    return weights


def _header(size: Drawn, sequences: Sequences) -> dict[str, object]:
    valid = sequences.values[0, : sequences.lengths[0]]
    return {
        "cell": {"kind": "saturating_cmru", "levels_half": size.half_range},
        "channels": sequences.channels,
        "units": size.units,
        "blocks": size.blocks,
        "classes": sequences.classes,
        "readout": "mean",
        "task": TASK,
        "normalisation": {
            "mean": tuple(valid.mean(axis=0)),
            "scale": tuple(valid.std(axis=0) + 1e-3),
            "clip": 3.0,
        },
        "metrics": {"train": 1.0, "validation": 1.0, "test": 1.0},
        "seed": 0,
        "versions": {"hwsim": "0", "torch": "0", "numpy": "0", "python": "0"},
        "recipe": {},
        "command": "benchmark",
    }
