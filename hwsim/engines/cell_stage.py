"""A stage of cells in a pass: from candidates to states and to what drives their lines.

Arrays are as in `hwsim.engines.network_pass`.
"""

from __future__ import annotations

import array_api_compat
import numpy as np

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Stage
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.comparator_settling import run_settling_comparator
from hwsim.engines.recurrence import level_currents, run_comparator, run_ladder
from hwsim.engines.stage_result import Places, StageResult
from hwsim.engines.step_noise import StepNoise, stream_keys


class CellStage:
    """The cells of one stage of the chips of a model.

    Args:
        design: the network.
        stage: a stage of cells.
        model: the chips.
        arrays: whose arrays to compute with.
    """

    def __init__(self, design: Design, stage: Stage, model: ChipModel, arrays: Arrays) -> None:
        found = model.parameters.stages[stage.name]
        if found.upper is None or found.lower is None or found.levels is None:
            raise ValueError(f"stage {stage.name} has no cells")
        self._design = design
        self._stage = stage
        self._model = model
        self._arrays = arrays
        self._upper = arrays.asarray(found.upper)
        self._lower = arrays.asarray(found.lower)
        self._table = arrays.asarray(found.levels)
        self._number = design.stages.index(stage)

    def run(self, total: Array, places: Places, given: Array | None) -> tuple[StageResult, Array]:
        """States, and the signed currents that drive the lines of the stage.

        Args:
            total: candidates, [chip, step, moment, sample, unit].
            places: which chips and samples.
            given: states that the cells are known to have had, see `NetworkPass.run`.
        """
        if isinstance(self._stage.cell, CmruCell):
            return self._ladders(self._stage.cell, total, places, given)
        return self._comparators(total, places, given)

    def _ladders(
        self, cell: CmruCell, total: Array, places: Places, given: Array | None
    ) -> tuple[StageResult, Array]:
        """Clocked cells: they decide at one moment, and their lines move after it."""
        xp, moments = self._arrays.xp, self._model.moments
        write = self._design.operating.write_fraction * self._design.operating.step
        decides = 0 if len(moments) == 1 else moments.index(write)
        candidate = total[:, :, decides, ...]
        upper, lower, table = self._cells(places)
        if given is None:
            noise = self._noise(places)
            steps_first = xp.moveaxis(candidate, 1, 0)
            levels = run_ladder(steps_first, upper, lower, cell.half_range, noise)
            states = driven = xp.moveaxis(levels, 0, 1)
        else:
            driven = given
            above = xp.astype(candidate > upper[:, None, None, :], xp.int8)
            below = xp.astype(candidate < lower[:, None, None, :], xp.int8)
            states = xp.clip(_before(given) + above - below, -cell.half_range, cell.half_range)
        currents = level_currents(xp.moveaxis(driven, 1, 0), table)
        after = xp.moveaxis(currents, 0, 1)
        if len(moments) == 1:
            return StageResult(candidate, states), after[:, :, None, ...]
        reset = xp.broadcast_to(table[:, None, None, :, cell.half_range], after[:, :1, ...].shape)
        before = xp.concat([reset, after[:, :-1, ...]], axis=1)
        phases = [before if index <= decides else after for index in range(len(moments))]
        return StageResult(candidate, states), xp.stack(phases, axis=2)

    def _comparators(
        self, total: Array, places: Places, given: Array | None
    ) -> tuple[StageResult, Array]:
        """Cells without a clock decide at every moment."""
        xp = self._arrays.xp
        chips, steps, moments, samples, units = total.shape
        noise = self._noise(places)
        if given is None:
            flat = xp.moveaxis(xp.reshape(total, (chips, steps * moments, samples, units)), 1, 0)
            found = self._decide(places, flat, steps, noise, None)
            driven = xp.reshape(xp.moveaxis(found, 0, 1), (chips, steps, moments, samples, units))
            states = driven[:, :, -1, ...]
        else:
            # One step by itself: the steps lie beside the samples.
            flat = xp.reshape(xp.moveaxis(total, 2, 0), (moments, chips, steps * samples, units))
            before = xp.reshape(_before(given), (chips, steps * samples, units))
            found = self._decide(places, flat, 1, None, before)
            driven = xp.reshape(found, (moments, chips, steps, samples, units))
            driven = xp.asarray(xp.moveaxis(driven, 0, 2), copy=True)
            states = xp.asarray(driven[:, :, -1, ...], copy=True)
            driven[:, :, -1, ...] = given
        flat = xp.reshape(driven, (chips, steps * moments, samples, units))
        table = self._cells(places)[2]
        currents = level_currents(xp.moveaxis(flat, 1, 0), table)
        shape = (currents.shape[1], steps, moments, samples, units)
        return (
            StageResult(total[:, :, -1, ...], states),
            xp.reshape(xp.moveaxis(currents, 0, 1), shape),
        )

    def _decide(
        self,
        places: Places,
        candidate: Array,
        steps: int,
        noise: StepNoise | None,
        before: Array | None,
    ) -> Array:
        """States of comparators at every moment, [moment, chip, sample, unit]."""
        model = self._model
        upper, lower, _ = self._cells(places)
        if before is None and not model.effects.settling:
            return run_comparator(candidate, upper, lower, noise)
        charges = (0.0, 0.0)
        if model.effects.settling:
            charges = model.rise_charge[self._stage.name], model.fall_charge[self._stage.name]
        times = np.tile(np.diff(model.moments, prepend=0.0), steps)
        return run_settling_comparator(candidate, upper, lower, times, charges, noise, before)

    def _cells(self, places: Places) -> tuple[Array, Array, Array]:
        """Upper and lower trip points and level currents of the chips of a pass."""
        return self._upper[places.batch], self._lower[places.batch], self._table[places.batch]

    def _noise(self, places: Places) -> StepNoise | None:
        amount = self._model.effects.step_noise
        if not amount:
            return None
        rms = amount * self._model.noise[self._stage.name][places.batch]
        keys = stream_keys(places.seed, self._number, places.chips, places.samples)
        return StepNoise(self._arrays.asarray(keys), self._arrays.asarray(rms))


def _before(states: Array) -> Array:
    """States before each step, from reset, [chip, step, sample, unit]."""
    xp = array_api_compat.array_namespace(states)
    return xp.concat([xp.zeros_like(states[:, :1, ...]), states[:, :-1, ...]], axis=1)
