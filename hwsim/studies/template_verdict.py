"""Does a circuit do what its specification says? A line for every figure, with the worst place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hwsim.circuits.datasheet import Conditions, Readings
from hwsim.circuits.specification import Limits

_CLOSE = 1e-6
"""Relative difference of two supply voltages that are the same condition."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure against its limits.

    Attributes:
        name: of the figure.
        limits: what it must hold.
        least: smallest value over the conditions; NaN where nothing was measured.
        typical: at nominal conditions; NaN where it was not measured there.
        most: largest value over the conditions.
        worst: where it is nearest to a limit, or beyond it.
        reason: why it has no value there, None when it has one.
    """

    name: str
    limits: Limits
    least: float
    typical: float
    most: float
    worst: Conditions | None
    reason: str | None = None

    @property
    def passed(self) -> bool:
        """Whether every value is there and within the limits."""
        return self.reason is None and self.limits.hold(self.least) and self.limits.hold(self.most)

    @property
    def worst_place(self) -> str:
        """Where it is worst, in words: ``ff 85 C 1.08 V``."""
        if self.worst is None:
            return "nowhere measured"
        where = self.worst
        return f"{where.corner} {where.temperature:g} C {where.supply_voltage:.4g} V"

    def record(self) -> dict[str, object]:
        """For JSON."""
        limits = self.limits
        return {
            "name": self.name,
            "unit": limits.unit,
            "limits": {"min": limits.min, "typ": limits.typ, "max": limits.max},
            "min": self.least,
            "typ": self.typical,
            "max": self.most,
            "worst": self.worst_place,
            "reason": self.reason,
            "pass": self.passed,
        }


def conditions_of(specification: Mapping[str, Limits], nominal: Conditions) -> list[Conditions]:
    """Every place at which a specification wants a figure, the nominal one first."""
    places = [nominal]
    for limits in specification.values():
        places += [
            Conditions(
                corner=corner,
                temperature=temperature,
                supply_voltage=supply,
                unit_current=nominal.unit_current,
            )
            for corner in limits.corners
            for temperature in limits.temperatures
            for supply in limits.supplies(nominal.supply_voltage)
        ]
    return [place for index, place in enumerate(places) if place not in places[:index]]


def judge(
    specification: Mapping[str, Limits], readings: Sequence[Readings], nominal: Conditions
) -> tuple[Line, ...]:
    """Hold readings to a specification, one line a figure.

    Args:
        specification: figure -> limits.
        readings: at least one for each of `conditions_of`.
        nominal: the typical conditions.
    """
    return tuple(_line(name, limits, readings, nominal) for name, limits in specification.items())


def _line(name: str, limits: Limits, readings: Iterable[Readings], nominal: Conditions) -> Line:
    typical = math.nan
    values: list[tuple[float, Conditions]] = []
    failures: list[tuple[str, Conditions]] = []
    for reading in readings:
        value = reading.figures.get(name, math.nan)
        if _same(reading.conditions, nominal):
            typical = value
        if not _applies(limits, reading.conditions, nominal):
            continue
        if math.isnan(value):
            failures.append((reading.absent.get(name, "not measured"), reading.conditions))
        else:
            values.append((value, reading.conditions))
    if failures or not values:
        reason, where = failures[0] if failures else ("not measured", None)
        found = [value for value, _ in values] or [math.nan]
        return Line(name, limits, min(found), typical, max(found), where, reason)
    worst = min(values, key=lambda pair: _margin(limits, pair[0]))[1]
    least, most = min(value for value, _ in values), max(value for value, _ in values)
    return Line(name, limits, least, typical, most, worst)


def _margin(limits: Limits, value: float) -> float:
    """Distance to the nearer limit, negative beyond it."""
    below = math.inf if limits.min is None else value - limits.min
    above = math.inf if limits.max is None else limits.max - value
    return min(below, above)


def _applies(limits: Limits, place: Conditions, nominal: Conditions) -> bool:
    supplies = limits.supplies(nominal.supply_voltage)
    return (
        place.corner in limits.corners
        and place.temperature in limits.temperatures
        and any(math.isclose(place.supply_voltage, each, rel_tol=_CLOSE) for each in supplies)
        and math.isclose(place.unit_current, nominal.unit_current, rel_tol=_CLOSE)
    )


def _same(one: Conditions, other: Conditions) -> bool:
    return (
        one.corner == other.corner
        and math.isclose(one.temperature, other.temperature)
        and math.isclose(one.supply_voltage, other.supply_voltage, rel_tol=_CLOSE)
        and math.isclose(one.unit_current, other.unit_current, rel_tol=_CLOSE)
    )
