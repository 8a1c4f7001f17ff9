"""``hwsim template characterize``: a template measured into its datasheet."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FolderType, pdk_option
from hwsim.cli.output import emit, json_option
from hwsim.cli.template_options import (
    measured,
    measuring_options,
    require_folder,
    sound_template,
    technology_option,
    template_path_option,
)

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.characterization.laboratory import Tally
    from hwsim.circuits.datasheet import Datasheet
    from hwsim.circuits.technology import Technology
    from hwsim.circuits.template import Template


@click.command("characterize")
@click.argument("name")
@technology_option
@click.option("--out", type=FolderType, default=None, help="Write datasheet and plot here.")
@measuring_options
@pdk_option
@template_path_option
@json_option
def characterize_command(
    name: str,
    technology: str,
    out: Path | None,
    timeout: float,
    pdk_root: Path | None,
    *,
    as_json: bool,
) -> None:
    """Measure a template on a technology into its datasheet."""
    from hwsim.circuits.technology import load_technology
    from hwsim.studies.template_comparison import spread_shares

    start = time.monotonic()
    if out is not None:
        require_folder(out)
    node = load_technology(technology, pdk_root)
    tallies: list[Tally] = []
    datasheet = _datasheet(sound_template(name), node, timeout, tallies, as_json=as_json)
    files = _write(datasheet, out) if out is not None else []
    record = {
        **datasheet.model_dump(mode="json"),
        "spread_shares": {
            name: spread_shares(datasheet, name, node.mismatch) for name in datasheet.prediction
        },
        "files": files,
        "measurements": asdict(tallies[-1]),
        "seconds": time.monotonic() - start,
    }

    def show(console: Console) -> None:
        _show(console, datasheet, node, files)
        console.print(tallies[-1].told)

    emit(record, as_json=as_json, show=show)


def _datasheet(
    template: Template,
    technology: Technology,
    timeout: float,
    tallies: list[Tally],
    *,
    as_json: bool,
) -> Datasheet:
    from hwsim.characterization.characterize import characterize

    what = f"{template.name} on {technology.name}"
    with measured(what, as_json=as_json) as on_progress:
        return characterize(
            template,
            technology,
            timeout_seconds=timeout,
            on_progress=on_progress,
            on_tally=tallies.append,
        )


def _write(datasheet: Datasheet, out: Path) -> list[Path]:
    from hwsim.circuits.datasheet import datasheet_json
    from hwsim.foundation.files import write_text
    from hwsim.report.datasheet_figure import draw_datasheet

    stem = out / f"{datasheet.template}_{datasheet.technology}"
    sheet, plot = stem.with_suffix(".json"), stem.with_suffix(".png")
    write_text(sheet, datasheet_json(datasheet))
    draw_datasheet(datasheet, plot)
    return [sheet, plot]


def _show(
    console: Console, datasheet: Datasheet, technology: Technology, files: list[Path]
) -> None:
    from hwsim.report.template_tables import datasheet_tables

    for part in datasheet_tables(datasheet, technology.mismatch):
        console.print(part)
    for path in files:
        console.print(f"written: {path}")
