"""Quantities as engineers write them: ``1nA``, ``10ms``, ``1.2V``, ``27``."""

from __future__ import annotations

import math

from quantiphy import QuantiPhyError, Quantity

from hwsim.foundation.errors import InputError


def parse_quantity(text: str | float, unit: str) -> float:
    """Read a number with an optional SI prefix and unit into the SI value.

    Args:
        text: for example ``"1nA"``, ``"0.5 nA"``, ``"2e-9"``, ``1e-9``.
        unit: the unit it must carry when it carries one, for example ``"A"``.

    Returns:
        The value in `unit`, finite.

    Raises:
        InputError: not a number, not finite, or another unit.
    """
    try:
        quantity = Quantity(str(text))
    except QuantiPhyError:
        raise InputError(f"'{text}' is not a quantity", hint=f"write a number in {unit}") from None
    if quantity.units not in ("", unit):
        raise InputError(f"'{text}' is in '{quantity.units}', expected '{unit}'")
    value = float(quantity)
    if not math.isfinite(value):
        raise InputError(f"'{text}' is not a finite number", hint=f"write a number in {unit}")
    return value


def format_quantity(value: float, unit: str, digits: int = 3) -> str:
    """Write an SI value with an engineering prefix: ``1.71e-7, "W"`` -> ``171 nW``."""
    return str(Quantity(value, unit).render(prec=digits - 1, strip_zeros=True))
