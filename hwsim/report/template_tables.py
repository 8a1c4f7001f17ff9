"""Templates against their specifications, and datasheets side by side, as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.table import Table

from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.figures import find_figure
from hwsim.circuits.mismatch import Mismatch
from hwsim.foundation.quantities import format_quantity
from hwsim.studies.template_check import TemplateCheck
from hwsim.studies.template_comparison import Comparison, spread_shares


def quantity(value: float | None, unit: str) -> str:
    """A value as engineers write it; empty for None, a dash for NaN."""
    if value is None:
        return ""
    if math.isnan(value):
        return "-"
    if unit == "m2":
        return f"{value * 1e12:.4g} um2"
    return format_quantity(value, unit) if unit else f"{value:.4g}"


def check_tables(check: TemplateCheck) -> Iterator[Table | str]:
    """The verdict on one template on one technology."""
    verdict = "passes" if check.passed else "FAILS"
    yield (
        f"{check.template} on {check.technology}: {verdict} "
        f"({check.transistors} transistors, {check.seconds:.1f} s)"
    )
    yield from (f"  {finding}" for finding in check.findings)
    if check.lines:
        yield _lines(check)
    if check.monte_carlo is not None:
        share, draw = check.monte_carlo.share, check.monte_carlo
        yield (
            f"yield {share.value:.1%} of {share.total} chips "
            f"(95 % interval {share.low:.1%} to {share.high:.1%}) in {', '.join(draw.figures)}"
        )
        yield from (f"  {count} chips fail {name}" for name, count in draw.failures.items())


def _lines(check: TemplateCheck) -> Table:
    table = Table("figure", "limits", "min", "typ", "max", "worst at", "verdict")
    for line in check.lines:
        unit, limits = line.limits.unit, line.limits
        low, high = quantity(limits.min, unit), quantity(limits.max, unit)
        bounds = f"{low} to {high}" if low and high else (f"from {low}" if low else f"to {high}")
        measured = (quantity(each, unit) for each in (line.least, line.typical, line.most))
        verdict = "pass" if line.passed else f"FAIL{f': {line.reason}' if line.reason else ''}"
        table.add_row(line.name, bounds, *measured, line.worst_place, verdict)
    return table


SHOWN_SHARES = 4
"""Transistors that are named where a spread comes from."""


def datasheet_tables(datasheet: Datasheet, mismatch: Mismatch) -> Iterator[Table | str]:
    """Nominal figures, how well sensitivities predict chips, and what the spreads come from."""
    where = datasheet.conditions
    yield (
        f"{datasheet.template} on {datasheet.technology}: {datasheet.transistors} transistors, "
        f"gate area {quantity(datasheet.area, 'm2')}"
    )
    head = f"{where.corner}, {where.temperature:g} C, {where.supply_voltage:g} V"
    table = Table("figure", head, "spread over chips", "predicted, R2", "what it is")
    for name, value in datasheet.nominal.items():
        figure = find_figure(datasheet.kind, name)
        tried = datasheet.prediction.get(name)
        table.add_row(
            name,
            quantity(value, figure.unit),
            quantity(tried.spread, figure.unit) if tried else "",
            f"{tried.r2:.3f}" if tried else "",
            figure.meaning,
        )
    yield table
    for name in datasheet.prediction:
        shares = list(spread_shares(datasheet, name, mismatch).items())[:SHOWN_SHARES]
        named = ", ".join(f"{path} {share:.0%}" for path, share in shares)
        yield f"spread of {name}: {named}"
    for name, reason in datasheet.absent.items():
        yield f"no {name}: {reason}"


def comparison_table(comparison: Comparison) -> Table:
    """Two datasheets side by side; a mark where they differ beyond noise."""
    table = Table("figure", comparison.first, comparison.second, "change", "beyond noise")
    for row in comparison.rows:
        table.add_row(
            row.name,
            quantity(row.first, row.unit),
            quantity(row.second, row.unit),
            "" if math.isnan(row.change) else f"{row.change:+.1%}",
            "*" if row.differs else "",
        )
    return table
