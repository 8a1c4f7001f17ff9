"""The plan of a study: what is trained, how it is tuned and what is looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from hwsim.cells.kinds import KINDS, CellKind
from hwsim.foundation.description import read_description
from hwsim.foundation.errors import InputError

FORMAT: Final = "hwsim-study"

Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
Counts = Annotated[tuple[Count, ...], Field(min_length=1, strict=False)]
Positives = Annotated[tuple[Positive, ...], Field(min_length=1, strict=False)]
Names = Annotated[tuple[str, ...], Field(strict=False)]
Cells = Annotated[tuple[CellKind, ...], Field(min_length=1, strict=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class TaskPlan(_Section):
    """How every cell is trained on one task; only the learning rate is tuned."""

    task: Annotated[str, Field(min_length=1, description="A task of hwsim's, or a .npz.")]
    steps: Annotated[Count, Field(description="Optimiser steps.")]
    levels_half: Annotated[Count, Field(description="K of the saturating CMRU.")]
    target: Annotated[
        float, Field(gt=0, le=1, description="Test accuracy from which a training has converged.")
    ]
    readout: Literal["mean", "last"] = "last"
    blocks: Count = 1
    batch: Count = 64
    validations: Annotated[Count, Field(description="Looks at the validation set.")] = 20
    alpha: Annotated[Positive, Field(description="Step of the state to begin with.")] = 0.25
    beta: Annotated[Positive, Field(description="Threshold to begin with.")] = 0.5


class TuningPlan(_Section):
    """The budget that every cell has on every task."""

    rates: Annotated[Positives, Field(description="Peak learning rates to try.")] = (
        0.003,
        0.01,
        0.03,
    )
    units: Annotated[Count, Field(description="Width at which they are tried.")] = 16
    seeds: Annotated[Count, Field(description="Networks a rate; others than the study's.")] = 1


class SensitivityPlan(_Section):
    """Initial values that are varied, one at a time, with everything else as planned."""

    tasks: Names = ()
    units: Count = 16
    factors: Annotated[
        Positives, Field(description="On alpha, on beta and on the initial weights.")
    ] = (0.1, 0.3, 3.0, 10.0)


class GradientsPlan(_Section):
    """Where gradients through time are looked at, before and after training."""

    tasks: Names = ()
    units: Count = 16
    sequences: Annotated[Count, Field(description="Of the test set.")] = 64


class RemainsPlan(_Section):
    """Chips of the trained networks that a circuit can be made of."""

    tasks: Names = ()
    units: Count = 16
    technology: str = "generic180"
    bits: Annotated[int, Field(ge=2, le=8)] = 6
    chips: Annotated[Count, Field(description="Of every network.")] = 20
    sequences: Annotated[Count, Field(description="Of the test set, that each decides.")] = 200


class StudyPlan(_Section):
    """A study: what `hwsim study paper --plan` reads."""

    format: Literal["hwsim-study"] = FORMAT
    version: Literal[1] = 1
    seeds: Annotated[Count, Field(description="Of every training.")] = 10
    units: Annotated[Counts, Field(description="Widths d.")] = (4, 8, 16, 32, 64)
    cells: Cells = tuple(KINDS)
    tasks: Annotated[tuple[TaskPlan, ...], Field(min_length=1, strict=False)]
    tuning: TuningPlan = TuningPlan()
    sensitivity: SensitivityPlan = SensitivityPlan()
    gradients: GradientsPlan = GradientsPlan()
    remains: RemainsPlan = RemainsPlan()

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [one.task for one in self.tasks]
        for what, values in (("task", names), ("cell", self.cells), ("width", self.units)):
            for value in values:
                if list(values).count(value) > 1:
                    raise ValueError(f"the {what} {value} is there twice")
        for part in (self.sensitivity, self.gradients, self.remains):
            for name in part.tasks:
                if name not in names:
                    raise ValueError(f"there is no task {name} in this plan")
        return self

    def task(self, name: str) -> TaskPlan:
        """The plan of one task.

        Raises:
            InputError: it is not in the study.
        """
        for one in self.tasks:
            if one.task == name:
                return one
        known = ", ".join(one.task for one in self.tasks)
        raise InputError(f"there is no task '{name}' in this study", hint=f"it has {known}")

    def text(self) -> str:
        """As `read_plan` reads it, with every choice."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False)


def read_plan(path: Path) -> StudyPlan:
    """Read a plan from a YAML file.

    Raises:
        InputError: unreadable, not YAML, or not of the schema; with the line.
    """
    return read_description(path, StudyPlan)


def schema_json() -> str:
    """The JSON schema of the file."""
    return json.dumps(StudyPlan.model_json_schema(), indent=2) + "\n"


def differences(before: StudyPlan, after: StudyPlan) -> Iterator[str]:
    """What two plans differ in, field by field, in words."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    for name, value in new.items():
        if old[name] != value:
            short = len(str(value)) < 40 and len(str(old[name])) < 40
            yield f"{name} {old[name]}, not {value}" if short else f"other {name}"
