"""A sweep as a table for a terminal: a line a point."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.table import Table

from hwsim.studies.accuracy import Proportion
from hwsim.studies.sweep.job import Sweep
from hwsim.studies.sweep.parameters import PARAMETERS
from hwsim.studies.sweep.summary import Band, PointSummary

_PREFIXES = {0: "W", -3: "mW", -6: "uW", -9: "nW", -12: "pW"}


def sweep_table(
    sweep: Sweep, summaries: Sequence[PointSummary], *, above: float | None = None
) -> Table:
    """Median, 5th and 95th percentile over chips, and the yield where one was asked for.

    Args:
        sweep: what was run.
        summaries: of its points.
        above: accuracy that a good chip has at least.
    """
    varied = [PARAMETERS[name] for name in sweep.varied]
    exponent = _exponent(max(each.power.median for each in summaries))
    headings = ["accuracy %", "as ideal %", f"power {_PREFIXES[exponent]}"]
    if above is not None:
        headings.append("yield %")
    table = Table(*(each.name for each in varied), *headings, title=_title(sweep, above))
    for each in summaries:
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


def _title(sweep: Sweep, above: float | None) -> str:
    """What the columns are: states are counted as equal to those of the ideal network."""
    title = f"median (5th to 95th percentile) of {sweep.chips} chips"
    if above is None:
        return title
    return f"{title}; yield: accuracy of {100 * above:g} % or more (95 % interval)"


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
