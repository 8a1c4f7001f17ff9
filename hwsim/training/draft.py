"""The circuit of a network as it is: what the compiler makes of its numbers, read back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

import hwsim
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import CellHeader, CheckpointHeader, Metrics, Normalisation, Versions
from hwsim.design.compile import compile_design, unit_kind
from hwsim.design.design import Design, Measured
from hwsim.design.options import CompileOptions
from hwsim.design.stage import CmruCell, Connection, FqBmruCell, Stage
from hwsim.training.recipe import Recipe

Floats = NDArray[np.float64]


class Drafts:
    """Compiles networks of one recipe.

    Args:
        recipe: sizes and cell.
        channels: of the input.
        classes: how many.
        options: of the compiler.

    Raises:
        InputError: a cell that no circuit can be made of.
    """

    def __init__(
        self, recipe: Recipe, channels: int, classes: int, options: CompileOptions
    ) -> None:
        self.options = options
        # Neither task nor normalisation moves a number of the circuit.
        self._header = CheckpointHeader(
            cell=CellHeader(kind=recipe.cell, levels_half=recipe.levels_half),
            channels=channels,
            units=recipe.units,
            blocks=recipe.blocks,
            classes=tuple(str(index) for index in range(classes)),
            readout=recipe.readout,
            task="draft",
            normalisation=Normalisation(mean=(0.0,) * channels, scale=(1.0,) * channels),
            metrics=Metrics(train=None, validation=None, test=None),
            seed=None,
            versions=Versions(hwsim=hwsim.__version__, torch="", numpy="", python=""),
            recipe={},
            command="",
        )
        kind = "fq_bmru" if recipe.cell == "fq_bmru" else "cmru"
        # Figures are for engines that run a design; nothing here reads them.
        self._measured = Measured(template=options.templates[kind], datasheet="", figures={})

    def design(self, tensors: Mapping[str, torch.Tensor]) -> Design:
        """The circuit of a network's numbers."""
        values = {name: value.detach().double().numpy() for name, value in tensors.items()}
        checkpoint = Checkpoint(self._header, values)
        unit_kind(checkpoint)
        return compile_design(checkpoint, self.options, self._measured, "draft")


def layers(design: Design) -> dict[str, tuple[Stage, Connection]]:
    """Where the circuit has each layer: by the layer's name, the stage and its mirrors."""
    stages = design.stages
    found = {"input": (stages[1], stages[1].connections[0])}
    for block, (cells, total) in enumerate(zip(stages[2:-1:2], stages[3:-1:2], strict=True)):
        found[f"blocks.{block}.candidate"] = (cells, cells.connections[0])
        found[f"blocks.{block}.output"] = (total, total.connections[1])
    return found | {"readout": (stages[-1], stages[-1].connections[0])}


def line_scale(design: Design, source: str) -> Floats:
    """Unit currents on the lines of a stage that stand for a software 1.0, [unit]."""
    stage = design.stage(source)
    if stage.cell is None:
        return np.asarray(stage.row_scale)
    level = stage.cell.level_units / design.reference_units
    return np.asarray(level / np.asarray(stage.cell.level_learned))


def per_unit(design: Design, stage: Stage, connection: Connection) -> Floats:
    """Software weight for a gain of 1 of a mirror over its line, [this unit, source unit]."""
    scale = line_scale(design, connection.source)
    return np.asarray(scale / np.asarray(stage.row_scale)[:, None])


def laid_out(design: Design) -> dict[str, Floats]:
    """The software numbers that the integers of a circuit stand for, by name.

    Steps of the state are as they were: what a level's current misses of them is in the weights.
    """
    found: dict[str, Floats] = {}
    for name, (stage, connection) in layers(design).items():
        diode = design.stage(connection.source).diode_units
        units = np.asarray(connection.units, dtype=np.float64)
        found[f"{name}.weight"] = units / diode * per_unit(design, stage, connection)
        found[f"{name}.bias"] = _of_reference(design, stage, stage.bias_units)
        if stage.cell is not None:
            cell = name.removesuffix("candidate") + "cell"
            found |= {f"{cell}.{key}": value for key, value in _cell(design, stage).items()}
    return found


def _cell(design: Design, stage: Stage) -> dict[str, Floats]:
    match stage.cell:
        case CmruCell() as cell:
            return {"beta": _of_reference(design, stage, cell.threshold_units)}
        case FqBmruCell() as cell:
            low = np.subtract(cell.threshold_units, cell.width_units)
            return {
                "beta": _of_reference(design, stage, cell.threshold_units),
                "beta_low": _of_reference(design, stage, tuple(low.tolist())),
            }
        case _:
            return {}


def _of_reference(design: Design, stage: Stage, units: tuple[int, ...]) -> Floats:
    """Software numbers of multiples of the reference current into rows."""
    return np.asarray(np.asarray(units) / design.reference_units / np.asarray(stage.row_scale))


def straight_through(
    numbers: Mapping[str, torch.Tensor], design: Design
) -> dict[str, torch.Tensor]:
    """The numbers that a circuit stands for, with the gradients of those it was compiled from."""
    found = dict(numbers)
    for name, value in laid_out(design).items():
        exact = numbers[name]
        # Added to the rounded number, the difference is exactly zero.
        found[name] = torch.as_tensor(value, dtype=exact.dtype) + (exact - exact.detach())
    return found
