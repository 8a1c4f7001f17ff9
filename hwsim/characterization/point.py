"""Where a circuit is measured, and how its devices deviate there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hwsim.circuits.datasheet import Conditions


@dataclass(frozen=True, slots=True)
class Point:
    """An operating point.

    Attributes:
        corner: a corner of the technology.
        temperature: degrees Celsius.
        supply_voltage: V.
        unit_current: A, the current on the unit line.
    """

    corner: str = "tt"
    temperature: float = 27.0
    supply_voltage: float = 1.2
    unit_current: float = 1e-9

    @property
    def conditions(self) -> Conditions:
        """As a datasheet holds it."""
        return Conditions(
            corner=self.corner,
            temperature=self.temperature,
            supply_voltage=self.supply_voltage,
            unit_current=self.unit_current,
        )


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far one transistor is from its drawing.

    Attributes:
        dvth: V, added to the absolute threshold voltage: positive weakens either type.
        dbeta: relative deviation of the current factor.
    """

    dvth: float = 0.0
    dbeta: float = 0.0


@dataclass(frozen=True, slots=True)
class Case:
    """One cell to measure: where, and what its transistors are like.

    Attributes:
        point: where.
        deviations: device path -> deviation; the others are as drawn.
    """

    point: Point = Point()
    deviations: Mapping[str, Deviation] = field(default_factory=dict)
