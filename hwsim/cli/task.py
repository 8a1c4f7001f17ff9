"""``hwsim task``: which tasks there are, and one from a folder of sounds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FolderType
from hwsim.cli.output import QuantityType, emit, json_option, progress

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.data.summary import TaskSummary


@click.group("task")
def task_command() -> None:
    """Look at the tasks to train on; make one of a folder of sounds."""


@task_command.command("list")
@json_option
def list_command(*, as_json: bool) -> None:
    """List the tasks, their sizes and how often a guess is right."""
    from hwsim.data.summary import TaskSummary
    from hwsim.data.tasks import TASKS

    summaries = {name: TaskSummary.of(task.load()) for name, task in TASKS.items()}

    def show(console: Console) -> None:
        from rich.table import Table

        table = Table(
            "task", "classes", "steps", "channels", "training / validation / test", "chance"
        )
        for name, one in summaries.items():
            counts = (str(len(one.classes)), one.length, str(one.channels))
            table.add_row(name, *counts, one.sizes, f"{100 * one.chance:.1f} %")
        console.print(table)

    emit(
        {"tasks": [_record(name, one) for name, one in summaries.items()]},
        as_json=as_json,
        show=show,
    )


@task_command.command("show")
@click.argument("task")
@json_option
def show_command(task: str, *, as_json: bool) -> None:
    """Show one task, or a .npz: where it is from, what it holds and how to train on it."""
    from hwsim.data.summary import TaskSummary
    from hwsim.data.tasks import TASKS, load_task

    name, splits = load_task(task)
    summary = TaskSummary.of(splits)
    readout = f" --readout {TASKS[name].readout}" if name in TASKS else ""
    following = f"hwsim train {task}{readout} --out {name}.safetensors"

    def show(console: Console) -> None:
        if name in TASKS:
            console.print(f"{name}: {TASKS[name].title}")
            console.print(f"source: {TASKS[name].source}")
        _show(summary, console)
        console.print(f"next: {following}")

    emit(_record(name, summary) | {"next": following}, as_json=as_json, show=show)


@task_command.command("audio")
@click.argument("folder", type=FolderType)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="FILE.npz")
@click.option("--coefficients", default=13, show_default=True, help="Cepstral coefficients a step.")
@click.option("--window", type=QuantityType("s"), default="25ms", show_default=True)
@click.option("--hop", type=QuantityType("s"), default="10ms", show_default=True)
@click.option("--bands", default=23, show_default=True, help="Mel bands.")
@click.option("--rate", type=QuantityType("Hz"), help="Resample what has another rate to this.")
@click.option("--skip-unusable", is_flag=True, help="Leave out files that cannot be used.")
@json_option
def audio_command(
    folder: Path,
    out: Path,
    rate: float | None,
    *,
    skip_unusable: bool,
    as_json: bool,
    **front_end: float,
) -> None:
    """Make a task of WAV files, one folder a class: MFCC of every recording, in a .npz.

    FOLDER may be Speech Commands as it is unpacked: its lists decide what is for validation and
    test.
    """
    from hwsim.data.audio_folder import load_audio_folder
    from hwsim.data.mfcc import Mfcc
    from hwsim.data.npz import npz_bytes
    from hwsim.data.summary import TaskSummary
    from hwsim.foundation.files import write_bytes

    _require_archive(out)
    mfcc = Mfcc(**front_end)  # type: ignore[arg-type]
    count = sum(1 for _ in folder.glob("*/*.[wW][aA][vV]"))
    with progress(f"listening to {folder.name}", count, as_json=as_json) as advance:
        task = load_audio_folder(
            folder, mfcc, rate=_whole_rate(rate), skip_unusable=skip_unusable, advance=advance
        )
    write_bytes(out, npz_bytes(task.splits))
    summary = TaskSummary.of(task.splits)
    following = f"hwsim train {out} --out {out.stem}.safetensors"

    def show(console: Console) -> None:
        for path, what in task.skipped.items():
            console.print(f"skipped: {path} {what}")
        console.print(f"{out}: recordings at {task.rate} Hz")
        _show(summary, console)
        console.print(f"next: {following}")

    record = _record(out.stem, summary) | {
        "file": out,
        "rate": task.rate,
        "skipped": {str(path): what for path, what in task.skipped.items()},
        "next": following,
    }
    emit(record, as_json=as_json, show=show)


def _require_archive(out: Path) -> None:
    from hwsim.foundation.errors import InputError

    if out.suffix != ".npz" or not out.parent.is_dir():
        raise InputError("give --out a .npz file in a folder that exists", where=str(out))


def _whole_rate(rate: float | None) -> int | None:
    from hwsim.foundation.errors import InputError

    if rate is not None and not 1000 <= rate <= 1e6:
        raise InputError(f"a rate of {rate:g} Hz", hint="1 kHz to 1 MHz")
    return None if rate is None else round(rate)


def _record(name: str, summary: TaskSummary) -> dict[str, object]:
    from hwsim.data.tasks import TASKS

    known = TASKS.get(name)
    return {
        "task": name,
        "title": known.title if known else None,
        "source": known.source if known else None,
        "readout": known.readout if known else None,
        **summary.record(),
    }


def _show(summary: TaskSummary, console: Console) -> None:
    from rich.table import Table

    classes = ", ".join(summary.classes)
    console.print(f"{summary.length} steps of {summary.channels} channels; classes: {classes}")
    table = Table("set", "sequences", "of each class", "samples", "constant channels")
    for name, one in summary.sets.items():
        table.add_row(
            name,
            str(one.sequences),
            " ".join(str(count) for count in one.of_each_class),
            f"{one.least:.3g} to {one.greatest:.3g}",
            " ".join(str(channel) for channel in one.constant_channels) or "none",
        )
    console.print(table)
    if "validation" not in summary.sets:
        console.print("validation: training holds out a part of the training set")
    console.print(f"a guess is right {100 * summary.chance:.1f} % of the time")
