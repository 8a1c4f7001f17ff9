"""How long a cell takes to decide, and how long a step leaves it."""

from __future__ import annotations

from hwsim.design.design import Operating
from hwsim.design.stage import Cell, CmruCell


def decision_time(charge: float, threshold: float, overdrive: float) -> float:
    """Time in which a candidate beyond its threshold is decided, s: ``q / (overdrive I)``.

    Args:
        charge: that a decision takes over the excess of the candidate, C.
        threshold: A.
        overdrive: excess over the threshold.
    """
    return charge / (overdrive * threshold)


def decision_window(operating: Operating, cell: Cell) -> float:
    """Time of a step that is left for a decision, s: until the write, or all of it."""
    return operating.step * (operating.write_fraction if isinstance(cell, CmruCell) else 1.0)
