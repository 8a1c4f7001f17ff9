"""The ideal engine: the float network that was trained, read from the learned values of a design.

Its currents are software values times the scale that the compiler chose for each unit, so that
they lie on top of those of the other engines.
"""

from __future__ import annotations

import numpy as np

from hwsim.cells.fq_bmru import fq_bmru_states
from hwsim.cells.saturating_cmru import saturating_cmru_levels
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, FqBmruCell, Stage
from hwsim.engines.engine import current_into_units, require_channels
from hwsim.engines.trace import Floats, Integers, StageTrace, Trace


class IdealEngine:
    """Runs the learned values of a design in double precision."""

    name = "ideal"

    def run(self, design: Design, sequences: Sequences) -> Trace:
        """See `Engine.run`; the supply current is unknown to software and left out."""
        require_channels(design, sequences)
        values: dict[str, Floats] = {}
        stages: dict[str, StageTrace] = {}
        for stage in design.stages:
            if stage.kind == "input":
                total = design.inputs.apply(sequences.values)
            else:
                total = _sum(stage, values)
            state = _state(stage, total)
            values[stage.name] = total if state is None else state * _levels(stage)
            scale = design.operating.unit_current * np.asarray(stage.row_scale)
            stages[stage.name] = StageTrace(current_into_units(stage, total * scale), state)
        return Trace(self.name, design.operating.step, sequences.lengths, stages)


def _sum(stage: Stage, values: dict[str, Floats]) -> Floats:
    total: Floats = np.asarray(stage.bias_learned)
    for connection in stage.connections:
        source = values[connection.source]
        tapped = np.maximum(source, 0.0) if connection.tap == "rectified" else source
        total = total + tapped @ np.asarray(connection.learned).T
    return total


def _state(stage: Stage, candidate: Floats) -> Integers | None:
    """States of a stage of cells, None for others; the thresholds are the learned ones."""
    cell = stage.cell
    if isinstance(cell, CmruCell):
        return saturating_cmru_levels(candidate, cell.threshold_learned, cell.half_range)
    if isinstance(cell, FqBmruCell):
        rectified = np.maximum(candidate, 0.0)
        return fq_bmru_states(rectified, cell.threshold_learned, cell.threshold_low_learned)
    return None


def _levels(stage: Stage) -> Floats:
    return np.asarray(stage.cell.level_learned if stage.cell is not None else 1.0)
