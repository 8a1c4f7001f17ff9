"""A training in one file: YAML with a published schema, which the command line overrides."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_type_hints

import yaml
from pydantic import BaseModel, ConfigDict, Field, create_model

from hwsim.foundation.description import read_description
from hwsim.training.hardware import Hardware
from hwsim.training.recipe import Recipe

FORMAT: Final = "hwsim-training"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


_ELSEWHERE = ("hardware", "start")
"""Choices of a recipe that stand beside it in the file."""


def _meanings(described: type) -> Mapping[str, str]:
    """What the docstring of a class says of each of its fields."""
    arguments = inspect.cleandoc(described.__doc__ or "").split("Args:\n")[1].split("\n\n")[0]
    found = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", arguments, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


def _choices(described: type) -> dict[str, Any]:
    """Its fields, none of which must be chosen."""
    meanings, hints = _meanings(described), get_type_hints(described)
    return {
        field.name: (hints[field.name] | None, Field(None, description=meanings[field.name]))
        for field in dataclasses.fields(described)
        if field.name not in _ELSEWHERE
    }


RecipeSection = create_model(
    "RecipeSection",
    __base__=_Section,
    __doc__="Choices of the recipe; what is left out is what `hwsim train` takes without it.",
    **_choices(Recipe),
)

HardwareSection = create_model(
    "HardwareSection",
    __base__=_Section,
    __doc__="What the training knows of the hardware; `technology` may be an export folder.",
    **_choices(Hardware),
)


class TrainingConfig(_Section):
    """A training: what `hwsim train --config` reads."""

    format: Literal["hwsim-training"] = FORMAT
    version: Literal[1] = 1
    task: Annotated[str, Field(description="A task of hwsim's, or the path of a .npz.")]
    seeds: Annotated[int, Field(ge=1, description="Seeds to try; the best one is kept.")] = 1
    start: Annotated[
        str | None, Field(description="Checkpoint to begin with; its cell and sizes stay.")
    ] = None
    recipe: RecipeSection = RecipeSection()
    hardware: HardwareSection | None = None

    def choices(self) -> dict[str, Any]:
        """What the file chooses, by the names of the recipe, and `seeds`."""
        chosen: dict[str, Any] = self.recipe.model_dump(exclude_none=True)
        return chosen | ({"seeds": self.seeds} if "seeds" in self.model_fields_set else {})

    def hardware_choices(self) -> dict[str, Any] | None:
        """What the file chooses of the hardware, by the names of `Hardware`; None for nothing."""
        if self.hardware is None:
            return None
        chosen: dict[str, Any] = self.hardware.model_dump(exclude_none=True)
        return chosen


def read_config(path: Path) -> TrainingConfig:
    """Read a training from a YAML file.

    Raises:
        InputError: unreadable, not YAML, or not of the schema; with the line.
    """
    return read_description(path, TrainingConfig)


def config_text(task: str, recipe: Recipe, seeds: int = 1) -> str:
    """The file of a training, as `read_config` reads it."""
    content: dict[str, object] = {"format": FORMAT, "version": 1, "task": task, "seeds": seeds}
    content["recipe"] = dataclasses.replace(recipe, hardware=None, start=None).numbers()
    if recipe.hardware is not None:
        content["hardware"] = recipe.hardware.choices()
    return yaml.safe_dump(content, sort_keys=False)


def schema_json() -> str:
    """The JSON schema of the file."""
    return json.dumps(TrainingConfig.model_json_schema(), indent=2) + "\n"
