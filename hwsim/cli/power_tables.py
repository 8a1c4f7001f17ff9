"""Tables of ``hwsim power``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table

from hwsim.foundation.quantities import format_quantity
from hwsim.studies.power_check import MEAN_LIMIT, STAGE_LIMIT

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.circuits.testbench import Conditions
    from hwsim.studies.power import Power
    from hwsim.studies.power_check import PowerCheck


@dataclass(frozen=True, slots=True)
class ShownPower:
    """What is told of the power of an export.

    Attributes:
        name: of the design.
        power: of it.
        samples: recordings that it is a mean of.
        check: of the model; None where nobody made one.
        unchecked: why there is none, and what tells it; empty where there is one or none is wanted.
    """

    name: str
    power: Power
    samples: int
    check: PowerCheck | None
    unchecked: str


def show_power(console: Console, shown: ShownPower) -> None:
    """Print where power goes."""
    power, check = shown.power, shown.check
    console.print(f"{shown.name}: supply power, {power.engine}")
    console.print(_parts(power, check))
    if power.by_group:
        console.print("by group of devices, nW")
        console.print(_groups(power))
    for stage, watts in power.per_cell.items():
        console.print(f"{stage}: {format_quantity(watts, 'W')} a cell with its mirrors")
    console.print(
        f"{format_quantity(power.energy_per_step, 'J')} a step, "
        f"{format_quantity(power.energy_per_inference, 'J')} an inference, mean of "
        f"{shown.samples} recordings; input sources not counted"
    )
    if power.clock is None:
        console.print("clock drivers not counted")
    elif power.clock:
        console.print(f"clock drivers: {format_quantity(power.clock, 'W')} more")
    if check is not None:
        where = check.by_conditions()
        only = next(iter(where))
        place = f"at {_title(only)}" if len(where) == 1 else f"over {len(where)} conditions"
        console.print(f"error: mean against ngspice, {len(check.cases)} runs {place}")
    elif shown.unchecked:
        console.print(f"error unknown: {shown.unchecked}")


def _title(conditions: Conditions) -> str:
    return f"{conditions.corner} {conditions.temperature:g} C"


def _parts(power: Power, check: PowerCheck | None) -> Table:
    """Power by part, with the error of each where it is known."""
    columns = ["part", "power", "share", *(["error"] if check else [])]
    table = Table(*columns)

    def row(part: str, watts: float, error: float | None) -> None:
        known = [] if error is None else [f"+-{error:.2f} %"]
        table.add_row(part, format_quantity(watts, "W"), f"{watts / power.total:.0%}", *known)

    errors: Mapping[str, float] = check.by_stage if check else {}
    for part, watts in power.by_part.items():
        row(part, watts, errors.get(part))
    row("all", power.total, check.mean if check else None)
    return table


def _groups(power: Power) -> Table:
    """Power by group of devices and part."""
    parts = tuple(power.by_part)
    table = Table("group", *parts, "all", "share")
    for column in table.columns[1:]:
        column.justify = "right"
    for group, watts in power.by_group.items():
        each = [power.by_part_and_group[part].get(group, 0.0) for part in parts]
        cells = ["" if value == 0 else f"{value * 1e9:.3g}" for value in (*each, watts)]
        table.add_row(group, *cells, f"{watts / power.total:.1%}")
    return table


def show_check(console: Console, name: str, check: PowerCheck) -> None:
    """Print the errors of a check.

    Args:
        console: to print to.
        name: of the design.
        check: of its power.
    """
    parts = tuple(check.by_stage)
    console.print(f"{name}: error of the supply energy, %, means of absolute values")
    table = Table("conditions", "runs", "mean", "max", *parts)
    for column in table.columns[1:]:
        column.justify = "right"
    rows = {_title(where): part for where, part in check.by_conditions().items()}
    for title, each in (rows | {"all": check}).items():
        errors = (each.mean, each.max, *each.by_stage.values())
        table.add_row(title, str(len(each.cases)), *(f"{error:.2f}" for error in errors))
    console.print(table)
    worst = max(check.by_stage, key=lambda part: check.by_stage[part])
    verdict = "passes" if check.passed else "FAILS"
    console.print(
        f"{verdict}: mean {check.mean:.2f} % (limit {MEAN_LIMIT:g} %), worst stage {worst} "
        f"{check.by_stage[worst]:.2f} % (limit {STAGE_LIMIT:g} %)"
    )
