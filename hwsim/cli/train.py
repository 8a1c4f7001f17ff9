"""`hwsim train`: a recurrent network from recordings."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hwsim.cells.kinds import KINDS
from hwsim.cli.hardware_options import Choices, chosen_hardware, hardware_options
from hwsim.cli.options import FileType
from hwsim.cli.output import command_line, emit, json_option, percent, progress
from hwsim.cli.recipe_options import (
    chosen_recipe,
    matched,
    recipe_options,
    require_checkpoint_place,
    resolved,
)
from hwsim.foundation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from hwsim.checkpoints.checkpoint import Checkpoint
    from hwsim.training.config import TrainingConfig
    from hwsim.training.divergence import DivergedError
    from hwsim.training.recipe import Recipe
    from hwsim.training.run_folder import RunFolder
    from hwsim.training.train import Training


@click.command("train")
@click.argument("task", required=False)
@click.option("--config", type=FileType, help="A training in a YAML file; options override it.")
@click.option("--cell", default="saturating_cmru", show_default=True, help=", ".join(KINDS))
@recipe_options
@click.option("--match", metavar="CELL", help="As many parameters as CELL has with --units.")
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Seeds to try; the best on the validation set is kept.",
)
@hardware_options
@click.option(
    "--from", "start", type=FileType, help="Checkpoint to begin with; its cell and sizes stay."
)
@click.option("--resume", is_flag=True, help="Go on with a training that was interrupted.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="FILE.safetensors")
@json_option
@click.pass_context
def train_command(
    context: click.Context,
    /,
    task: str | None,
    config: Path | None,
    match: str | None,
    hardware: Choices,
    start: Path | None,
    out: Path,
    *,
    resume: bool,
    as_json: bool,
    **choices: int | float | str | None,
) -> None:
    """Train a network on a task and write its checkpoint.

    TASK is one of `hwsim task list`, or a .npz file with x_train [N, T, C], y_train [N], x_test,
    y_test and optional length_train, length_test, and the same of a validation set.
    """
    require_checkpoint_place(out)
    file = _config(config)
    network = _start(start, file)
    usual = _usual(network) | (file.choices() if file else {})
    chosen = resolved(context, choices, usual)
    seeds = chosen.pop("seeds")
    known = chosen_hardware(file.hardware_choices() if file else None, hardware)
    recipe = chosen_recipe(chosen | ({"hardware": known} if known else {}))

    from hwsim.checkpoints.checkpoint import save_checkpoint
    from hwsim.data.tasks import load_task
    from hwsim.training.run_folder import RunFolder
    from hwsim.training.train import train

    name, splits = load_task(_task(task, file, network))
    _require_fit(recipe, name, network)
    if match is not None:
        recipe = matched(recipe, match, splits)
    folder = RunFolder(out.with_suffix(".training"), resume=resume)
    with (
        _endings(out, folder),
        progress(f"training {name}", seeds * recipe.steps, as_json=as_json) as advance,
    ):
        training = train(
            name,
            splits,
            recipe,
            seeds=seeds,
            command=command_line(context),
            advance=advance,
            keep=folder,
            start=network,
        )
    save_checkpoint(out, training.checkpoint)
    folder.clear()
    emit(
        _record(training, out), as_json=as_json, show=lambda console: _show(training, out, console)
    )


def _config(path: Path | None) -> TrainingConfig | None:
    if path is None:
        return None
    from hwsim.training.config import read_config

    return read_config(path)


def _start(path: Path | None, file: TrainingConfig | None) -> Checkpoint | None:
    named = Path(file.start) if file and file.start else None
    found = path or named
    if found is None:
        return None
    from hwsim.checkpoints.checkpoint import load_checkpoint

    return load_checkpoint(found)


def _usual(start: Checkpoint | None) -> dict[str, Any]:
    """What a training takes from the checkpoint that it begins with."""
    if start is None:
        return {}
    from hwsim.training.fine_tuning import usual_choices

    return dict(usual_choices(start.header))


def _require_fit(recipe: Recipe, task: str, start: Checkpoint | None) -> None:
    if start is not None:
        from hwsim.training.fine_tuning import require_same_network, require_same_task

        require_same_network(recipe, start.header)
        require_same_task(task, start.header)


def _task(task: str | None, file: TrainingConfig | None, start: Checkpoint | None) -> str:
    chosen = task or (file.task if file else None) or (start.header.task if start else None)
    if chosen is None:
        raise InputError("no task", hint="name one of 'hwsim task list', a .npz, or a --config")
    return chosen


@contextlib.contextmanager
def _endings(out: Path, folder: RunFolder) -> Iterator[None]:
    """What is kept of a training that does not end well, and where."""
    from hwsim.training.divergence import DivergedError

    try:
        yield
    except DivergedError as error:
        raise _kept_of(error, out) from None
    except KeyboardInterrupt:
        if folder.path.is_dir():
            click.echo(f"kept in {folder.path}: the same command with --resume goes on", err=True)
        raise


def _kept_of(error: DivergedError, out: Path) -> InputError:
    """The error of a training that diverged, with its last good checkpoint written."""
    from hwsim.checkpoints.checkpoint import save_checkpoint

    if error.checkpoint is None:
        return error
    path = out.with_suffix(".last_good.safetensors")
    save_checkpoint(path, error.checkpoint)
    accuracy = percent(error.checkpoint.header.metrics.validation)
    kept = f"the best state until then, {accuracy} on the validation set, is in {path}"
    return InputError(f"{error.what}; {kept}", hint=error.hint)


def _record(training: Training, out: Path) -> dict[str, object]:
    header = training.checkpoint.header
    return {
        "checkpoint": out,
        "task": header.task,
        "cell": header.cell.kind,
        "levels_half": header.cell.levels_half,
        "units": header.units,
        "blocks": header.blocks,
        "parameters": _parameters(training),
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


def _parameters(training: Training) -> int:
    return sum(tensor.size for tensor in training.checkpoint.tensors.values())


def _show(training: Training, out: Path, console: Console) -> None:
    from rich.table import Table

    header = training.checkpoint.header
    table = Table("accuracy", "training", "validation", "test")
    scores = (header.metrics.train, header.metrics.validation, header.metrics.test)
    table.add_row(KINDS[header.cell.kind].title, *(percent(score) for score in scores))
    console.print(table)
    if len(training.contenders) > 1:
        count = len(training.contenders)
        console.print(f"seed {header.seed}, the best of {count} on the validation set")
    console.print(f"{header.units} units, {_parameters(training)} parameters")
    console.print(f"checkpoint: {out}")
