"""``hwsim yardstick``: the energy of the same inference on digital hardware."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FolderType, Run, run_of_export
from hwsim.cli.output import emit, json_option

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.studies.yardstick import Yardstick


@click.command("yardstick")
@click.argument("folder", metavar="DIR", type=FolderType)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=None,
    help="Recordings, spread evenly over the data.  [default: all]",
)
@run_of_export
@json_option
def yardstick_command(folder: Path, samples: int | None, run: Run, as_json: bool) -> None:
    """Compare the energy of an inference with that of digital hardware, as published.

    Operations and accesses to memory are counted in the network; every assumption is printed.
    """
    from hwsim.circuits.export import load_export
    from hwsim.cli.simulation import run_samples
    from hwsim.studies.power import measure_power
    from hwsim.studies.yardstick import measure
    from hwsim.studies.yardstick_cores import COMMON, CORES

    export = load_export(folder, run.pdk_root)
    indices, _, trace = run_samples("behavioural", export, samples, run, as_json=as_json)
    energy = measure_power(export.design, trace).energy_per_inference
    found = measure(export.design, float(trace.lengths.mean()), energy, CORES)
    record = {**found.record(), "samples": len(indices), "assumptions": list(COMMON)}
    emit(record, as_json=as_json, show=lambda console: _show(console, found))


def _show(console: Console, found: Yardstick) -> None:
    from hwsim.report.yardstick_tables import assumption_lines, yardstick_table

    console.print(yardstick_table(found))
    for line in assumption_lines(found):
        console.print(line)
