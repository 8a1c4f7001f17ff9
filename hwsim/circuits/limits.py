"""Limits of a technology, for the design rules."""

from __future__ import annotations

from hwsim.circuits.technology import Range, Technology
from hwsim.design.design import Design
from hwsim.design.rules import Limits
from hwsim.foundation.errors import InputError
from hwsim.foundation.quantities import format_quantity


def design_limits(technology: Technology) -> Limits:
    """What the design rules compare a design with."""
    return Limits(
        device_current=technology.device_current,
        leakage=technology.nominal_leakage,
        hot_leakage=technology.hottest_leakage,
        gate_capacitance=technology.gate_capacitance,
        slope_factor=technology.slope_factor,
    )


def require_operating_range(design: Design, technology: Technology) -> None:
    """Refuse an operating point for which the technology is not described.

    Raises:
        InputError: unit current, step or supply voltage out of range.
    """
    operating = design.operating
    _require("unit current", operating.unit_current, "A", technology.unit_current, technology)
    _require("step", operating.step, "s", technology.step_time, technology)
    _require("supply", operating.supply_voltage, "V", technology.supply_voltage, technology)


def _require(what: str, value: float, unit: str, allowed: Range, technology: Technology) -> None:
    if value not in allowed:
        raise InputError(
            f"a {what} of {format_quantity(value, unit)} is outside the range of {technology.name}",
            hint=f"{format_quantity(allowed.least, unit)} to {format_quantity(allowed.most, unit)}",
        )
