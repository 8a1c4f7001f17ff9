"""The scaling study for a terminal: exponents beside those of the literature."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from hwsim.studies.scaling.study import LITERATURE, PARTS, Laws, Part, Scaling


def exponent_table(found: Scaling) -> Table:
    """Exponent of each part of the power over the width and the depth, with its interval."""
    plan = found.plan
    table = Table(
        "part of the power",
        "over",
        "exponent",
        "95 % interval",
        "last two",
        "literature",
        title=f"power of networks of {plan.cell} cells, {plan.seeds} of each size",
    )
    _rows(table, found.width, "width d", LITERATURE)
    _rows(table, found.depth, f"blocks, d = {plan.depth_width}", {})
    return table


def _rows(table: Table, laws: Laws, over: str, literature: Mapping[Part, float]) -> None:
    for part, words in PARTS.items():
        law = laws.by_part[part]
        table.add_row(
            words,
            over,
            f"{law.exponent:.2f}",
            f"{law.low:.2f} to {law.high:.2f}",
            f"{laws.last[part]:.2f}",
            f"{literature[part]:g}" if part in literature else "",
        )
