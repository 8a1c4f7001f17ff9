"""A figure of a datasheet between the conditions that it was measured under."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from hwsim.circuits.datasheet import Conditions, Datasheet, Readings
from hwsim.foundation.errors import InputError
from hwsim.foundation.quantities import format_quantity

_CLOSE = 1e-9
"""Relative difference of two conditions that are the same."""

_Key = tuple[float, float]


def figure_at(datasheet: Datasheet, figure: str, conditions: Conditions) -> float:
    """A figure at any conditions inside the measured range.

    Where the datasheet has the point, its value. Elsewhere bilinear over temperature and supply
    voltage at the corner, times the ratio by which the figure follows the unit current at nominal
    conditions, linear in its logarithm: the grid has currents there alone. Figures that are
    positive at all points are interpolated by their logarithms, because leakage follows
    temperature exponentially and gains are ratios; others as they are.

    Args:
        datasheet: of a template.
        figure: name of a figure.
        conditions: where.

    Raises:
        InputError: no such figure, a corner that was not measured, or conditions outside the
            measured range.
    """
    readings = _readings(datasheet, figure)
    for each in readings:
        if _same(each.conditions, conditions):
            return each.figures[figure]
    is_positive = all(each.figures[figure] > 0 for each in readings)
    forth: Callable[[float], float] = math.log if is_positive else float
    back: Callable[[float], float] = math.exp if is_positive else float
    values = [(each.conditions, forth(each.figures[figure])) for each in readings]
    nominal = datasheet.conditions
    place = {
        (where.temperature, where.supply_voltage): value
        for where, value in values
        if where.corner == conditions.corner and _close(where.unit_current, nominal.unit_current)
    }
    current = {
        math.log(where.unit_current): value
        for where, value in values
        if _same(where, nominal.model_copy(update={"unit_current": where.unit_current}))
    }
    if not place:
        corners = dict.fromkeys(where.corner for where, _ in values)
        raise InputError(
            f"the corner '{conditions.corner}' was not measured",
            where=_name(datasheet),
            hint=f"measured: {', '.join(corners)}",
        )
    _require_inside(datasheet, conditions, place, current)
    base = _bilinear(place, conditions.temperature, conditions.supply_voltage)
    if _close(conditions.unit_current, nominal.unit_current):
        return back(base)
    at = math.log(conditions.unit_current)
    return back(base + _linear(current, at) - _linear(current, math.log(nominal.unit_current)))


def _readings(datasheet: Datasheet, figure: str) -> list[Readings]:
    """The points that have the figure, the nominal one among them."""
    drawn = Readings(conditions=datasheet.conditions, figures=datasheet.nominal)
    found = [each for each in (drawn, *datasheet.grid) if figure in each.figures]
    if not found:
        raise InputError(
            f"the datasheet of {datasheet.template} has no figure '{figure}'",
            where=_name(datasheet),
            hint="`hwsim template check` says what is wrong with the circuit",
        )
    return found


def _require_inside(
    datasheet: Datasheet,
    conditions: Conditions,
    place: Mapping[_Key, float],
    current: Mapping[float, float],
) -> None:
    currents = [math.exp(each) for each in current] or [datasheet.conditions.unit_current]
    ranges = (
        ("temperature", conditions.temperature, [key[0] for key in place], "C"),
        ("supply voltage", conditions.supply_voltage, [key[1] for key in place], "V"),
        ("unit current", conditions.unit_current, currents, "A"),
    )
    for name, value, measured, unit in ranges:
        least, most = min(measured), max(measured)
        margin = _CLOSE * max(abs(least), abs(most))
        if not least - margin <= value <= most + margin:
            bounds = f"{format_quantity(least, unit)} to {format_quantity(most, unit)}"
            raise InputError(
                f"a {name} of {format_quantity(value, unit)} is outside what was measured",
                where=_name(datasheet),
                hint=f"the datasheet goes from {bounds}",
            )


def _bilinear(place: Mapping[_Key, float], temperature: float, supply: float) -> float:
    """Along the supply at each temperature, then along the temperature."""
    columns: dict[float, dict[float, float]] = {}
    for (at, voltage), value in place.items():
        columns.setdefault(at, {})[voltage] = value
    return _linear({at: _linear(column, supply) for at, column in columns.items()}, temperature)


def _linear(points: Mapping[float, float], at: float) -> float:
    """Piecewise linear; the end points' values beyond them."""
    where = sorted(points)
    return float(np.interp(at, where, [points[key] for key in where]))


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_CLOSE)


def _same(one: Conditions, other: Conditions) -> bool:
    return (
        one.corner == other.corner
        and _close(one.temperature, other.temperature)
        and _close(one.supply_voltage, other.supply_voltage)
        and _close(one.unit_current, other.unit_current)
    )


def _name(datasheet: Datasheet) -> str:
    return f"datasheet of {datasheet.template} on {datasheet.technology}"
