"""Numbers of rows of mirrors: gains from lines to sum currents, and biases, of every chip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.chips.parameters import StageParameters
from hwsim.design.stage import Stage
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.line_layout import LineLayout, lines_copy_exactly

Floats = NDArray[np.float64]

HALF_WAY = 0.02
"""Current at which the node of a splitter is half way to where larger ones bring it, unit
currents."""


@dataclass(frozen=True, slots=True, eq=False)
class RowNumbers:
    """The mirrors into the summing nodes of one stage.

    A mirror's gain is that of its output at half the supply; where the effect is on, it follows
    the node: a splitter's goes up and down by half its swing with the sign of the current, a
    rectifier's stays on its N diode, half a swing down.

    Attributes:
        bias: [chip, column].
        gains: by the stage that drives the lines, [chip, line, column], up to the last line that
            anything hangs on.
        follows: whether gains follow the node. Then the columns are the sources of all units, and
            their sinks behind them; else they are units.
        node: voltage of the node over half the supply, V: where the current is small, and what it
            gains towards large ones.
    """

    bias: Floats
    gains: Mapping[str, Floats]
    follows: bool
    node: tuple[float, float]


def row_numbers(stage: Stage, model: ChipModel, layouts: Mapping[str, LineLayout]) -> RowNumbers:
    """Numbers of the rows of a stage.

    Args:
        stage: the stage.
        model: the chips.
        layouts: of the lines of the stages before it.
    """
    found = model.parameters.stages[stage.name]
    push, pull, gains = _sides(found, model, layouts)
    follows = model.effects.output_resistance and stage.kind != "output"
    if follows:
        # Sources and sinks beside each other: one product for both.
        bias = np.concatenate([push, pull], axis=1)
        both = {name: np.concatenate(sides, axis=2) for name, sides in gains.items()}
    else:
        bias = push - pull
        both = {name: sources - sinks for name, (sources, sinks) in gains.items()}
    if lines_copy_exactly(model.effects):
        bias = bias + _kept(model, both)
    half_swing = model.swing / 2
    node = (-half_swing, 0.0) if stage.kind in ("relu", "fq_bmru") else (0.0, half_swing)
    return RowNumbers(bias, {name: _used(gain) for name, gain in both.items()}, follows, node)


def _sides(
    found: StageParameters, model: ChipModel, layouts: Mapping[str, LineLayout]
) -> tuple[Floats, Floats, dict[str, tuple[Floats, Floats]]]:
    """Biases of sources and sinks, [chip, unit], and gains by stage, [chip, line, unit] of both."""
    push, pull = found.bias_push, found.bias_pull
    gains: dict[str, tuple[Floats, Floats]] = {}
    chips, units, _ = found.gain.shape
    for index, end in enumerate(found.ends):
        layout = layouts[end.line.stage]
        if end.line.stage not in gains:
            empty = (chips, layout.columns, units)
            gains[end.line.stage] = np.zeros(empty), np.zeros(empty)
        gain = np.abs(found.gain[:, :, index])
        if end in model.turned:
            source = model.parameters.stages[end.line.stage]
            gain = gain * source.turn_gain[:, source.turned.index(end.line), None]
        side = 0 if end.polarity == "p" else 1
        gains[end.line.stage][side][:, layout.column(end), :] += gain
    return push, pull, gains


def _used(gain: Floats) -> Floats:
    """Gains, [chip, line, unit], up to the last line that anything hangs on."""
    used = np.flatnonzero(gain.any(axis=(0, 2)))
    return gain[:, : used[-1] + 1 if used.size else 0]


def _kept(model: ChipModel, gains: Mapping[str, Floats]) -> Floats | float:
    """What mirrors make of the keep-alive currents of all lines, [chip, unit]."""
    total: Floats | float = 0.0
    for name, gain in gains.items():
        found = model.parameters.stages[name]
        if found.keep_parts:
            keep = np.swapaxes(found.keep, 1, 2).reshape(len(gain), 1, -1)
            total = total + (keep @ gain)[:, 0]
    return total
