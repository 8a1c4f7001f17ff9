"""Options about a recipe, and how the defaults, a file and the command line make one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from hwsim.cells.kinds import KINDS, CellKind, cell_kind
from hwsim.cli.options import Command
from hwsim.foundation.errors import InputError

if TYPE_CHECKING:
    from hwsim.data.sequences import Splits
    from hwsim.training.recipe import Recipe

_LEVELS_HALF = 3

_OPTIONS = (
    click.option("--units", default=8, show_default=True, help="Units in every layer."),
    click.option("--blocks", default=1, show_default=True, help="Recurrent blocks."),
    click.option("--levels-half", type=int, help="K, for 2K+1 levels; saturating_cmru: 3."),
    click.option(
        "--readout", type=click.Choice(["mean", "last"]), default="mean", show_default=True
    ),
    click.option("--steps", default=600, show_default=True, help="Optimiser steps."),
    click.option("--batch", default=64, show_default=True, help="Sequences a step."),
    click.option("--learning-rate", default=0.02, show_default=True, help="Peak rate."),
    click.option("--weight-decay", type=float, help="Of AdamW.  [default: plain Adam]"),
    click.option("--weight-clip", type=float, help="Largest magnitude of a weight or bias."),
    click.option("--input-clip", type=float, help="Largest magnitude of a normalised input."),
    click.option(
        "--input-noise", default=0.0, show_default=True, help="Noise on inputs in training."
    ),
    click.option("--signal-limit", type=float, help="Signals beyond this magnitude cost."),
    click.option("--margin", type=float, help="Candidates nearer to a threshold (fraction) cost."),
    click.option("--margin-weight", type=float, help="Of that cost.  [default: 0.1]"),
    click.option("--alpha", type=float, help="Step of the state to begin with.  [default: 0.25]"),
    click.option("--beta", type=float, help="Threshold to begin with.  [default: 0.5]"),
    click.option(
        "--memory", type=float, help="Steps that a baseline remembers at first.  [default: all]"
    ),
    click.option(
        "--validation-fraction", default=0.2, show_default=True, help="Share of each class."
    ),
    click.option("--seed", default=0, show_default=True, help="First seed."),
)


def recipe_options(command: Command) -> Command:
    """Every option about a recipe but its cell, handed to the command by their names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def resolved(
    context: click.Context, choices: Mapping[str, Any], config: Mapping[str, Any]
) -> dict[str, Any]:
    """What holds: what the command line says, else the file, else the default of the option.

    Args:
        context: of the command, which knows what was given.
        choices: every option with its value.
        config: what the file chooses; it may hold more than there are options.

    Returns:
        All that is chosen, without those that nobody chose.
    """
    found = dict(config)
    if context.get_parameter_source("cell") is ParameterSource.COMMANDLINE:
        found = applicable(found, cell_kind(choices["cell"]))
    for name, value in choices.items():
        is_given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if is_given or name not in found:
            found[name] = value
    return {name: value for name, value in found.items() if value is not None}


def chosen_recipe(choices: Mapping[str, Any]) -> Recipe:
    """The recipe of choices by name, with three levels to each side where nobody chose.

    Raises:
        InputError: there is no such cell, or a number is out of its range.
    """
    from hwsim.training.recipe import Recipe

    kind = cell_kind(choices["cell"])
    levels = {"levels_half": _LEVELS_HALF} if KINDS[kind].has_levels else {}
    return Recipe(**(levels | dict(choices) | {"cell": kind}))


def matched(recipe: Recipe, cell: str, splits: Splits) -> Recipe:
    """A recipe with the units that give about as many parameters as another cell with its units.

    Raises:
        InputError: there is no such cell.
    """
    from dataclasses import replace

    from hwsim.checkpoints.size import matched_units, parameter_count

    other = cell_kind(cell)
    channels, classes = splits.train.channels, len(splits.train.classes)
    target = parameter_count(other, channels, recipe.units, recipe.blocks, classes)
    units = matched_units(recipe.cell, target, channels, recipe.blocks, classes)
    return replace(recipe, units=units)


def require_checkpoint_place(out: Path) -> None:
    """Refuse a place that a checkpoint cannot go to before minutes are spent on it.

    Raises:
        InputError: another suffix, a folder, or a file in a folder that does not exist.
    """
    if out.suffix != ".safetensors":
        raise InputError("a checkpoint's name ends in .safetensors", where=str(out))
    if out.is_dir() or not out.parent.is_dir():
        problem = "is a folder" if out.is_dir() else "its folder does not exist"
        raise InputError(problem, where=str(out), hint="give --out a file in a folder that exists")


def applicable(choices: Mapping[str, Any], kind: CellKind) -> dict[str, Any]:
    """Choices without those that a kind of cell has no use for."""
    traits = KINDS[kind]
    without = {"margin", "margin_weight", "alpha", "beta"} if traits.is_baseline else {"memory"}
    if not traits.has_levels:
        without.add("levels_half")
    return {name: value for name, value in choices.items() if name not in without}
