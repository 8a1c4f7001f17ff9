"""``hwsim explore``: the design space of an export, and the best point as an export of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.explore_options import Survey, survey_options
from hwsim.cli.options import FolderType, pdk_option
from hwsim.cli.output import command_line, emit, json_option, json_value
from hwsim.cli.simulation import fraction_bar
from hwsim.cli.template_options import template_path_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from hwsim.studies.explore.exploration import Choice, Exploration
    from hwsim.studies.sweep.run import Progress

PICTURE = "pareto.svg"
SUMMARY = "summary.json"


@click.command("explore")
@click.argument("folder", metavar="DIR", type=FolderType)
@click.option("--out", type=FolderType, required=True, help="Folder to make or to continue.")
@survey_options
@click.option(
    "--loss",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Points of the 5th percentile of accuracy that the chosen design may lose.",
)
@click.option(
    "--choose",
    type=click.IntRange(min=0),
    default=None,
    metavar="POINT",
    help="Export this point of the finals.  [default: the one of least energy]",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=None, help="Threads.  [default: one a core]"
)
@pdk_option
@template_path_option
@json_option
@click.pass_context
def explore_command(
    context: click.Context,
    folder: Path,
    out: Path,
    survey: Survey,
    loss: float,
    choose: int | None,
    workers: int | None,
    pdk_root: Path | None,
    as_json: bool,
) -> None:
    """Find the design of least energy: bits, levels, template, supply, current, step.

    What has finished is kept: interrupted at any moment, the same command continues and ends in
    the same files. Another --loss or --choose computes nothing again.
    """
    from hwsim.circuits.export import load_export
    from hwsim.studies.explore.chosen import EXPORT, write_chosen
    from hwsim.studies.explore.record import exploration_record, yardsticks
    from hwsim.studies.explore.run import Explorer
    from hwsim.studies.explore.table import CSV, PARQUET
    from hwsim.studies.sweep.executors import threads

    explorer = Explorer(load_export(folder, pdk_root), survey.request())
    with threads(workers) as workforce:
        found = explorer.run(out, workforce, lambda stage: _bar(stage, as_json=as_json))
    choice = found.choose(loss / 100, choose)
    if choice is not None:
        write_chosen(out, explorer, choice.index, survey.checkpoint)
    record = {
        "name": explorer.export.design.name,
        "technology": explorer.export.design.technology,
        **exploration_record(found, choice, loss / 100),
        "yardstick": yardsticks(found, choice, explorer.material),
        "files": {name: out / name for name in (PARQUET, CSV, PICTURE, SUMMARY)},
        "export": None if choice is None else out / EXPORT,
        "provenance": {**explorer.subject, "command": command_line(context)},
    }
    _write(out, found, choice, loss / 100, record)
    emit(record, as_json=as_json, show=lambda console: _show(console, out, found, choice, loss))
    context.exit(1 if choice is None else 0)


@contextlib.contextmanager
def _bar(stage: str, *, as_json: bool) -> Iterator[Progress]:
    """Progress of a stage, in chips."""
    with fraction_bar(stage, as_json=as_json) as show:
        yield lambda done, total: show(done / total if total else 1.0)


def _write(
    out: Path,
    found: Exploration,
    choice: Choice | None,
    loss: float,
    record: Mapping[str, object],
) -> None:
    import json

    from hwsim.foundation.files import write_bytes, write_text
    from hwsim.report.pareto_figure import pareto_figure
    from hwsim.report.svg import svg_bytes
    from hwsim.studies.explore.table import CSV, FORMAT, PARQUET, exploration_table
    from hwsim.studies.sweep.results import csv_bytes, parquet_bytes

    table = exploration_table(found)
    write_bytes(out / PARQUET, parquet_bytes(table, FORMAT))
    write_bytes(out / CSV, csv_bytes(table))
    write_bytes(out / PICTURE, svg_bytes(pareto_figure(found, choice, loss)))
    write_text(out / SUMMARY, json.dumps(json_value(record), indent=2) + "\n")


def _show(
    console: Console, out: Path, found: Exploration, choice: Choice | None, loss: float
) -> None:
    from hwsim.report.pareto_tables import chosen_lines, front_table, left_out_lines
    from hwsim.studies.explore.chosen import EXPORT
    from hwsim.studies.explore.table import CSV, PARQUET

    console.print(front_table(found, choice))
    for line in (*left_out_lines(found), *chosen_lines(found, choice, loss / 100)):
        console.print(line)
    if choice is not None:
        console.print(f"export: {out / EXPORT}; run `hwsim verify {out / EXPORT}` next")
    console.print(f"picture: {out / PICTURE}; summary: {out / SUMMARY}")
    console.print(f"every point: {out / PARQUET}, {out / CSV}")
