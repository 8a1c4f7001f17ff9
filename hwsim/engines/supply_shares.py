"""What a stage draws from the supply for each unit of current of each line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.design.wiring import Line, Part, native_polarity, needed_ends, row_mirrors, turned_lines
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.supply_leakage import excess_of

Floats = NDArray[np.float64]

Bundle = tuple[str, Part]
"""The lines of one part of the signals of a stage."""


class Share:
    """What a stage draws for the lines of one bundle, [chip, unit of the source].

    Attributes:
        mirrors: for the drive of a line, in sources into its summing nodes.
        diodes: for the drive of a line, in turn-arounds.
        native: for what its native mirrors carry beyond the drive.
        turned: for what its turned mirrors do.
    """

    __slots__ = ("diodes", "mirrors", "native", "turned")

    def __init__(self, chips: int, units: int) -> None:
        self.mirrors, self.diodes, self.native, self.turned = (
            np.zeros((chips, units)) for _ in range(4)
        )

    def turn(self, unit: int, gain: Floats) -> None:
        """A turn-around: the copy of a line flows from the supply."""
        self.diodes[:, unit] += gain
        self.native[:, unit] += gain

    def source(self, unit: int, gain: Floats, turn: Floats | None) -> None:
        """A source on a line, or on the end of it that a turn-around of gain `turn` drives."""
        through = gain if turn is None else gain * turn
        self.mirrors[:, unit] += through
        self.native[:, unit] += through
        if turn is not None:
            self.turned[:, unit] += gain


@dataclass(frozen=True, slots=True)
class Shares:
    """What a stage draws for lines.

    Attributes:
        lines: by bundle of signals.
        bias: for mirrors of constant currents into its summing nodes, unit currents, [chip].
        leakage: of keep-alive replicas, unit currents.
    """

    lines: dict[Bundle, Share]
    bias: Floats
    leakage: float


def stage_shares(design: Design, stage: Stage, model: ChipModel) -> Shares:
    """The shares of one stage of the chips of a model."""
    lines: defaultdict[Bundle, Share] = defaultdict()
    found = model.parameters.stages[stage.name]
    chips = model.parameters.count

    def share(line: Line) -> Share:
        bundle = (line.stage, line.part)
        if bundle not in lines:
            lines[bundle] = Share(chips, design.stage(line.stage).size)
        return lines[bundle]

    far = model.supply.far["p"]
    for index, end in enumerate(found.ends):
        if end.polarity == "p":
            gain = np.maximum(found.gain[:, :, index], 0.0).sum(axis=1) * far
            turn = _turn_gain(design, model, end.line) if end in model.turned else None
            share(end.line).source(end.line.unit, gain, turn)
    bias = found.bias_push.sum(axis=1) * model.supply.source()
    leakage = _replica_leakage(design, stage, model)
    if stage.kind != "output":
        for line in turned_lines(stage, needed_ends(design)):
            if line.part == "keep":
                keep = replica(design, stage, model)
                bias = bias + keep
                leakage += excess_of(keep, model.supply.idle["n"] * stage.diode_units)
                continue
            share(line).turn(line.unit, _turn_gain(design, model, line))
    return Shares(dict(lines), bias, leakage)


def replica(design: Design, stage: Stage, model: ChipModel) -> float:
    """The replica of a stage's keep-alive current, unit currents."""
    return stage.keep_alive_units / design.reference_units * model.supply.source()


def _turn_gain(design: Design, model: ChipModel, line: Line) -> Floats:
    """Gain of a turn-around far above the leakage of its mirror, [chip]."""
    source = model.parameters.stages[line.stage]
    polarity = native_polarity(design.stage(line.stage), line.part)
    return np.asarray(source.turn_gain[:, source.turned.index(line)] * model.supply.far[polarity])


def _replica_leakage(design: Design, stage: Stage, model: ChipModel) -> float:
    """What sources on keep-alive replicas leak into the summing nodes of a stage."""
    total = 0.0
    for unit in range(stage.size):
        for mirror in row_mirrors(design, stage, unit):
            if mirror.line.part == "keep" and mirror.units > 0:
                source = design.stage(mirror.line.stage)
                keep = replica(design, source, model)
                native = excess_of(keep, model.supply.idle["n"] * source.diode_units)
                turned = excess_of(keep + native, model.supply.idle["p"] * source.diode_units)
                total += mirror.units / source.diode_units * (native + turned)
    return total
