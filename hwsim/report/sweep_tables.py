"""A sweep as a table for a terminal: a line a point."""

from __future__ import annotations

import math

from rich.table import Table

from hwsim.studies.accuracy import Proportion
from hwsim.studies.sweep.parameters import PARAMETERS
from hwsim.studies.sweep.verdict import Band, Verdict

_PREFIXES = {0: "W", -3: "mW", -6: "uW", -9: "nW", -12: "pW"}


def sweep_table(verdict: Verdict) -> Table:
    """Median, 5th and 95th percentile over chips, and the yield where one was asked for."""
    sweep = verdict.results.sweep
    title = f"median (5th to 95th percentile) of {sweep.chips} chips"
    varied = [PARAMETERS[name] for name in sweep.varied]
    exponent = _exponent(max(each.power.median for each in verdict.points))
    headings = ["accuracy %", "as ideal %", f"power {_PREFIXES[exponent]}"]
    if verdict.above is not None:
        headings.append("yield %")
    table = Table(*(each.name for each in varied), *headings, title=title)
    for each in verdict.points:
        where = [parameter.shown(getattr(each.point, parameter.field)) for parameter in varied]
        row = [
            *where,
            _shares(each.accuracy),
            _shares(each.state_agreement),
            _powers(each.power, 10.0**-exponent),
        ]
        if each.good is not None:
            row.append(_interval(each.good))
        table.add_row(*row)
    return table


def _exponent(watts: float) -> int:
    """Power of ten of the unit in which a power has one to three digits before its point."""
    thousands = math.floor(math.log10(watts) / 3) if watts > 0 else 0
    return min(max(3 * thousands, min(_PREFIXES)), max(_PREFIXES))


def _shares(band: Band) -> str:
    return f"{100 * band.median:.1f} ({100 * band.low:.1f}-{100 * band.high:.1f})"


def _powers(band: Band, scale: float) -> str:
    return f"{scale * band.median:.3g} ({scale * band.low:.3g}-{scale * band.high:.3g})"


def _interval(share: Proportion) -> str:
    return f"{100 * share.value:.3g} ({100 * share.low:.0f}-{100 * share.high:.0f})"
