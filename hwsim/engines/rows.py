"""Rows of mirrors: from the currents of lines to the sum currents of a stage."""

from __future__ import annotations

from collections.abc import Mapping

import array_api_compat

from hwsim.design.stage import Stage
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.line_layout import LineLayout
from hwsim.engines.row_numbers import HALF_WAY, row_numbers


class Rows:
    """The mirrors into the summing nodes of one stage.

    Args:
        stage: the stage.
        model: the chips.
        layouts: of the lines of the stages before it.
        arrays: whose arrays to compute with.
    """

    def __init__(
        self, stage: Stage, model: ChipModel, layouts: Mapping[str, LineLayout], arrays: Arrays
    ) -> None:
        numbers = row_numbers(stage, model, layouts)
        self._size = stage.size
        self._slopes = model.slope_source, model.slope_sink
        self._follows, self._node = numbers.follows, numbers.node
        self._bias = arrays.asarray(numbers.bias)
        self._gains = {name: arrays.asarray(gain) for name, gain in numbers.gains.items()}

    def total(self, lines: Mapping[str, Array], chips: slice) -> Array:
        """Sum currents, [chip, step, moment, sample, unit].

        Args:
            lines: currents of the lines by stage, [chip, step, moment, sample, line].
            chips: of the batch that are computed.
        """
        total = self._mirrored(lines, chips)
        if not self._follows:
            return total
        push, pull = total[..., : self._size], total[..., self._size :]
        net = push - pull
        rest, swing = self._node
        voltage = rest + swing * net / (abs(net) + HALF_WAY)
        return net + voltage * (self._slopes[0] * push - self._slopes[1] * pull)

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
