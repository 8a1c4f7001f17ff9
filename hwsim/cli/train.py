"""`hwsim train`: a quantised recurrent network from recordings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cells.kinds import KINDS, cell_kind
from hwsim.cli.output import command_line, emit, json_option, progress
from hwsim.foundation.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.training.train import Training

_SUFFIX = ".safetensors"


@click.command("train")
@click.argument("task")
@click.option("--cell", default="saturating_cmru", show_default=True, help=", ".join(KINDS))
@click.option("--units", default=8, show_default=True, help="Units in every layer.")
@click.option("--blocks", default=1, show_default=True, help="Recurrent blocks.")
@click.option("--levels-half", type=int, help="K, for 2K+1 levels; saturating_cmru: 3.")
@click.option("--readout", type=click.Choice(["mean", "last"]), default="mean", show_default=True)
@click.option("--steps", default=600, show_default=True, help="Optimiser steps.")
@click.option("--batch", default=64, show_default=True, help="Sequences a step.")
@click.option("--learning-rate", default=0.02, show_default=True, help="Peak rate.")
@click.option("--weight-clip", type=float, help="Largest magnitude of a weight or bias.")
@click.option("--input-clip", type=float, help="Largest magnitude of a normalised input.")
@click.option("--input-noise", default=0.0, show_default=True, help="Noise on inputs in training.")
@click.option("--signal-limit", type=float, help="Signals beyond this magnitude cost.")
@click.option("--margin", type=float, help="Candidates nearer to a threshold (fraction) cost.")
@click.option("--validation-fraction", default=0.2, show_default=True, help="Share of each class.")
@click.option("--seed", default=0, show_default=True, help="First seed.")
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Seeds to try; the best on the validation set is kept.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help=f"FILE{_SUFFIX}")
@json_option
@click.pass_context
def train_command(
    context: click.Context,
    /,
    task: str,
    cell: str,
    levels_half: int | None,
    seeds: int,
    out: Path,
    *,
    as_json: bool,
    **choices: int | float | str | None,
) -> None:
    """Train a network on a task and write its checkpoint.

    TASK is japanese_vowels, or a .npz file with x_train [N, T, C], y_train [N], x_test, y_test
    and optional length_train, length_test.
    """
    kind = cell_kind(cell)
    if levels_half is None and KINDS[kind].has_levels:
        levels_half = 3
    _require_writable(out)

    from hwsim.checkpoints.checkpoint import save_checkpoint
    from hwsim.data.tasks import load_task
    from hwsim.training.recipe import Recipe
    from hwsim.training.train import train

    recipe = Recipe(cell=kind, levels_half=levels_half, **choices)  # type: ignore[arg-type]
    name, splits = load_task(task)
    with progress(f"training {name}", seeds * recipe.steps, as_json=as_json) as advance:
        training = train(
            name, splits, recipe, seeds=seeds, command=command_line(context), advance=advance
        )
    save_checkpoint(out, training.checkpoint)
    emit(
        _record(training, out), as_json=as_json, show=lambda console: _show(training, out, console)
    )


def _require_writable(out: Path) -> None:
    """Refuse a place that the checkpoint cannot go to before minutes are spent on it."""
    if out.suffix != _SUFFIX:
        raise InputError("a checkpoint's name ends in .safetensors", where=str(out))
    if out.is_dir() or not out.parent.is_dir():
        problem = "is a folder" if out.is_dir() else "its folder does not exist"
        raise InputError(problem, where=str(out), hint="give --out a file in a folder that exists")


def _record(training: Training, out: Path) -> dict[str, object]:
    header = training.checkpoint.header
    return {
        "checkpoint": out,
        "task": header.task,
        "cell": header.cell.kind,
        "levels_half": header.cell.levels_half,
        "units": header.units,
        "blocks": header.blocks,
        "seed": header.seed,
        "accuracy": header.metrics.model_dump(),
        "contenders": [
            {
                "seed": one.seed,
                "validation_accuracy": one.validation.accuracy,
                "validation_loss": -one.validation.negative_loss,
            }
            for one in training.contenders
        ],
        "content_hash": training.checkpoint.content_hash,
        "command": header.command,
    }


def _show(training: Training, out: Path, console: Console) -> None:
    from rich.table import Table

    header = training.checkpoint.header
    table = Table("accuracy", "training", "validation", "test")
    scores = (header.metrics.train, header.metrics.validation, header.metrics.test)
    table.add_row(KINDS[header.cell.kind].title, *(f"{100 * score:.1f} %" for score in scores))
    console.print(table)
    if len(training.contenders) > 1:
        count = len(training.contenders)
        console.print(f"seed {header.seed}, the best of {count} on the validation set")
    console.print(f"checkpoint: {out}")
