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
from hwsim.training.recipe import Recipe

FORMAT: Final = "hwsim-training"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _meanings() -> Mapping[str, str]:
    """What the docstring of `Recipe` says of each of its fields."""
    arguments = inspect.cleandoc(Recipe.__doc__ or "").split("Args:\n")[1].split("\n\n")[0]
    found = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", arguments, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


def _recipe_fields() -> dict[str, Any]:
    meanings, hints = _meanings(), get_type_hints(Recipe)
    return {
        field.name: (hints[field.name] | None, Field(None, description=meanings[field.name]))
        for field in dataclasses.fields(Recipe)
    }


RecipeSection = create_model(
    "RecipeSection",
    __base__=_Section,
    __doc__="Choices of the recipe; what is left out is what `hwsim train` takes without it.",
    **_recipe_fields(),
)


class TrainingConfig(_Section):
    """A training: what `hwsim train --config` reads."""

    format: Literal["hwsim-training"] = FORMAT
    version: Literal[1] = 1
    task: Annotated[str, Field(description="A task of hwsim's, or the path of a .npz.")]
    seeds: Annotated[int, Field(ge=1, description="Seeds to try; the best one is kept.")] = 1
    recipe: RecipeSection = RecipeSection()

    def choices(self) -> dict[str, Any]:
        """What the file chooses, by the names of the recipe, and `seeds`."""
        chosen: dict[str, Any] = self.recipe.model_dump(exclude_none=True)
        return chosen | ({"seeds": self.seeds} if "seeds" in self.model_fields_set else {})


def read_config(path: Path) -> TrainingConfig:
    """Read a training from a YAML file.

    Raises:
        InputError: unreadable, not YAML, or not of the schema; with the line.
    """
    return read_description(path, TrainingConfig)


def config_text(task: str, recipe: Recipe, seeds: int = 1) -> str:
    """The file of a training, as `read_config` reads it."""
    return yaml.safe_dump(
        {
            "format": FORMAT,
            "version": 1,
            "task": task,
            "seeds": seeds,
            "recipe": recipe.numbers(),
        },
        sort_keys=False,
    )


def schema_json() -> str:
    """The JSON schema of the file."""
    return json.dumps(TrainingConfig.model_json_schema(), indent=2) + "\n"
