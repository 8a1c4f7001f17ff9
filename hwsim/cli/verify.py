"""``hwsim verify``: do ideal, behavioural and ngspice agree?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FolderType, Run, run_of_export
from hwsim.cli.output import emit, json_option

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.studies.verification import Verification


@click.command("verify")
@click.argument("folder", metavar="DIR", type=FolderType)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=8,
    show_default=True,
    help="Recordings at transistor level.",
)
@run_of_export
@json_option
@click.pass_context
def verify_command(
    context: click.Context,
    folder: Path,
    samples: int,
    run: Run,
    as_json: bool,
) -> None:
    """Compare the three engines on real recordings."""
    from hwsim.circuits.export import load_export
    from hwsim.cli.simulation import behavioural_engine, engine_named
    from hwsim.studies.samples import judging_sequences
    from hwsim.studies.verification import verify

    export = load_export(folder, run.pdk_root)
    sequences = judging_sequences(export.design, run.data)
    with engine_named("ngspice", export, run, as_json=as_json) as engine:
        chip = behavioural_engine(export, run)
        verification = verify(export.design, sequences, samples, engine, chip)
    emit(
        verification.record(),
        as_json=as_json,
        show=lambda console: show_verification(console, verification),
    )
    if verification.traces["ngspice"].violations:
        context.exit(1)


def show_verification(console: Console, verification: Verification) -> None:
    """Print the figures of a verification as tables."""
    from hwsim.report.verification_tables import verification_tables

    for part in verification_tables(verification):
        console.print(part)
