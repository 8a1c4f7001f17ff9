"""``hwsim sweep``: many chips at many operating points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FolderType, pdk_option
from hwsim.cli.output import command_line, emit, json_option, json_value
from hwsim.cli.sweep_options import Place, Wish, place_options, wish_options
from hwsim.cli.template_options import template_path_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from hwsim.studies.sweep.verdict import Verdict

PICTURE = "sweep.png"
SUMMARY = "summary.json"


@click.command("sweep")
@click.argument("folder", metavar="DIR", type=FolderType)
@click.option("--out", type=FolderType, required=True, help="Folder to make or to continue.")
@wish_options
@click.option(
    "--above",
    type=float,
    default=None,
    metavar="ACCURACY",
    help="Count the chips of at least this accuracy, 0 to 1.",
)
@place_options
@pdk_option
@template_path_option
@json_option
@click.pass_context
def sweep_command(
    context: click.Context,
    folder: Path,
    out: Path,
    wish: Wish,
    above: float | None,
    place: Place,
    pdk_root: Path | None,
    as_json: bool,
) -> None:
    """Run many chips over mismatch, noise, temperature and more: accuracy, power, yield.

    What has finished is kept: interrupted at any moment, the same command continues and ends in
    the same files.
    """
    from hwsim.circuits.export import load_export
    from hwsim.cli.sweep_jobs import run_jobs
    from hwsim.studies.sweep.prepare import prepare
    from hwsim.studies.sweep.run import CSV, PARQUET
    from hwsim.studies.sweep.verdict import Verdict, require_accuracy

    require_accuracy(above)
    request = wish.request(place.engine)
    export = load_export(folder, pdk_root)
    sweep, material = prepare(export, request, noise=0.0 if place.engine == "ngspice" else 1.0)
    results, subject = run_jobs(export, sweep, material, place, out, as_json=as_json)
    verdict = Verdict.of(results, material.ideal_accuracy, above)
    record = {
        "name": export.design.name,
        "technology": export.design.technology,
        **verdict.record(),
        "files": {name: out / name for name in (PARQUET, CSV, PICTURE, SUMMARY)},
        "provenance": {**subject, "command": command_line(context)},
    }
    _write(out, verdict, record)
    emit(record, as_json=as_json, show=lambda console: _show(console, out, verdict))


def _write(out: Path, verdict: Verdict, record: Mapping[str, object]) -> None:
    import json

    from hwsim.foundation.files import write_bytes, write_text
    from hwsim.report.sweep_figure import sweep_picture

    write_bytes(out / PICTURE, sweep_picture(verdict))
    write_text(out / SUMMARY, json.dumps(json_value(record), indent=2) + "\n")


def _show(console: Console, out: Path, verdict: Verdict) -> None:
    from hwsim.report.sweep_tables import sweep_table
    from hwsim.studies.sweep.run import CSV, PARQUET

    results = verdict.results
    console.print(sweep_table(verdict))
    console.print(
        f"{results.engine}, {results.sweep.samples} samples a chip; "
        f"the ideal network decides {verdict.ideal_accuracy:.1%} of them as labelled"
    )
    if verdict.above is not None:
        console.print(
            f"yield: chips of an accuracy of {100 * verdict.above:g} % or more, "
            "with the 95 % interval that their number allows"
        )
    console.print(f"picture: {out / PICTURE}; summary: {out / SUMMARY}")
    console.print(f"every chip: {out / PARQUET}, {out / CSV}")
