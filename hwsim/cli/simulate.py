"""``hwsim simulate``: run an export on one engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import (
    FileType,
    FolderType,
    Run,
    partition_option,
    run_of_export,
    scheduler_option,
)
from hwsim.cli.output import emit, json_option
from hwsim.cli.simulation import EngineName

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.data.sequences import Sequences
    from hwsim.engines.trace import Trace


@click.command("simulate")
@click.argument("folder", metavar="DIR", type=FolderType)
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice(["ideal", "behavioural", "ngspice"]),
    default="behavioural",
    show_default=True,
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=None,
    help="Recordings, spread evenly over the data.  [default: all; 1 in ngspice]",
)
@click.option("--out", type=FileType, default=None, help="Write the trace to this .npz.")
@partition_option
@scheduler_option
@run_of_export
@json_option
def simulate_command(
    folder: Path,
    engine_name: EngineName,
    samples: int | None,
    out: Path | None,
    run: Run,
    as_json: bool,
) -> None:
    """Run an export on one engine: traces and accuracy."""
    from hwsim.circuits.export import load_export
    from hwsim.cli.simulation import run_samples
    from hwsim.engines.trace_file import save_trace
    from hwsim.studies.accuracy import accuracy

    export = load_export(folder, run.pdk_root)
    indices, sequences, trace = run_samples(engine_name, export, samples, run, as_json=as_json)
    count = len(indices)
    if out is not None:
        save_trace(out, trace)
    share = accuracy(export.design, trace, sequences)
    decisions = trace.decisions(export.design.readout)
    record = {
        "engine": engine_name,
        "samples": count,
        "accuracy": share.value,
        "accuracy_interval": [share.low, share.high],
        "indices": list(indices),
        "decisions": decisions,
        "labels": sequences.labels,
        "structural_violations": list(trace.violations),
        "attempts": list(trace.attempts),
        "trace": out,
    }
    interval = f"{share.low:.1%} to {share.high:.1%}"
    text = f"{engine_name}: {share.value:.2%} of {count} recordings right ({interval})"
    emit(record, as_json=as_json, show=lambda console: _show(console, text, trace, sequences))


def _show(console: Console, text: str, trace: Trace, sequences: Sequences) -> None:
    console.print(text)
    console.print(f"{int(sequences.lengths.sum())} steps of {trace.step:g} s")
    for violation in trace.violations:
        console.print(f"STRUCTURE: {violation}")
    for attempt in trace.attempts:
        console.print(f"RETRIED: {attempt}")
