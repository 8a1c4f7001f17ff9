"""The verdict on two templates in a network, as a table for a terminal and for a picture."""

from __future__ import annotations

import math

from rich.table import Table

from hwsim.foundation.quantities import format_quantity
from hwsim.studies.network_verdict import NetworkVerdict
from hwsim.studies.paired_bootstrap import LEVEL
from hwsim.studies.verdict_lines import Line

COLUMNS = ("change", f"{1 - LEVEL:.0%} interval", "beyond noise")


def verdict_table(verdict: NetworkVerdict) -> Table:
    """Both templates side by side; a mark where they differ beyond noise."""
    title = (
        f"{verdict.network} on {verdict.technology}: the same {verdict.chips} chips, "
        f"{verdict.samples} samples each"
    )
    head = ("figure", verdict.first.template, verdict.second.template, *COLUMNS)
    table = Table(*head, title=title)
    for line in verdict.lines:
        table.add_row(*verdict_row(line))
    return table


def verdict_row(line: Line) -> tuple[str, ...]:
    """A line in words: figure, first, second, change, its interval, a star beyond noise."""
    interval = ""
    if not math.isnan(line.low):
        interval = f"{_change(line, line.low)} to {_change(line, line.high)}"
    return (
        line.name,
        _value(line, line.first, line.first_interval),
        _value(line, line.second, line.second_interval),
        _change(line, line.second - line.first),
        interval,
        "*" if line.differs else "",
    )


def _value(line: Line, value: float, interval: tuple[float, float] | None) -> str:
    if line.unit == "m2":
        return f"{value * 1e12:.0f} um2"
    if line.unit != "share":
        return format_quantity(value, line.unit, 4) if line.unit else f"{value:.0f}"
    told = f"{value:.2%}"
    return told if interval is None else f"{told} ({interval[0]:.0%}-{interval[1]:.0%})"


def _change(line: Line, change: float) -> str:
    """In points of a share, relative to the first of anything else."""
    if line.unit == "share":
        return f"{100 * change:+.2f} pt"
    return f"{change / line.first:+.2%}" if line.first else ""
