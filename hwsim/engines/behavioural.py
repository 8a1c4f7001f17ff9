"""The behavioural engine: the integer circuit of a design in NumPy, on a nominal chip.

Weights are the unit transistors of the mirrors, thresholds and levels are those that the
templates deliver (`Design.measured`). Between steps everything settles.
"""

from __future__ import annotations

import numpy as np

from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.engines.engine import current_into_units, require_channels
from hwsim.engines.supply import supply_currents
from hwsim.engines.trace import Floats, Integers, StageTrace, Trace
from hwsim.engines.trip_points import run_cells, trip_points


class BehaviouralEngine:
    """Runs the integer circuit of a design."""

    name = "behavioural"

    def run(self, design: Design, sequences: Sequences) -> Trace:
        """See `Engine.run`; the supply current is the analytic estimate of `supply_currents`."""
        require_channels(design, sequences)
        outputs: dict[str, Floats] = {}
        sums: dict[str, Floats] = {}
        states: dict[str, Integers | None] = {}
        for stage in design.stages:
            if stage.kind == "input":
                sums[stage.name] = design.inputs.apply(sequences.values)
            else:
                sums[stage.name] = self._sum(design, stage, outputs)
            states[stage.name] = self._states(design, stage, sums[stage.name])
            outputs[stage.name] = self._output(design, stage, sums, states)
        unit = design.operating.unit_current
        supply = supply_currents(design, sums, states)
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
            supply_current={part: current * unit for part, current in supply.items()},
        )

    def _sum(self, design: Design, stage: Stage, outputs: dict[str, Floats]) -> Floats:
        """Sum currents of a stage in unit currents, [sequence, step, unit]."""
        total: Floats = np.asarray(stage.bias_units) / design.reference_units
        for connection in stage.connections:
            source = outputs[connection.source]
            tapped = np.maximum(source, 0.0) if connection.tap == "rectified" else source
            gain = np.asarray(connection.units) / design.stage(connection.source).diode_units
            total = total + tapped @ gain.T
        return total

    def _states(self, design: Design, stage: Stage, candidate: Floats) -> Integers | None:
        if stage.cell is None:
            return None
        return run_cells(stage, candidate, trip_points(design, stage))

    def _output(
        self,
        design: Design,
        stage: Stage,
        sums: dict[str, Floats],
        states: dict[str, Integers | None],
    ) -> Floats:
        """Signed current of the lines of each unit, in unit currents."""
        state = states[stage.name]
        if stage.cell is None or state is None:
            return np.maximum(sums[stage.name], 0.0) if stage.kind == "relu" else sums[stage.name]
        level = stage.cell.level_units / design.reference_units
        ratio = design.measured[stage.cell.kind]["level"]
        return np.asarray(state * level * ratio)
