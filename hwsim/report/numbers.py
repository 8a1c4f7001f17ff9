"""Numbers as a reader takes them in: shares, intervals, quantities with their prefix."""

from __future__ import annotations

import math

from hwsim.foundation.quantities import format_quantity
from hwsim.studies.accuracy import Proportion

SPACE = "\N{NO-BREAK SPACE}"
"""Between a number and its unit, which stay on one line."""

DASH = "\N{EN DASH}"
"""Between the ends of an interval, and where a number is not known."""

_LARGE_AREA = 1e-9
"""Areas from here on are in mm², m2."""

_PREFIXES = {0: "", -3: "m", -6: "µ", -9: "n", -12: "p", -15: "f"}


def prefixed(value: float, unit: str) -> tuple[float, str]:
    """A factor and a prefixed unit that give a value one to three digits before its point.

    Args:
        value: SI.
        unit: without a prefix.
    """
    thousands = math.floor(math.log10(abs(value)) / 3) if value else 0
    exponent = min(max(3 * thousands, min(_PREFIXES)), max(_PREFIXES))
    return 10.0**-exponent, f"{_PREFIXES[exponent]}{unit}"


def quantity(value: float, unit: str, digits: int = 3) -> str:
    """A measured value, zeros behind its point kept: ``127 nW``, ``18.0 nW``; areas in µm² or mm².

    Args:
        value: SI; NaN becomes a dash.
        unit: SI; empty for a ratio.
        digits: that count; a ratio has one more.
    """
    if math.isnan(value):
        return DASH
    if unit == "m2":
        small = value < _LARGE_AREA
        return f"{value * (1e12 if small else 1e6):.{digits}g}{SPACE}{'µm²' if small else 'mm²'}"
    if not unit:
        return f"{value:.{digits + 1}g}"
    scale, prefixed_unit = prefixed(value, unit)
    number = value * scale
    before = len(str(int(abs(number))))
    return f"{number:.{max(digits - before, 0)}f}{SPACE}{prefixed_unit}"


def chosen(value: float, unit: str) -> str:
    """A value that somebody chose, as short as it is: ``5 ms``, ``1.2 V``."""
    number, _, rest = format_quantity(value, unit).partition(" ")
    return f"{number}{SPACE}{rest.replace('u', 'µ', 1) if rest.startswith('u') else rest}"


def share(value: float, decimals: int = 1) -> str:
    """A fraction as a percentage; a dash for NaN."""
    return DASH if math.isnan(value) else f"{100 * value:.{decimals}f}{SPACE}%"


def deviation(value: float) -> str:
    """A relative difference as a percentage with its sign; never a signed zero."""
    if abs(value) < 0.0005:
        return f"less than 0.1{SPACE}%"
    sign = "+" if value > 0 else "\N{MINUS SIGN}"
    return f"{sign}{100 * abs(value):.1f}{SPACE}%"


def interval(value: Proportion) -> str:
    """The 95 % interval of a proportion."""
    return f"{100 * value.low:.1f}{DASH}{100 * value.high:.1f}{SPACE}%"
