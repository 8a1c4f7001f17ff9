"""``hwsim power``: where the supply current goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FolderType, Run, run_of_export
from hwsim.cli.output import emit, json_option
from hwsim.cli.simulation import EngineName

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.design.design import Design
    from hwsim.studies.power import Power


@click.command("power")
@click.argument("folder", metavar="DIR", type=FolderType)
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice(["behavioural", "ngspice"]),
    default="behavioural",
    show_default=True,
    help="Estimate it, or measure it in transistors.",
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=None,
    help="Recordings, spread evenly over the data.  [default: all; 1 in ngspice]",
)
@run_of_export
@json_option
def power_command(
    folder: Path,
    engine_name: EngineName,
    samples: int | None,
    run: Run,
    as_json: bool,
) -> None:
    """Power and energy per stage, per cell and per inference."""
    from hwsim.circuits.export import load_export
    from hwsim.cli.simulation import run_samples
    from hwsim.studies.power import measure_power

    export = load_export(folder, run.pdk_root)
    indices, _, trace = run_samples(engine_name, export, samples, run, as_json=as_json)
    power, count = measure_power(export.design, trace), len(indices)
    record = {
        "engine": engine_name,
        "samples": count,
        "power_watts": power.total,
        "power_watts_by_part": dict(power.by_part),
        "power_watts_per_cell": dict(power.per_cell),
        "energy_joules_per_step": power.energy_per_step,
        "energy_joules_per_inference": power.energy_per_inference,
    }
    emit(record, as_json=as_json, show=lambda console: _show(console, export.design, power, count))


def _show(console: Console, design: Design, power: Power, count: int) -> None:
    from rich.table import Table

    from hwsim.foundation.quantities import format_quantity

    table = Table("part", "power", "share", title=f"{design.name}: supply power, {power.engine}")
    for part, watts in power.by_part.items():
        table.add_row(part, format_quantity(watts, "W"), f"{watts / power.total:.0%}")
    table.add_row("all", format_quantity(power.total, "W"), "100%")
    console.print(table)
    for stage, watts in power.per_cell.items():
        console.print(f"{stage}: {format_quantity(watts, 'W')} a cell with its mirrors")
    console.print(
        f"{format_quantity(power.energy_per_step, 'J')} a step, "
        f"{format_quantity(power.energy_per_inference, 'J')} an inference, mean of "
        f"{count} recordings; clock drivers and input sources not counted"
    )
