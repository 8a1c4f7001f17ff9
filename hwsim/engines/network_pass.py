"""One pass of chips and samples through a network, stage by stage.

Arrays are [chip, step, moment, sample, unit]; the first axis is 1 where nothing differs between
chips yet. A moment is a time within a step (`ChipModel.moments`); the last one is its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import array_api_compat
import numpy as np

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, FqBmruCell, Stage
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.kernels import Kernels
from hwsim.engines.rows import Bundle, Rows
from hwsim.engines.signal_lines import SignalLines, needed_bundles
from hwsim.engines.step_noise import StepNoise, stream_keys

INPUT_STREAM = 2**32
"""Number of the stream of input noise; stages are counted from 0."""


@dataclass(frozen=True, slots=True)
class Places:
    """Which chips and samples a pass is of, for the noise that belongs to them.

    Attributes:
        seed: of the production.
        chips: their numbers.
        samples: their indices in the data.
    """

    seed: int
    chips: range
    samples: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StageResult:
    """A stage after a pass.

    Attributes:
        total: sum currents when they are read, unit currents, [chip, step, sample, unit]: of
            clocked cells when they decide, of others at the end of a step.
        state: of cells, at the end of a step, int8 [chip, step, sample, unit].
    """

    total: Array
    state: Array | None = None


class NetworkPass:
    """Runs batches of samples through the chips of a model.

    Args:
        design: the network.
        model: the chips.
        arrays: whose arrays to compute with.
        kernels: inner loops for these arrays.
    """

    def __init__(self, design: Design, model: ChipModel, arrays: Arrays, kernels: Kernels) -> None:
        self._design = design
        self._model = model
        self._arrays = arrays
        self._kernels = kernels
        needed = needed_bundles(model)
        self._rows = {s.name: Rows(s, model, arrays) for s in design.stages[1:]}
        self._lines = {
            stage.name: SignalLines(design, stage, model, needed, arrays, kernels)
            for stage in design.stages[:-1]
        }

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
        bundles: dict[Bundle, Array] = {}
        results: dict[str, StageResult] = {}
        for number, stage in enumerate(self._design.stages):
            if number == 0:
                total = self._inputs(inputs, places)
            else:
                total = self._rows[stage.name].total(bundles)
            results[stage.name], signed = self._unit(
                number, stage, total, places, None if given is None else given.get(stage.name)
            )
            if stage.name in self._lines:
                bundles |= self._lines[stage.name].currents(signed)
        return results

    def _inputs(self, inputs: Array, places: Places) -> Array:
        xp, model = self._arrays.xp, self._model
        total = inputs[None, :, None, :, :]
        if model.effects.input_noise:
            rms = np.full((len(places.chips), inputs.shape[-1]), model.effects.input_noise)
            noise = self._noise(INPUT_STREAM, rms, places)
            drawn = self._kernels.noise_currents(noise, inputs.shape[0])
            total = total + xp.moveaxis(drawn, 0, 1)[:, :, None, :, :]
        return xp.broadcast_to(total, (*total.shape[:2], len(model.moments), *total.shape[3:]))

    def _noise(self, stream: int, rms: np.ndarray, places: Places) -> StepNoise:
        keys = stream_keys(places.seed, stream, places.chips, places.samples)
        return StepNoise(self._arrays.asarray(keys), self._arrays.asarray(rms))

    def _unit(
        self, number: int, stage: Stage, total: Array, places: Places, given: Array | None
    ) -> tuple[StageResult, Array]:
        """What the units of a stage make of their sums, and what they drive their lines with."""
        if isinstance(stage.cell, CmruCell):
            return self._ladders(number, stage, stage.cell, total, places, given)
        if isinstance(stage.cell, FqBmruCell):
            return self._comparators(number, stage, total, places, given)
        model = self._model
        if model.effects.tails and stage.kind in ("input", "splitter"):
            total = self._kernels.crossed(
                total, np.diff(model.moments, prepend=0.0), model.crossing_charge
            )
        return StageResult(total[:, :, -1, ...]), total

    def _ladders(
        self,
        number: int,
        stage: Stage,
        cell: CmruCell,
        total: Array,
        places: Places,
        given: Array | None,
    ) -> tuple[StageResult, Array]:
        """Clocked cells: they decide at one moment, and their lines move after it."""
        xp, moments = self._arrays.xp, self._model.moments
        write = self._design.operating.write_fraction * self._design.operating.step
        decides = 0 if len(moments) == 1 else moments.index(write)
        candidate = total[:, :, decides, ...]
        upper, lower, table = self._cells(stage)
        if given is None:
            noise = self._cell_noise(number, stage, places)
            steps_first = xp.moveaxis(candidate, 1, 0)
            levels = self._kernels.run_ladder(steps_first, upper, lower, cell.half_range, noise)
            states = driven = xp.moveaxis(levels, 0, 1)
        else:
            driven = given
            above = xp.astype(candidate > upper[:, None, None, :], xp.int8)
            below = xp.astype(candidate < lower[:, None, None, :], xp.int8)
            states = xp.clip(_before(given) + above - below, -cell.half_range, cell.half_range)
        currents = self._kernels.level_currents(xp.moveaxis(driven, 1, 0), table)
        after = xp.moveaxis(currents, 0, 1)
        if len(moments) == 1:
            return StageResult(candidate, states), after[:, :, None, ...]
        reset = xp.broadcast_to(table[:, None, None, :, cell.half_range], after[:, :1, ...].shape)
        before = xp.concat([reset, after[:, :-1, ...]], axis=1)
        phases = [before if index <= decides else after for index in range(len(moments))]
        return StageResult(candidate, states), xp.stack(phases, axis=2)

    def _comparators(
        self, number: int, stage: Stage, total: Array, places: Places, given: Array | None
    ) -> tuple[StageResult, Array]:
        """Cells without a clock decide at every moment."""
        xp = self._arrays.xp
        chips, steps, moments, samples, units = total.shape
        noise = self._cell_noise(number, stage, places)
        if given is None:
            flat = xp.moveaxis(xp.reshape(total, (chips, steps * moments, samples, units)), 1, 0)
            found = self._decide(stage, flat, steps, noise, None)
            driven = xp.reshape(xp.moveaxis(found, 0, 1), (chips, steps, moments, samples, units))
            states = driven[:, :, -1, ...]
        else:
            # One step by itself: the steps lie beside the samples.
            flat = xp.reshape(xp.moveaxis(total, 2, 0), (moments, chips, steps * samples, units))
            before = xp.reshape(_before(given), (chips, steps * samples, units))
            found = self._decide(stage, flat, 1, None, before)
            driven = xp.reshape(found, (moments, chips, steps, samples, units))
            driven = xp.asarray(xp.moveaxis(driven, 0, 2), copy=True)
            states = xp.asarray(driven[:, :, -1, ...], copy=True)
            driven[:, :, -1, ...] = given
        flat = xp.reshape(driven, (chips, steps * moments, samples, units))
        table = self._cells(stage)[2]
        currents = self._kernels.level_currents(xp.moveaxis(flat, 1, 0), table)
        shape = (currents.shape[1], steps, moments, samples, units)
        return (
            StageResult(total[:, :, -1, ...], states),
            xp.reshape(xp.moveaxis(currents, 0, 1), shape),
        )

    def _decide(
        self,
        stage: Stage,
        candidate: Array,
        steps: int,
        noise: StepNoise | None,
        before: Array | None,
    ) -> Array:
        """States of comparators at every moment, [moment, chip, sample, unit]."""
        model = self._model
        upper, lower, _ = self._cells(stage)
        if before is None and not model.effects.settling:
            return self._kernels.run_comparator(candidate, upper, lower, noise)
        charges = (0.0, 0.0)
        if model.effects.settling:
            charges = model.rise_charge[stage.name], model.fall_charge[stage.name]
        times = np.tile(np.diff(model.moments, prepend=0.0), steps)
        return self._kernels.run_settling_comparator(
            candidate, upper, lower, times, charges, noise, before
        )

    def _cells(self, stage: Stage) -> tuple[Array, Array, Array]:
        found = self._model.parameters.stages[stage.name]
        if found.upper is None or found.lower is None or found.levels is None:
            raise ValueError(f"stage {stage.name} has no cells")
        asarray = self._arrays.asarray
        return asarray(found.upper), asarray(found.lower), asarray(found.levels)

    def _cell_noise(self, number: int, stage: Stage, places: Places) -> StepNoise | None:
        amount = self._model.effects.step_noise
        if not amount:
            return None
        return self._noise(number, amount * self._model.noise[stage.name], places)


def _before(states: Array) -> Array:
    """States before each step, from reset, [chip, step, sample, unit]."""
    xp = array_api_compat.array_namespace(states)
    return xp.concat([xp.zeros_like(states[:, :1, ...]), states[:, :-1, ...]], axis=1)
