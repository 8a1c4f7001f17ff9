"""The behavioural engine: the circuit of a design in NumPy, as one chip does it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hwsim.chips.population import Population
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.arrays import NUMPY, Array
from hwsim.engines.chip_model import ChipModel, plain_model
from hwsim.engines.engine import current_into_units, require_channels
from hwsim.engines.network_pass import NetworkPass
from hwsim.engines.stage_result import Places, StageResult
from hwsim.engines.supply import SupplyModel
from hwsim.engines.supply_groups import total_of
from hwsim.engines.trace import Floats, Integers, StageTrace, Trace
from hwsim.engines.trip_points import TripPoints


class BehaviouralEngine:
    """Runs one chip of a design.

    Args:
        model: chips as their datasheets describe them (`hwsim.engines.chip_model.chip_model`);
            None for the integer circuit of the design, with exact mirrors and nominal cells, in
            which everything settles at once.
        population: of the model, for the noise that belongs to its chips.
        chip: position of the chip in the batch of the model.
    """

    name = "behavioural"

    def __init__(
        self,
        model: ChipModel | None = None,
        population: Population | None = None,
        chip: int = 0,
    ) -> None:
        self._model = None if model is None else model.take(slice(chip, chip + 1))
        self._population = (population or Population(0, chip + 1)).chip(chip)

    def run(self, design: Design, sequences: Sequences) -> Trace:
        """See `Engine.run`; the supply current is the analytic estimate of `SupplyModel`."""
        return self._trace(design, sequences, None)

    def follow(self, design: Design, sequences: Sequences, trace: Trace) -> Trace:
        """Run along with another engine: every step begins with the states which that one had.

        Args:
            design: the network.
            sequences: that the other engine ran.
            trace: what it did.

        Returns:
            Currents under the other's states; each state is that of one step by itself.
        """
        given = {
            stage.name: np.swapaxes(np.asarray(state, dtype=np.int8), 0, 1)[None]
            for stage in design.cells
            if (state := trace.stages[stage.name].state) is not None
        }
        return self._trace(design, sequences, given)

    def trip_points(self, design: Design) -> dict[str, TripPoints]:
        """Trip points of the chip's cells, unit currents, by stage."""
        model = plain_model(design) if self._model is None else self._model
        return {stage.name: model.trip_points(stage) for stage in design.cells}

    def _trace(
        self, design: Design, sequences: Sequences, given: Mapping[str, Array] | None
    ) -> Trace:
        require_channels(design, sequences)
        model = plain_model(design) if self._model is None else self._model
        one = self._population
        places = Places(one.seed, one.indices, tuple(range(len(sequences))))
        inputs = np.swapaxes(design.inputs.apply(sequences.values), 0, 1)
        found = NetworkPass(design, model, NUMPY).run(inputs, places, given)
        sums = {name: _of_first_chip(result) for name, result in found.items()}
        states = {name: _states(result) for name, result in found.items()}
        unit = design.operating.unit_current
        groups = SupplyModel(design, model).groups(sums, states)
        return Trace(
            engine=self.name,
            step=design.operating.step,
            lengths=sequences.lengths,
            stages={
                stage.name: StageTrace(
                    current_into_units(stage, sums[stage.name] * unit), states[stage.name]
                )
                for stage in design.stages
            },
            supply_current={part: unit * total_of(found) for part, found in groups.items()},
            supply_groups={
                part: {group: unit * current for group, current in found.items()}
                for part, found in groups.items()
            },
            clock_energy=model.supply.clock_energy(design),
        )


def _of_first_chip(result: StageResult) -> Floats:
    """Sum currents, [sequence, step, unit]."""
    return np.swapaxes(np.asarray(result.total[0], dtype=np.float64), 0, 1)


def _states(result: StageResult) -> Integers | None:
    if result.state is None:
        return None
    return np.asarray(np.swapaxes(result.state[0], 0, 1), dtype=np.int64)
