"""Rows of mirrors: from the currents of lines to the sum currents of a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import array_api_compat
import numpy as np
from numpy.typing import NDArray

from hwsim.chips.parameters import StageParameters
from hwsim.design.stage import Stage
from hwsim.design.wiring import Part, Polarity
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.chip_model import ChipModel

Floats = NDArray[np.float64]

HALF_WAY = 0.02
"""Current at which the node of a splitter is half way to where larger ones bring it, unit
currents."""


@dataclass(frozen=True, slots=True, order=True)
class Bundle:
    """The same ends of the same lines of all units of a stage.

    Attributes:
        stage: that drives them.
        part: of the signal.
        polarity: of the ends.
    """

    stage: str
    part: Part
    polarity: Polarity


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """All sources or all sinks of a stage: gains by bundle, [chip, source unit, unit], and bias."""

    gains: Mapping[Bundle, Array]
    bias: Array

    def total(self, bundles: Mapping[Bundle, Array]) -> Array:
        total = self.bias[:, None, None, None, :]
        for bundle, gain in self.gains.items():
            xp = array_api_compat.array_namespace(gain)
            current = bundles[bundle]
            flat = xp.reshape(current, (current.shape[0], -1, current.shape[-1]))
            summed = xp.matmul(flat, gain)
            total = total + xp.reshape(
                summed, (summed.shape[0], *current.shape[1:-1], summed.shape[-1])
            )
        return total


class Rows:
    """The mirrors into the summing nodes of one stage.

    A mirror's gain is that of its output at half the supply; where the effect is on, it follows
    the node: a splitter's goes up and down by half its swing with the sign of the current, a
    rectifier's stays on its N diode, half a swing down.

    Args:
        stage: the stage.
        model: the chips.
        arrays: whose arrays to compute with.
    """

    def __init__(self, stage: Stage, model: ChipModel, arrays: Arrays) -> None:
        self._stage = stage
        self._model = model
        found = model.parameters.stages[stage.name]
        leak = float(model.effects.leakage)
        push = found.bias_push + leak * model.parameters.leakage_source * found.leak_push
        pull = found.bias_pull + leak * model.parameters.leakage_sink * found.leak_pull
        gains = _by_bundle(found, model)
        self._follows = model.effects.output_resistance and stage.kind != "output"
        if self._follows:
            self._push = _side(gains, "p", push, arrays)
            self._pull = _side(gains, "n", pull, arrays)
        else:
            every = {bundle: arrays.asarray(gain) for bundle, gain in gains.items()}
            self._all = _Side(every, arrays.asarray(push - pull))

    def total(self, bundles: Mapping[Bundle, Array]) -> Array:
        """Sum currents, [chip, step, moment, sample, unit].

        Args:
            bundles: currents of line ends, [chip, step, moment, sample, source unit].
        """
        if not self._follows:
            return self._all.total(bundles)
        push, pull = self._push.total(bundles), self._pull.total(bundles)
        total = push - pull
        slopes = self._model.slope_source * push - self._model.slope_sink * pull
        return total + self._node(total) * slopes

    def _node(self, total: Array) -> Array | float:
        """Voltage of the summing nodes over half the supply, V."""
        half_swing = self._model.swing / 2
        if self._stage.kind in ("relu", "fq_bmru"):
            return -half_swing
        return half_swing * total / (abs(total) + HALF_WAY)


def _by_bundle(found: StageParameters, model: ChipModel) -> dict[Bundle, Floats]:
    """Signed gains, turn-arounds of the lines included, [chip, source unit, unit]."""
    gains: dict[Bundle, Floats] = {}
    chips, units, _ = found.gain.shape
    for index, end in enumerate(found.ends):
        source = model.parameters.stages[end.line.stage]
        bundle = Bundle(end.line.stage, end.line.part, end.polarity)
        if bundle not in gains:
            gains[bundle] = np.zeros((chips, source.bias_push.shape[1], units))
        gain = found.gain[:, :, index]
        if end in model.turned:
            gain = gain * source.turn_gain[:, source.turned.index(end.line), None]
        gains[bundle][:, end.line.unit, :] = gain
    return gains


def _side(
    gains: Mapping[Bundle, Floats], polarity: Polarity, bias: Floats, arrays: Arrays
) -> _Side:
    chosen = {
        bundle: arrays.asarray(np.abs(gain))
        for bundle, gain in gains.items()
        if bundle.polarity == polarity
    }
    return _Side(chosen, arrays.asarray(bias))
