"""The yardstick for a terminal: energies, ratios both ways, and every assumption."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from hwsim.foundation.quantities import format_quantity
from hwsim.studies.yardstick import Yardstick
from hwsim.studies.yardstick_cores import COMMON


def yardstick_table(found: Yardstick) -> Table:
    """The chip and each digital core."""
    table = Table(
        "hardware",
        "arithmetic",
        "memory",
        "idle",
        "energy",
        "digital / chip",
        "chip / digital",
        title=f"{found.network}: energy of an inference of {found.steps:.3g} steps of "
        f"{format_quantity(found.step, 's')}",
    )
    table.add_row("this chip", "", "", "", format_quantity(found.chip, "J"), "", "")
    for each in found.cores:
        parts = each.arithmetic, each.memory, each.idle, each.total
        table.add_row(
            each.core.name,
            *(format_quantity(part, "J") for part in parts),
            f"{each.ratio:.3g}",
            f"{1 / each.ratio:.3g}",
        )
    return table


def assumption_lines(found: Yardstick) -> Iterator[str]:
    """What is counted and what is assumed."""
    step = found.each_step
    yield (
        f"a step: {step.multiplications} products, {step.additions} additions, "
        f"{step.comparisons} comparisons, {step.parameters} parameters, {step.states} states; "
        f"an inference: {found.at_end.comparisons} comparisons more"
    )
    yield (
        f"this chip: {found.technology}, {format_quantity(found.supply_voltage, 'V')}, "
        "behavioural engine, mean of the recordings"
    )
    yield from COMMON
    for each in found.cores:
        for line in each.core.assumptions:
            yield f"{each.core.name}: {line}"
