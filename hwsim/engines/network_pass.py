"""One pass of chips and samples through a network, stage by stage.

Arrays are [chip, step, moment, sample, unit]; the first axis is 1 where nothing differs between
chips yet. A moment is a time within a step (`ChipModel.moments`); the last one is its end.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.cell_stage import CellStage
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.line_dynamics import crossed
from hwsim.engines.line_layout import line_layout
from hwsim.engines.rows import Rows
from hwsim.engines.signal_lines import SignalLines
from hwsim.engines.stage_result import Places, StageResult
from hwsim.engines.step_noise import StepNoise, noise_currents, stream_keys

INPUT_STREAM = 2**32
"""Number of the stream of input noise; stages are counted from 0."""


class NetworkPass:
    """Runs batches of samples through the chips of a model.

    Args:
        design: the network.
        model: the chips.
        arrays: whose arrays to compute with.
    """

    def __init__(self, design: Design, model: ChipModel, arrays: Arrays) -> None:
        self._design = design
        self._model = model
        self._arrays = arrays
        layouts = {stage.name: line_layout(stage, model) for stage in design.stages[:-1]}
        self._rows = {s.name: Rows(s, model, layouts, arrays) for s in design.stages[1:]}
        self._lines = {
            stage.name: SignalLines(stage, model, layouts[stage.name], arrays)
            for stage in design.stages[:-1]
        }
        self._cells = {s.name: CellStage(design, s, model, arrays) for s in design.cells}

    def run(
        self, inputs: Array, places: Places, given: Mapping[str, Array] | None = None
    ) -> dict[str, StageResult]:
        """Every stage of the network.

        Args:
            inputs: input currents, unit currents, [step, sample, channel].
            places: which chips and samples these are.
            given: states that the cells are known to have had, by stage,
                [chip, step, sample, unit]. Then each result's state is what the cell would have
                done in that one step, and everything else follows the known states.
        """
        lines: dict[str, Array] = {}
        results: dict[str, StageResult] = {}
        for number, stage in enumerate(self._design.stages):
            if number == 0:
                total = self._inputs(inputs, places)
            else:
                total = self._rows[stage.name].total(lines, places.batch)
            known = None if given is None else given.get(stage.name)
            results[stage.name], signed = self._unit(stage, total, places, known)
            if stage.name in self._lines:
                lines[stage.name] = self._lines[stage.name].currents(signed, places.batch)
        return results

    def _inputs(self, inputs: Array, places: Places) -> Array:
        xp, model = self._arrays.xp, self._model
        total = inputs[None, :, None, :, :]
        if model.effects.input_noise:
            rms = np.full((len(places.chips), inputs.shape[-1]), model.effects.input_noise)
            keys = stream_keys(places.seed, INPUT_STREAM, places.chips, places.samples)
            noise = StepNoise(self._arrays.asarray(keys), self._arrays.asarray(rms))
            drawn = noise_currents(noise, inputs.shape[0])
            total = total + xp.moveaxis(drawn, 0, 1)[:, :, None, :, :]
        return xp.broadcast_to(total, (*total.shape[:2], len(model.moments), *total.shape[3:]))

    def _unit(
        self, stage: Stage, total: Array, places: Places, given: Array | None
    ) -> tuple[StageResult, Array]:
        """What the units of a stage make of their sums, and what they drive their lines with."""
        if stage.name in self._cells:
            return self._cells[stage.name].run(total, places, given)
        model = self._model
        if model.effects.tails and stage.kind in ("input", "splitter"):
            times = np.diff(model.moments, prepend=0.0)
            total = crossed(total, times, model.crossing_charge)
        return StageResult(total[:, :, -1, ...]), total
