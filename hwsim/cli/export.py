"""``hwsim export``: a checkpoint becomes a hardware description and a netlist."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FileType, FolderType, pdk_option
from hwsim.cli.output import QuantityType, emit, json_option
from hwsim.cli.template_options import template_path_option

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.circuits.export import ExportSummary
    from hwsim.design.design import Design


@click.command("export")
@click.argument("checkpoint", type=FileType)
@click.option("--out", type=FolderType, required=True, help="Folder to make.")
@click.option("--technology", default="generic180", show_default=True)
@pdk_option
@template_path_option
@click.option(
    "--template", "templates", multiple=True, metavar="KIND=NAME", help="Another circuit template."
)
@click.option(
    "--unit-current",
    type=QuantityType("A"),
    default="1nA",
    show_default=True,
    help="Current that stands for 1.0.",
)
@click.option("--step", type=QuantityType("s"), default="5ms", show_default=True)
@click.option("--vdd", type=QuantityType("V"), default="1.2V", show_default=True)
@click.option(
    "--bits",
    type=click.IntRange(2, 8),
    default=6,
    show_default=True,
    help="Bits of a weight, sign included.",
)
@json_option
def export_command(
    checkpoint: Path,
    out: Path,
    technology: str,
    pdk_root: Path | None,
    templates: tuple[str, ...],
    unit_current: float,
    step: float,
    vdd: float,
    bits: int,
    as_json: bool,
) -> None:
    """Compile a checkpoint into a hardware description and a netlist."""
    from hwsim.design.options import CompileOptions
    from hwsim.studies.exporting import export_checkpoint

    options = CompileOptions(
        technology=technology,
        templates=_choices(templates),
        unit_current=unit_current,
        step=step,
        supply_voltage=vdd,
        bits=bits,
    )
    design, summary = export_checkpoint(checkpoint, out, options, pdk_root)
    emit(
        _record(out, design, summary),
        as_json=as_json,
        show=lambda console: _show(console, out, design, summary),
    )


def _choices(words: tuple[str, ...]) -> dict[str, str]:
    choices = {}
    for word in words:
        kind, _, name = word.partition("=")
        if not (kind and name):
            raise click.BadParameter(f"'{word}' is not KIND=NAME", param_hint="--template")
        choices[kind] = name
    return choices


def _record(out: Path, design: Design, summary: ExportSummary) -> dict[str, object]:
    return {
        "folder": out,
        "name": design.name,
        "technology": design.technology,
        "templates": design.templates,
        "bits": design.provenance.bits,
        "transistors": summary.transistors,
        "stages": {stage.name: stage.size for stage in design.stages},
        "rules": [
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "message": finding.message,
                "value": finding.value,
                "limit": finding.limit,
            }
            for finding in summary.findings
        ],
    }


def _show(console: Console, out: Path, design: Design, summary: ExportSummary) -> None:
    from rich.table import Table

    console.print(f"{design.name}: {summary.transistors} transistors in {design.technology}")
    table = Table("rule", "result", "what")
    for finding in summary.findings:
        table.add_row(finding.rule, finding.severity, finding.message)
    console.print(table)
    console.print(f"written to {out}; run `hwsim verify {out}` next")
