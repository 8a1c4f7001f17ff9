"""``hwsim tune``: learning rate and weight decay of cells, with the same budget each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cells.kinds import KINDS, cell_kind
from hwsim.cli.options import FolderType
from hwsim.cli.output import emit, json_option, percent, progress
from hwsim.cli.recipe_options import applicable, chosen_recipe, matched, recipe_options, resolved

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.data.sequences import Splits
    from hwsim.training.recipe import Recipe
    from hwsim.training.tune import Outcome

_SEARCHED = ("learning_rate", "weight_decay")


@click.command("tune")
@click.argument("task")
@click.option(
    "--cell", "cells", multiple=True, default=("saturating_cmru",), help="Again for each cell."
)
@recipe_options
@click.option("--match", is_flag=True, help="Give all as many parameters as the first cell has.")
@click.option("--trials", default=10, show_default=True, help="Points of the search, of each cell.")
@click.option("--trial-seed", default=0, show_default=True, help="That the points are drawn from.")
@click.option(
    "--seeds", type=click.IntRange(min=1), default=1, show_default=True, help="Networks a trial."
)
@click.option("--out", type=FolderType, required=True, help="Folder to make or to continue.")
@json_option
@click.pass_context
def tune_command(
    context: click.Context,
    /,
    task: str,
    cells: tuple[str, ...],
    trials: int,
    trial_seed: int,
    seeds: int,
    out: Path,
    *,
    match: bool,
    as_json: bool,
    **choices: int | float | str | None,
) -> None:
    """Search learning rate and weight decay of cells with the same budget each.

    Every cell gets the same random points and number of steps, and is judged on the validation
    set. What has finished is kept: the
    same command goes on where it was interrupted. The best training of each cell is written as a
    file for `hwsim train --config`.
    """
    from hwsim.data.tasks import load_task
    from hwsim.training.config import config_text
    from hwsim.training.material import prepare
    from hwsim.training.tune import TuneFolder, draw_trials, tune

    points = draw_trials(trials, trial_seed)
    chosen = resolved(context, choices, {})
    for name in _SEARCHED:
        if chosen.pop(name, None) is not None and _is_given(context, name):
            raise click.UsageError(f"--{name.replace('_', '-')} is what is searched", context)
    folder = TuneFolder(out)
    name, splits = load_task(task)
    recipes = _recipes(cells, chosen, splits, match=match)
    total = sum(recipe.steps for recipe in recipes) * seeds * trials
    found: dict[str, tuple[Outcome, ...]] = {}
    with progress(f"tuning on {name}", total, as_json=as_json) as advance:
        for recipe in recipes:
            material = prepare(splits, recipe)
            outcomes = tune(recipe, material, points, folder, seeds=seeds, advance=advance)
            found[recipe.cell] = outcomes
            folder.write(_best_file(recipe.cell), config_text(task, outcomes[0].recipe))
    emit(
        {"task": name, "trials": trials, "seeds": seeds, "cells": _record(found, splits, out)},
        as_json=as_json,
        show=lambda console: _show(found, splits, out, console),
    )


def _is_given(context: click.Context, name: str) -> bool:
    from click.core import ParameterSource

    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _recipes(
    cells: tuple[str, ...], chosen: dict[str, object], splits: Splits, *, match: bool
) -> list[Recipe]:
    recipes = []
    for cell in dict.fromkeys(cells):
        recipe = chosen_recipe(applicable(chosen, cell_kind(cell)) | {"cell": cell})
        recipes.append(matched(recipe, cells[0], splits) if match else recipe)
    return recipes


def _best_file(cell: str) -> str:
    return f"best_{cell}.yaml"


def _parameters(recipe: Recipe, splits: Splits) -> int:
    from hwsim.checkpoints.size import parameter_count

    channels, classes = splits.train.channels, len(splits.train.classes)
    return parameter_count(recipe.cell, channels, recipe.units, recipe.blocks, classes)


def _record(
    found: dict[str, tuple[Outcome, ...]], splits: Splits, out: Path
) -> list[dict[str, object]]:
    return [
        {
            "cell": cell,
            "units": outcomes[0].recipe.units,
            "parameters": _parameters(outcomes[0].recipe, splits),
            "best": out / _best_file(cell),
            "trials": [
                {
                    "learning_rate": one.recipe.learning_rate,
                    "weight_decay": one.recipe.weight_decay,
                    "validation_accuracy": one.score.accuracy,
                    "validation_loss": -one.score.negative_loss,
                    "diverged": one.diverged,
                }
                for one in outcomes
            ],
        }
        for cell, outcomes in found.items()
    ]


def _show(
    found: dict[str, tuple[Outcome, ...]], splits: Splits, out: Path, console: Console
) -> None:
    from rich.table import Table

    table = Table("cell", "units", "parameters", "rate", "decay", "validation", "median", "worst")
    for cell, outcomes in found.items():
        best = outcomes[0].recipe
        scores = (outcomes[0], outcomes[len(outcomes) // 2], outcomes[-1])
        table.add_row(
            KINDS[best.cell].title,
            str(best.units),
            str(_parameters(best, splits)),
            f"{best.learning_rate:g}",
            f"{best.weight_decay:g}",
            *(percent(one.score.accuracy) for one in scores),
        )
        console.print(
            f"{cell}: hwsim train --config {out / _best_file(cell)} --out {cell}.safetensors"
        )
    console.print(table)
