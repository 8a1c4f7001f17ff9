"""``hwsim demo``: the whole chain on real data, offline."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FolderType, Partition, Run, partition_option, run_options
from hwsim.cli.output import emit, json_option

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.circuits.export import Export
    from hwsim.studies.verification import Verification

CHECKPOINT = "japanese_vowels_cmru_k3_d8.safetensors"
FIGURE = "recording.png"


@click.command("demo")
@click.option("--out", type=FolderType, required=True, help="Folder for everything it makes.")
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=8,
    show_default=True,
    help="Recordings at transistor level.",
)
@partition_option
@run_options
@json_option
@click.pass_context
def demo_command(
    context: click.Context,
    out: Path,
    samples: int,
    workers: int | None,
    timeout: float,
    partition: Partition,
    as_json: bool,
) -> None:
    """Run the whole chain on real speech: export, three engines, a verdict, a picture."""
    from hwsim.circuits.export import DESIGN_FILE, load_export
    from hwsim.cli.simulation import behavioural_engine, engine_named
    from hwsim.design.options import CompileOptions
    from hwsim.foundation.assets import shipped
    from hwsim.foundation.files import require_own_folder
    from hwsim.studies.exporting import export_checkpoint
    from hwsim.studies.samples import judging_sequences
    from hwsim.studies.verification import verify

    start = time.perf_counter()
    require_own_folder(out, f"export/{DESIGN_FILE}")
    _, summary = export_checkpoint(shipped("models") / CHECKPOINT, out / "export", CompileOptions())
    export = load_export(out / "export")
    exported = time.perf_counter()
    sequences = judging_sequences(export.design)
    run = Run(workers=workers, timeout=timeout, partition=partition)
    with engine_named("ngspice", export, run, as_json=as_json) as engine:
        chip = behavioural_engine(export, run)
        verification = verify(export.design, sequences, samples, engine, chip)
    verified = time.perf_counter()
    _draw(export, verification, out / FIGURE)
    seconds = {
        "export": exported - start,
        **verification.seconds,
        "figure": time.perf_counter() - verified,
        "total": time.perf_counter() - start,
    }
    record = _record(export, summary.transistors, verification, out / FIGURE)
    record["seconds"] = seconds
    _write_summary(out, record)
    emit(record, as_json=as_json, show=lambda console: _show(console, out, record, verification))
    if verification.traces["ngspice"].violations:
        context.exit(1)


def _record(
    export: Export, transistors: int, verification: Verification, figure: Path
) -> dict[str, object]:
    from hwsim.design.stage import CmruCell

    stage = export.design.cells[0]
    levels = 2 * stage.cell.half_range + 1 if isinstance(stage.cell, CmruCell) else 2
    return {
        "cell": stage.kind,
        "units": stage.size,
        "levels": levels,
        "technology": export.design.technology,
        "bits": export.design.provenance.bits,
        "transistors": transistors,
        **verification.record(),
        "figure": figure,
    }


def _draw(export: Export, verification: Verification, path: Path) -> None:
    from hwsim.report.recording_figure import draw_recording

    draw_recording(export.design, verification.traces, verification.trips, sequence=0, path=path)


def _write_summary(out: Path, record: dict[str, object]) -> None:
    import json

    from hwsim.cli.output import json_value
    from hwsim.foundation.files import write_text

    write_text(out / "summary.json", json.dumps(json_value(record), indent=2) + "\n")


def _show(
    console: Console, out: Path, record: dict[str, object], verification: Verification
) -> None:
    from hwsim.cli.verify import show_verification

    console.print(
        f"{record['units']} {record['cell']} cells of {record['levels']} levels, "
        f"{record['transistors']} transistors in {record['technology']}, {record['bits']} bits"
    )
    show_verification(console, verification)
    console.print(f"picture: {out / FIGURE}")
    console.print(f"summary: {out / 'summary.json'}; netlist: {out / 'export' / 'netlist'}")
