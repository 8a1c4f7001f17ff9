"""Do the cells of a network decide within a step, where it is run?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from hwsim.chips.interpolation import figure_at
from hwsim.circuits.datasheet import Conditions, Datasheet
from hwsim.design.design import Design
from hwsim.design.stage import Cell, CmruCell
from hwsim.design.switching import decision_time, decision_window

OVERDRIVE = 0.05
"""A candidate as far beyond its threshold has to be decided in time, unless somebody says other.

The behavioural engine, whose ladders decide at once, then has the states of ngspice.
"""


@dataclass(frozen=True, slots=True)
class Switching:
    """The slowest decision of a network.

    Attributes:
        time: that it takes, s.
        window: that the step leaves for it, s.
    """

    time: float
    window: float

    @property
    def is_fast_enough(self) -> bool:
        """Whether the cell decides within the step."""
        return self.time <= self.window


@dataclass(frozen=True, slots=True)
class _Decision:
    """One direction of a cell: its figures in the datasheet, and its smallest threshold."""

    charge: str
    times: str
    units: int


def slowest_decision(
    design: Design,
    datasheets: Mapping[str, Datasheet],
    at: Conditions,
    overdrive: float = OVERDRIVE,
) -> Switching:
    """The decision of all cells that fits worst into its step.

    The charge of a decision is that of the datasheet at the conditions. It was measured for a
    candidate twice its threshold; how much more or less charge another overdrive takes follows the
    times that the datasheet holds over the overdrive.

    Args:
        design: the network.
        datasheets: by kind of template.
        at: conditions of the chip.
        overdrive: excess of the candidate over the threshold.

    Raises:
        InputError: conditions that were not measured.
    """
    unit = design.operating.unit_current / design.reference_units
    found = []
    for stage in design.cells:
        if stage.cell is None:
            continue
        window = decision_window(design.operating, stage.cell)
        sheet = datasheets[stage.kind]
        for each in _decisions(stage.cell):
            charge = figure_at(sheet, each.charge, at)
            time = decision_time(charge, each.units * unit, overdrive)
            found.append(Switching(time * slowness(sheet, each.times, overdrive), window))
    return max(found, key=lambda each: each.time / each.window)


def _decisions(cell: Cell) -> Iterator[_Decision]:
    if isinstance(cell, CmruCell):
        smallest = min(cell.threshold_units)
        yield _Decision("decision_charge_up", "time_up", smallest)
        yield _Decision("decision_charge_down", "time_down", smallest)
        return
    falling = (t - w for t, w in zip(cell.threshold_units, cell.width_units, strict=True))
    yield _Decision("rise_charge", "time_rise", min(cell.threshold_units))
    yield _Decision("fall_charge", "time_fall", min(falling))


def slowness(sheet: Datasheet, times: str, overdrive: float) -> float:
    """Charge of a decision at an overdrive over that at an overdrive of 1.

    Straight between the measured ones, both in logarithms; beyond them that of the nearest; 1 where
    a datasheet has no times.

    Args:
        sheet: of a cell.
        times: first words of the names of the curves, ``time_up``.
        overdrive: above 0.
    """
    measured = {
        float(name.rpartition("_")[2]): values[0]
        for name, values in sheet.curves.items()
        if name.startswith(f"{times}_") and values
    }
    if 1.0 not in measured:
        return 1.0
    where = sorted(measured)
    charges = [math.log(measured[each] * each / measured[1.0]) for each in where]
    logarithms = [math.log(each) for each in where]
    return math.exp(float(np.interp(math.log(overdrive), logarithms, charges)))
