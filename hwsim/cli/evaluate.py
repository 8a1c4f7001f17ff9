"""``hwsim evaluate``: the accuracy of a checkpoint in software."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cells.kinds import KINDS
from hwsim.cli.options import FileType, data_option
from hwsim.cli.output import emit, json_option, percent

if TYPE_CHECKING:
    from rich.console import Console


@click.command("evaluate")
@click.argument("checkpoint", type=FileType)
@data_option
@json_option
def evaluate_command(checkpoint: Path, data: str | None, *, as_json: bool) -> None:
    """Score a checkpoint's float network, also one that no circuit can be made of."""
    from hwsim.checkpoints.checkpoint import load_checkpoint
    from hwsim.data.tasks import load_task
    from hwsim.training.evaluation import accuracies

    network = load_checkpoint(checkpoint)
    name, splits = load_task(data or network.header.task)
    found = accuracies(network, splits)
    header = network.header
    record = {
        "checkpoint": checkpoint,
        "cell": header.cell.kind,
        "units": header.units,
        "task": name,
        "accuracy": found,
    }

    def show(console: Console) -> None:
        from rich.table import Table

        table = Table("accuracy", *found)
        table.add_row(KINDS[header.cell.kind].title, *(percent(each) for each in found.values()))
        console.print(table)
        if header.task == name and "validation" not in found:
            console.print("training: with the part that was held out for validation")

    emit(record, as_json=as_json, show=show)
