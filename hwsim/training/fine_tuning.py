"""Training that begins with a checkpoint instead of random weights."""

from __future__ import annotations

from collections.abc import Mapping

from hwsim.checkpoints.header import CheckpointHeader
from hwsim.foundation.errors import InputError
from hwsim.training.recipe import Recipe

_SPLIT = ("split_seed", "validation_fraction")


def fixed_choices(header: CheckpointHeader) -> dict[str, int | float | str | None]:
    """What a training takes over from the checkpoint that it begins with, by names of a recipe."""
    return {
        "cell": header.cell.kind,
        "levels_half": header.cell.levels_half,
        "units": header.units,
        "blocks": header.blocks,
        "readout": header.readout,
        "input_clip": header.normalisation.clip,
    }


def usual_choices(header: CheckpointHeader) -> Mapping[str, int | float | str]:
    """The same with its validation set: no network is judged on what it has learned from."""
    fixed = {name: value for name, value in fixed_choices(header).items() if value is not None}
    return fixed | {name: header.recipe[name] for name in _SPLIT if name in header.recipe}


def require_same_network(recipe: Recipe, header: CheckpointHeader) -> None:
    """Refuse a recipe of another network than that of the checkpoint to begin with.

    Raises:
        InputError: with what differs.
    """
    for name, value in fixed_choices(header).items():
        chosen = getattr(recipe, name)
        if chosen != value:
            raise InputError(
                f"the checkpoint to begin with has {name} {value}, this training {chosen}",
                hint=f"leave out {name}; it is the checkpoint's",
            )


def require_same_task(task: str, header: CheckpointHeader) -> None:
    """Refuse another task than that of the checkpoint to begin with.

    Raises:
        InputError: it was trained on another one.
    """
    if task != header.task:
        raise InputError(
            f"the checkpoint to begin with was trained on {header.task}, not on {task}",
            hint=f"train it on {header.task}",
        )
