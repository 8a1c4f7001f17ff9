"""``hwsim scaling``: how power grows with the width and the depth of a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from hwsim.cli.options import FolderType
from hwsim.cli.output import command_line, emit, json_option, json_value
from hwsim.cli.simulation import fraction_bar
from hwsim.cli.template_options import technology_option, template_path_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from hwsim.studies.scaling.study import Scaling

PICTURE = "scaling.svg"
SUMMARY = "scaling.json"


class CountsType(click.ParamType[tuple[int, ...]]):
    """Whole numbers from one, separated by commas."""

    name = "counts"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Read the word of the command line."""
        words = str(value).split(",")
        if not all(word.strip().isdecimal() and int(word) > 0 for word in words):
            self.fail(f"'{value}' is no list of whole numbers from 1, like 4,8,16", param, ctx)
        return tuple(int(word) for word in words)


@click.command("scaling")
@click.option(
    "--cell",
    type=click.Choice(["saturating_cmru", "fq_bmru"]),
    default="saturating_cmru",
    show_default=True,
)
@click.option(
    "--widths",
    type=CountsType(),
    default="4,8,16,32,64",
    show_default=True,
    help="Units of a block, in networks of the smallest depth.",
)
@click.option(
    "--depths",
    type=CountsType(),
    default="1,2,3,4",
    show_default=True,
    help="Blocks, in networks of the second smallest width.",
)
@click.option(
    "--seeds",
    type=click.IntRange(min=2),
    default=5,
    show_default=True,
    help="Networks of each size.",
)
@technology_option
@click.option("--out", type=FolderType, default=None, help=f"Write {PICTURE} and {SUMMARY} here.")
@template_path_option
@json_option
@click.pass_context
def scaling_command(
    context: click.Context,
    cell: Literal["saturating_cmru", "fq_bmru"],
    widths: tuple[int, ...],
    depths: tuple[int, ...],
    seeds: int,
    technology: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Fit the power of random networks over their width and depth.

    The power of each nominal chip is split into its cells and everything else.
    """
    from hwsim.circuits.technology import load_technology
    from hwsim.cli.template_options import require_folder
    from hwsim.design.options import CompileOptions
    from hwsim.studies.scaling.study import Plan, study_scaling

    load_technology(technology)
    plan = Plan(cell, widths, depths, seeds, CompileOptions(technology=technology))
    if out is not None:
        require_folder(out)
    with fraction_bar("networks", as_json=as_json) as show:
        found = study_scaling(plan, show)
    record: dict[str, object] = {**found.record(), "command": command_line(context)}
    if out is not None:
        record["files"] = [out / PICTURE, out / SUMMARY]
        _write(out, found, record)
    emit(record, as_json=as_json, show=lambda console: _show(console, found, out))


def _write(out: Path, found: Scaling, record: Mapping[str, object]) -> None:
    import json

    from hwsim.foundation.files import write_bytes, write_text
    from hwsim.report.scaling_figure import scaling_figure
    from hwsim.report.svg import svg_bytes

    write_bytes(out / PICTURE, svg_bytes(scaling_figure(found)))
    write_text(out / SUMMARY, json.dumps(json_value(record), indent=2) + "\n")


def _show(console: Console, found: Scaling, out: Path | None) -> None:
    from hwsim.report.scaling_tables import exponent_table
    from hwsim.studies.scaling.study import SOURCE

    console.print(exponent_table(found))
    console.print(f"literature: {SOURCE}")
    if out is None:
        console.print("--out FOLDER writes the picture")
    else:
        console.print(f"picture: {out / PICTURE}; summary: {out / SUMMARY}")
