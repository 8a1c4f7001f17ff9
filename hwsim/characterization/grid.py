"""Where a template is measured: the nominal point, the hot one, and the grid."""

from __future__ import annotations

from hwsim.characterization.point import Point
from hwsim.circuits.technology import Technology

NOMINAL = Point()
"""Where the nominal figures and the sensitivities are measured."""

HOT = Point(corner="ff", temperature=85.0)
"""Where most leaks: levels are held there."""

TEMPERATURES = (0.0, 27.0, 85.0)
SUPPLY_SPREAD = (0.9, 1.0, 1.1)
UNIT_CURRENTS = (1e-10, 1e-8)
"""Grid: every corner, temperature and supply at the nominal unit current, and these currents."""


def grid_points(technology: Technology) -> list[Point]:
    """Where figures are measured beside the nominal point, the nominal point left out."""
    points = [
        Point(corner, temperature, NOMINAL.supply_voltage * factor)
        for corner in technology.corners
        for temperature in TEMPERATURES
        for factor in SUPPLY_SPREAD
    ]
    points += [Point(unit_current=current) for current in UNIT_CURRENTS]
    return [
        point
        for point in points
        if point != NOMINAL and point.supply_voltage in technology.supply_voltage
    ]
