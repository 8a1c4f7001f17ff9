"""Rows of mirrors: from the currents of lines to the sum currents of a stage."""

from __future__ import annotations

from collections.abc import Mapping

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from hwsim.chips.parameters import StageParameters
from hwsim.design.stage import Stage
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.line_layout import LineLayout
from hwsim.engines.signal_lines import lines_copy_exactly

Floats = NDArray[np.float64]

HALF_WAY = 0.02
"""Current at which the node of a splitter is half way to where larger ones bring it, unit
currents."""


class Rows:
    """The mirrors into the summing nodes of one stage.

    A mirror's gain is that of its output at half the supply; where the effect is on, it follows
    the node: a splitter's goes up and down by half its swing with the sign of the current, a
    rectifier's stays on its N diode, half a swing down.

    Args:
        stage: the stage.
        model: the chips.
        layouts: of the lines of the stages before it.
        arrays: whose arrays to compute with.
    """

    def __init__(
        self, stage: Stage, model: ChipModel, layouts: Mapping[str, LineLayout], arrays: Arrays
    ) -> None:
        self._stage = stage
        self._model = model
        found = model.parameters.stages[stage.name]
        push, pull, gains = _sides(found, model, layouts)
        self._follows = model.effects.output_resistance and stage.kind != "output"
        if self._follows:
            # Sources and sinks beside each other: one product for both.
            bias = np.concatenate([push, pull], axis=1)
            both = {name: np.concatenate(sides, axis=2) for name, sides in gains.items()}
        else:
            bias = push - pull
            both = {name: sources - sinks for name, (sources, sinks) in gains.items()}
        if lines_copy_exactly(model.effects):
            bias = bias + _kept(model, both)
        self._bias = arrays.asarray(bias)
        self._gains = {name: arrays.asarray(_used(gain)) for name, gain in both.items()}

    def total(self, lines: Mapping[str, Array], chips: slice) -> Array:
        """Sum currents, [chip, step, moment, sample, unit].

        Args:
            lines: currents of the lines by stage, [chip, step, moment, sample, line].
            chips: of the batch that are computed.
        """
        total = self._mirrored(lines, chips)
        if not self._follows:
            return total
        units = self._stage.size
        push, pull = total[..., :units], total[..., units:]
        net = push - pull
        slopes = self._model.slope_source * push - self._model.slope_sink * pull
        return net + self._node(net) * slopes

    def _mirrored(self, lines: Mapping[str, Array], chips: slice) -> Array:
        """Gains times currents and biases: of sources and sinks, or of both together."""
        total = None
        for name, gain in self._gains.items():
            xp = array_api_compat.array_namespace(gain)
            current = lines[name][..., : gain.shape[1]]
            flat = xp.reshape(current, (current.shape[0], -1, current.shape[-1]))
            summed = xp.matmul(flat, gain[chips])
            shape = (summed.shape[0], *current.shape[1:-1], summed.shape[-1])
            part = xp.reshape(summed, shape)
            if total is None:
                total = part
            else:
                total += part
        bias = self._bias[chips][:, None, None, None, :]
        if total is None:
            return bias
        total += bias
        return total

    def _node(self, total: Array) -> Array | float:
        """Voltage of the summing nodes over half the supply, V."""
        half_swing = self._model.swing / 2
        if self._stage.kind in ("relu", "fq_bmru"):
            return -half_swing
        return half_swing * total / (abs(total) + HALF_WAY)


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
