"""``hwsim power``: where the supply current goes, and how far that is to be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from hwsim.cli.options import FolderType, Run, partition_option, run_of_export
from hwsim.cli.output import emit, json_option
from hwsim.cli.simulation import EngineName

if TYPE_CHECKING:
    from hwsim.circuits.export import Export

CHECKED = 16
"""Recordings of a check."""


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
    help="Recordings, spread evenly over the data.  [default: all; 1 in ngspice; 16 in a check]",
)
@click.option(
    "--check",
    is_flag=True,
    help="Hold the estimate against ngspice, stage by stage, over corners and temperatures.",
)
@click.option(
    "--full",
    is_flag=True,
    help="Check every recording under all nine conditions, not under two of them.",
)
@partition_option
@run_of_export
@json_option
@click.pass_context
def power_command(
    context: click.Context,
    folder: Path,
    engine_name: EngineName,
    samples: int | None,
    run: Run,
    *,
    check: bool,
    full: bool,
    as_json: bool,
) -> None:
    """Power and energy per group of devices, per stage, per cell and per inference.

    With --check: each recording at tt 27 C, and each at one of tt, ff and ss at 0, 27 and 85 C in
    turn. What ngspice has finished is kept; a check that was stopped goes on where it was. Exits 1
    when the mean error exceeds 5 %, or that of a stage 15 %.
    """
    if full and not check:
        raise click.UsageError("--full is of a check: give --check as well")
    for name in ("engine_name", "corner", "temperature", "partition") if check else ():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = name.removesuffix("_name")
            raise click.UsageError(f"--{option} has no part in a check, which chooses it itself")
    from hwsim.circuits.export import load_export

    export = load_export(folder, run.pdk_root)
    if check:
        context.exit(_check(export, samples or CHECKED, run, full=full, as_json=as_json))
    _power(export, engine_name, samples, run, as_json=as_json)


def _power(
    export: Export, engine_name: EngineName, samples: int | None, run: Run, *, as_json: bool
) -> None:
    """Estimate or measure."""
    from hwsim.circuits.testbench import Conditions
    from hwsim.cli.power_tables import ShownPower, show_power
    from hwsim.cli.simulation import run_samples
    from hwsim.studies.power import measure_power
    from hwsim.studies.power_check_store import KnownCheck, read_check

    estimated = engine_name == "behavioural"
    known = read_check(export) if estimated else KnownCheck(None)
    indices, _, trace = run_samples(engine_name, export, samples, run, as_json=as_json)
    power = measure_power(export.design, trace)
    check = known.check and known.check.near(Conditions(run.corner, run.temperature))
    record = {
        "engine": engine_name,
        "samples": len(indices),
        "corner": run.corner,
        "temperature": run.temperature,
        "power_watts": power.total,
        "power_watts_by_part": power.by_part,
        "power_watts_by_group": power.by_group,
        "power_watts_by_part_and_group": power.by_part_and_group,
        "power_watts_per_cell": power.per_cell,
        "power_watts_by_step": power.by_step,
        "clock_watts": power.clock,
        "energy_joules_per_step": power.energy_per_step,
        "energy_joules_per_inference": power.energy_per_inference,
        "error_percent": None if check is None else check.record()["error_percent"],
        "unchecked": known.reason or None,
    }
    told = f"; `hwsim power {export.folder} --check` tells it"
    reason = known.reason and known.reason + told
    shown = ShownPower(export.design.name, power, len(indices), check, reason)
    emit(record, as_json=as_json, show=lambda console: show_power(console, shown))


def _check(export: Export, samples: int, run: Run, *, full: bool, as_json: bool) -> int:
    """Check, keep what was found, and say it; the exit code."""
    from hwsim.cli.power_tables import show_check
    from hwsim.cli.simulation import fraction_bar
    from hwsim.studies.power_check import check_power
    from hwsim.studies.power_check_store import write_check
    from hwsim.studies.samples import judging_sequences

    sequences = judging_sequences(export.design, run.data)
    with fraction_bar("ngspice", as_json=as_json) as show:
        found = check_power(
            export,
            sequences,
            samples,
            full=full,
            workers=run.workers,
            timeout_seconds=run.timeout,
            on_progress=show,
        )
    write_check(export, found)
    emit(
        found.record(),
        as_json=as_json,
        show=lambda console: show_check(console, export.design.name, found),
    )
    return 0 if found.passed else 1
