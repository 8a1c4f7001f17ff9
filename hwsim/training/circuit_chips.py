"""Chips of a circuit, from datasheets, as what they do to the numbers of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.interpolation import figure_at
from hwsim.chips.parameters import NOMINAL, ChipParameters, StageParameters, chip_parameters
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import CircuitSet, load_circuits
from hwsim.circuits.datasheet import Conditions, Datasheet
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Connection, Stage
from hwsim.design.wiring import LineEnd, native_polarity
from hwsim.training.deviations import Deviations, Numbers
from hwsim.training.draft import Drafts, laid_out, layers, per_unit
from hwsim.training.nodes import Nodes

Floats = NDArray[np.float64]

HALF_WAY = 0.02
"""Sum at which the node of a splitter is half way to where large ones bring it, unit currents: as
in the behavioural engine (docs/engines.md)."""


class CircuitChips:
    """Compiles networks and draws chips of their circuits.

    Args:
        drafts: the compiler.

    Raises:
        InputError: an unknown technology or template, or one that nobody has measured.
    """

    def __init__(self, drafts: Drafts) -> None:
        self.drafts = drafts
        self._templates: _Templates | None = None

    def draw(self, numbers: Numbers, chips: Population) -> Deviations:
        """Compile a network and draw chips of its circuit."""
        design = self.drafts.design(numbers)
        templates = self._loaded(design)
        drawn = chip_parameters(design, templates.sheets, chips, circuits=templates.circuits)
        return chip_deviations(design, drawn).to(next(iter(numbers.values())).dtype)

    def nodes(self, numbers: Numbers) -> Nodes:
        """How nodes move in the circuit of a network."""
        design = self.drafts.design(numbers)
        return circuit_nodes(
            design, self._loaded(design).sheets, next(iter(numbers.values())).dtype
        )

    def _loaded(self, design: Design) -> _Templates:
        """Of every draft those of the first: reading them takes longer than drawing chips."""
        if self._templates is None:
            circuits = load_circuits(design)
            self._templates = _Templates(circuits, datasheets_of(circuits))
        return self._templates


@dataclass(frozen=True, slots=True)
class _Templates:
    circuits: CircuitSet
    sheets: Mapping[str, Datasheet]


def chip_deviations(design: Design, chips: ChipParameters) -> Deviations:
    """What chips do to the software numbers that a design stands for."""
    meant = laid_out(design)
    gains: dict[str, Floats] = {}
    offsets: dict[str, Floats] = {}
    values: dict[str, Floats] = {}
    for name, (stage, connection) in layers(design).items():
        unit, weight = per_unit(design, stage, connection), meant[f"{name}.weight"]
        plus, minus = _mirror_gains(design, chips, stage, connection)
        gains[f"{name}.weight"] = _ratio(plus * unit, weight)
        if connection.tap == "signed":
            gains[f"{name}.weight_minus"] = _ratio(-minus * unit, weight)
        bias = _constant_current(design, chips, stage) / np.asarray(stage.row_scale)
        offsets[f"{name}.bias"] = bias - meant[f"{name}.bias"]
        if name.endswith(".output"):
            values |= _skip(design, chips, stage, name.removesuffix(".output"))
        if stage.cell is not None:
            cell = name.removesuffix("candidate") + "cell"
            of_cell = _cell_gains(design, chips.stages[stage.name], stage, meant, cell)
            ratios = of_cell.pop("level_ratios", None)
            gains |= {f"{cell}.{key}": value for key, value in of_cell.items()}
            if ratios is not None:
                values[f"{cell}.level_ratios"] = ratios
    return Deviations(*(_tensors(part) for part in (gains, offsets, values)))


def circuit_nodes(design: Design, sheets: Mapping[str, Datasheet], dtype: torch.dtype) -> Nodes:
    """How the sums of a circuit move their nodes, from its datasheets by kind.

    Raises:
        InputError: an operating point that was not measured.
    """
    operating = design.operating
    at = Conditions(
        corner=NOMINAL.corner,
        temperature=NOMINAL.temperature,
        supply_voltage=operating.supply_voltage,
        unit_current=operating.unit_current,
    )
    half_supply = operating.supply_voltage / 2
    half_swing = figure_at(sheets["splitter"], "swing", at) / 2
    found = {name: stage for name, (stage, _) in layers(design).items() if stage.kind != "output"}
    stays = {name: stage.kind in ("relu", "fq_bmru") for name, stage in found.items()}
    return Nodes(
        slope_source=-figure_at(sheets["mirror"], "slope_source", at) / half_supply,
        slope_sink=figure_at(sheets["mirror"], "slope_sink", at) / half_supply,
        rest={name: -half_swing if stays[name] else 0.0 for name in found},
        swing={name: 0.0 if stays[name] else half_swing for name in found},
        half_way={
            name: torch.as_tensor(HALF_WAY / np.asarray(stage.row_scale), dtype=dtype)
            for name, stage in found.items()
        },
    )


def _mirror_gains(
    design: Design, chips: ChipParameters, stage: Stage, connection: Connection
) -> tuple[Floats, Floats]:
    """Signed gains over the lines ``plus`` and ``minus`` of a source, [chip, unit, source unit]."""
    found = chips.stages[stage.name]
    size = design.stage(connection.source).size
    sides = {part: np.zeros((chips.count, stage.size, size)) for part in ("plus", "minus")}
    for index, end in enumerate(found.ends):
        if end.line.stage == connection.source:
            gain = found.gain[:, :, index] * _turn(design, chips, end)[:, None]
            sides[end.line.part][:, :, end.line.unit] += gain
    return sides["plus"], sides["minus"]


def _turn(design: Design, chips: ChipParameters, end: LineEnd) -> Floats:
    """Current at an end of a line over that at its native end, [chip]."""
    source = chips.stages[end.line.stage]
    if end.polarity == native_polarity(design.stage(end.line.stage), end.line.part):
        return np.ones(chips.count)
    return source.turn_gain[:, source.turned.index(end.line)]


def _constant_current(design: Design, chips: ChipParameters, stage: Stage) -> Floats:
    """Biases, and what mirrors make of keep-alive currents, unit currents, [chip, unit]."""
    found = chips.stages[stage.name]
    total = found.bias_push - found.bias_pull
    for index, end in enumerate(found.ends):
        source = chips.stages[end.line.stage]
        if end.line.part in source.keep_parts:
            keep = source.keep[:, end.line.unit, source.keep_parts.index(end.line.part)]
            total = total + found.gain[:, :, index] * (keep * _turn(design, chips, end))[:, None]
    return total


def _skip(design: Design, chips: ChipParameters, stage: Stage, block: str) -> dict[str, Floats]:
    around = stage.connections[0]
    unit = per_unit(design, stage, around)
    plus, minus = _mirror_gains(design, chips, stage, around)
    return {
        f"{block}.skip": np.diagonal(plus * unit, axis1=1, axis2=2),
        f"{block}.skip_minus": np.diagonal(-minus * unit, axis1=1, axis2=2),
    }


def _cell_gains(
    design: Design, found: StageParameters, stage: Stage, meant: dict[str, Floats], cell: str
) -> dict[str, Floats]:
    if found.upper is None or found.lower is None or found.levels is None or stage.cell is None:
        return {}
    scale = np.asarray(stage.row_scale)
    level = stage.cell.level_units / design.reference_units
    beta = meant[f"{cell}.beta"]
    upper, lower = found.upper / scale, found.lower / scale
    if not isinstance(stage.cell, CmruCell):
        low = lower / meant[f"{cell}.beta_low"]
        return {"beta": upper / beta, "beta_low": low, "alpha": found.levels[:, :, 1] / level}
    half = stage.cell.half_range
    even: Floats = level * np.arange(-half, half + 1, dtype=np.float64)
    ratios = _ratio(np.swapaxes(found.levels, 1, 2), even[:, None])
    return {"beta": upper / beta, "beta_down": -lower / beta, "level_ratios": ratios}


def _ratio(numbers: Floats, meant: Floats) -> Floats:
    """What becomes of numbers that are meant to be something; 1 where that is nothing."""
    whole = np.broadcast_to(meant, numbers.shape)
    return np.divide(numbers, whole, out=np.ones(numbers.shape), where=whole != 0)


def _tensors(part: dict[str, Floats]) -> dict[str, torch.Tensor]:
    return {name: torch.as_tensor(np.ascontiguousarray(value)) for name, value in part.items()}
