"""The header of a checkpoint: everything about a trained network except its numbers."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from hwsim.cells.kinds import KINDS, CellKind

FORMAT: Final = "hwsim-checkpoint"
VERSION: Final = 1

Count = Annotated[int, Field(ge=1, le=4096)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class CellHeader(_Section):
    """The recurrent cell; `levels_half` is K, for a ladder of 2K+1 levels, or None."""

    kind: CellKind
    levels_half: Annotated[int, Field(ge=1, le=64)] | None = None

    @model_validator(mode="after")
    def _levels_belong_to_ladders(self) -> CellHeader:
        if KINDS[self.kind].has_levels != (self.levels_half is not None):
            needs = "needs" if self.levels_half is None else "has no"
            raise ValueError(f"{self.kind} {needs} levels_half")
        return self


class Normalisation(_Section):
    """How recordings become the network's inputs: clip((x - mean) / scale).

    `mean` and `scale` have the recording's unit, one a channel; `clip` is the largest magnitude
    of an input, None for no limit.
    """

    mean: tuple[float, ...]
    scale: tuple[Positive, ...]
    clip: Positive | None = None

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The network's inputs for recordings [..., C]; dimensionless, same shape."""
        inputs: NDArray[np.float64] = (values - np.asarray(self.mean)) / np.asarray(self.scale)
        return inputs if self.clip is None else np.clip(inputs, -self.clip, self.clip)


class Metrics(_Section):
    """Accuracy of the float network on each set, as fractions; None where nobody measured it."""

    train: Fraction | None
    validation: Fraction | None
    test: Fraction | None


class Versions(_Section):
    """The versions the network was trained with; numba where it compiled the recurrences."""

    hwsim: str
    torch: str
    numpy: str
    python: str
    numba: str | None = None

    @model_serializer(mode="wrap")
    def _only_those_used(self, written: SerializerFunctionWrapHandler) -> dict[str, str]:
        """Without numba, as all files from before it was used."""
        return {name: each for name, each in written(self).items() if each is not None}


class CheckpointHeader(_Section):
    """What a checkpoint is; JSON under the key `hwsim` of the file's metadata.

    `classes` names the outputs in order; `readout` is the mean of the outputs over the valid
    steps, or their value at the last one; `seed` is None for a network that hwsim did not train;
    `command` is what the user ran to make the file.
    """

    format: Literal["hwsim-checkpoint"] = FORMAT
    version: Literal[1] = VERSION
    cell: CellHeader
    channels: Count
    units: Count
    blocks: Annotated[int, Field(ge=1, le=64)]
    classes: Annotated[tuple[str, ...], Field(min_length=2, max_length=4096)]
    readout: Literal["mean", "last"]
    task: str
    normalisation: Normalisation
    metrics: Metrics
    seed: int | None
    versions: Versions
    recipe: dict[str, int | float | str]
    command: str

    @model_validator(mode="after")
    def _one_normalisation_a_channel(self) -> CheckpointHeader:
        for name in ("mean", "scale"):
            count = len(getattr(self.normalisation, name))
            if count != self.channels:
                raise ValueError(f"normalisation.{name} has {count} values, not {self.channels}")
        return self
