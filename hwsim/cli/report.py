"""``hwsim report``: everything that is known of an export, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import (
    FileType,
    FolderType,
    conditions_options,
    data_option,
    pdk_option,
    seed_option,
)
from hwsim.cli.output import command_line, emit, json_option, json_value
from hwsim.cli.template_options import template_path_option

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.studies.reporting.dossier import Dossier

SUFFIXES = (".html", ".md", ".json")


def _with_known_suffix(_context: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """Refuse a file whose suffix does not say what to write."""
    if path.suffix.lower() not in SUFFIXES:
        raise click.BadParameter(f"'{path}' ends in none of {', '.join(SUFFIXES)}", param=parameter)
    return path


@click.command("report")
@click.argument("folder", metavar="DIR", type=FolderType)
@click.option(
    "--out",
    type=FileType,
    callback=_with_known_suffix,
    required=True,
    metavar="FILE",
    help="The page to write: .html, .md or .json.",
)
@click.option(
    "--chips",
    type=click.IntRange(min=2),
    default=200,
    show_default=True,
    help="With the technology's mismatch; a quarter as many with half and twice of it.",
)
@seed_option
@click.option(
    "--above",
    type=float,
    default=None,
    metavar="ACCURACY",
    help="A good chip has at least this accuracy, 0 to 1.  "
    "[default: 0.01 less than the chip without mismatch]",
)
@data_option
@conditions_options
@pdk_option
@template_path_option
@json_option
@click.pass_context
def report_command(
    context: click.Context,
    folder: Path,
    out: Path,
    chips: int,
    seed: int,
    above: float | None,
    data: str | None,
    corner: str,
    temperature: float,
    pdk_root: Path | None,
    as_json: bool,
) -> None:
    """Put everything that is known of an export on one page.

    Runs what takes seconds and reads what ngspice has finished; the page says what was not run, and
    the command that runs it.
    """
    from hwsim.circuits.export import load_export
    from hwsim.circuits.testbench import Conditions
    from hwsim.cli.simulation import fraction_bar
    from hwsim.studies.reporting.chip_survey import Draw
    from hwsim.studies.reporting.dossier import Scope
    from hwsim.studies.reporting.gathering import gather

    scope = Scope(data, Conditions(corner, temperature), Draw(chips, seed, above))
    export = load_export(folder, pdk_root)
    _require_place(out)
    with fraction_bar("chips", as_json=as_json) as show:
        dossier = gather(export, scope, show)
    record = {**dossier.record(), "command": command_line(context), "file": out}
    _write(out, dossier, record)
    emit(record, as_json=as_json, show=lambda console: _show(console, out, dossier))


def _require_place(out: Path) -> None:
    """Refuse a file that cannot be written, before anything is computed.

    Raises:
        InputError: there is no folder for it.
    """
    from hwsim.foundation.errors import InputError

    if not out.parent.is_dir():
        raise InputError("there is no such folder", where=str(out.parent), hint="make it first")


def _write(out: Path, dossier: Dossier, record: dict[str, object]) -> None:
    import json

    from hwsim.foundation.files import write_text
    from hwsim.report.page.html import html
    from hwsim.report.page.markdown import markdown
    from hwsim.report.page.page import report_page

    match out.suffix.lower():
        case ".json":
            text = json.dumps(json_value(record), indent=2, allow_nan=False) + "\n"
        case ".md":
            text = markdown(report_page(dossier))
        case _:
            text = html(report_page(dossier))
    write_text(out, text)


def _show(console: Console, out: Path, dossier: Dossier) -> None:
    from hwsim.report.page.verdict import headline, lead

    console.print(headline(dossier))
    console.print(lead(dossier))
    for each in dossier.absent:
        console.print(f"{each.what}: {each.why}")
        if each.command is not None:
            console.print(f"  {each.command}")
    console.print(f"report: {out}")
