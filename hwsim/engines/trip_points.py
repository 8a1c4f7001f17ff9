"""The currents at which the cells of a nominal chip trip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwsim.design.design import Design
from hwsim.design.stage import Cell, CmruCell, Stage
from hwsim.engines.trace import Floats


@dataclass(frozen=True, slots=True, eq=False)
class TripPoints:
    """Two trip points a cell, in unit currents, [unit].

    Attributes:
        upper: a CMRU steps up above it, an FQ-BMRU sets.
        lower: a CMRU steps down below it (negative), an FQ-BMRU clears.
    """

    upper: Floats
    lower: Floats

    def distance(self, candidate: Floats) -> Floats:
        """Distance of candidates from the nearer trip point, relative to that trip point."""
        above = np.abs(candidate - self.upper) / np.abs(self.upper)
        below = np.abs(candidate - self.lower) / np.abs(self.lower)
        return np.asarray(np.minimum(above, below))


def trip_points(design: Design, stage: Stage) -> TripPoints:
    """Trip points of a stage of cells: what the design asks for, as the template delivers it."""
    cell = _require_cell(stage)
    measured = design.measured[cell.kind]
    threshold = np.asarray(cell.threshold_units) / design.reference_units
    if isinstance(cell, CmruCell):
        return TripPoints(threshold * measured["trip_up"], -threshold * measured["trip_down"])
    low = threshold - np.asarray(cell.width_units) / design.reference_units
    return TripPoints(threshold * measured["threshold_high"], low * measured["threshold_low"])


def _require_cell(stage: Stage) -> Cell:
    if stage.cell is None:
        raise ValueError(f"stage {stage.name} has no cells")
    return stage.cell
