"""Does a circuit do what its specification says? A line for every figure, with the worst place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hwsim.circuits.datasheet import Conditions, Readings
from hwsim.circuits.specification import Limits

_NOT_MEASURED = "not measured there"

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
    worst: Conditions
    reason: str | None = None

    @property
    def passed(self) -> bool:
        """Whether every value is there and within the limits."""
        return self.reason is None and self.limits.hold(self.least) and self.limits.hold(self.most)

    @property
    def worst_place(self) -> str:
        """Where it is worst, in words: ``ff 85 C 1.08 V``."""
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


def places_of(limits: Limits, nominal: Conditions) -> list[Conditions]:
    """Every place at which a figure has to hold its limits."""
    return [
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


def conditions_of(specification: Mapping[str, Limits], nominal: Conditions) -> list[Conditions]:
    """Every place at which a specification wants a figure, the nominal one first."""
    places = [nominal]
    for limits in specification.values():
        places += [each for each in places_of(limits, nominal) if each not in places]
    return places


def judge(
    specification: Mapping[str, Limits], readings: Sequence[Readings], nominal: Conditions
) -> tuple[Line, ...]:
    """Hold readings to a specification, one line a figure.

    Args:
        specification: figure -> limits.
        readings: one for each of `conditions_of`; a figure fails where it has none.
        nominal: the typical conditions.
    """
    return tuple(_line(name, limits, readings, nominal) for name, limits in specification.items())


def _line(name: str, limits: Limits, readings: Iterable[Readings], nominal: Conditions) -> Line:
    known = list(readings)
    here = _at(nominal, known)
    typical = here.figures.get(name, math.nan) if here else math.nan
    values: list[tuple[float, Conditions]] = []
    failures: list[tuple[str, Conditions]] = []
    for place in places_of(limits, nominal):
        found = _at(place, known)
        value = found.figures.get(name, math.nan) if found else math.nan
        if math.isnan(value):
            reason = found.absent.get(name, _NOT_MEASURED) if found else _NOT_MEASURED
            failures.append((reason, place))
        else:
            values.append((value, place))
    measured = [value for value, _ in values] or [math.nan]
    if failures:
        # What happened somewhere says more than that nothing was tried elsewhere.
        tried = [one for one in failures if one[0] != _NOT_MEASURED]
        reason, worst = (tried or failures)[0]
        return Line(name, limits, min(measured), typical, max(measured), worst, reason)
    worst = min(values, key=lambda pair: _margin(limits, pair[0]))[1]
    return Line(name, limits, min(measured), typical, max(measured), worst)


def _margin(limits: Limits, value: float) -> float:
    """Distance to the nearer limit, negative beyond it."""
    below = math.inf if limits.min is None else value - limits.min
    above = math.inf if limits.max is None else limits.max - value
    return min(below, above)


def _at(place: Conditions, readings: Iterable[Readings]) -> Readings | None:
    return next((each for each in readings if _same(each.conditions, place)), None)


def _same(one: Conditions, other: Conditions) -> bool:
    return (
        one.corner == other.corner
        and math.isclose(one.temperature, other.temperature)
        and math.isclose(one.supply_voltage, other.supply_voltage, rel_tol=_CLOSE)
        and math.isclose(one.unit_current, other.unit_current, rel_tol=_CLOSE)
    )
