"""How the tensors of other code become those of a checkpoint: a file of names, and its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from hwsim.cells.kinds import CellKind

FORMAT: Final = "hwsim-mapping"

Array = NDArray[np.float64]
Function = Literal["identity", "softplus", "exp", "sigmoid", "abs"]

FUNCTIONS: Mapping[Function, Callable[[Array], Array]] = MappingProxyType(
    {
        "identity": lambda x: x,
        "softplus": lambda x: np.logaddexp(x, 0.0),
        "exp": np.exp,
        "sigmoid": lambda x: np.exp(-np.logaddexp(-x, 0.0)),
        "abs": np.abs,
    }
)


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, populate_by_name=True
    )


class Taken(_Section):
    """A tensor of the file, changed: scale * function(tensor[rows], transposed) + offset."""

    source: Annotated[str, Field(alias="from", description="Its name in the file.")]
    rows: Annotated[
        tuple[int, int] | None,
        Field(strict=False, description="First row and the one after the last; all without it."),
    ] = None
    transpose: Annotated[bool, Field(description="Swap its two axes, after taking rows.")] = False
    function: Annotated[Function, Field(description="What the code applies to it.")] = "identity"
    scale: Annotated[float, Field(description="Factor.")] = 1.0
    offset: Annotated[float, Field(description="Summand.")] = 0.0

    def apply(self, tensor: Array) -> Array:
        """The tensor as the checkpoint holds it."""
        part = tensor if self.rows is None else tensor[slice(*self.rows)]
        turned = part.T if self.transpose else part
        return self.scale * FUNCTIONS[self.function](turned) + self.offset


class Filled(_Section):
    """A tensor that the file does not have: one number everywhere, or the identity matrix."""

    value: Annotated[
        float | Literal["identity"], Field(description="0 for a bias that the code does not have.")
    ]

    def make(self, shape: tuple[int, ...]) -> Array:
        """The tensor."""
        if self.value == "identity":
            return np.eye(shape[0], shape[1])
        return np.full(shape, float(self.value))


class NormalisationSection(_Section):
    """How recordings become inputs: clip((x - mean) / scale), one mean and scale a channel."""

    mean: Annotated[tuple[float, ...], Field(strict=False)]
    scale: Annotated[tuple[float, ...], Field(strict=False)]
    clip: float | None = None


class NetworkSection(_Section):
    """What the network is; sizes are stated, so that a tensor that does not fit is named."""

    cell: Annotated[CellKind, Field(description="Kind of the recurrent cell.")]
    levels_half: Annotated[int | None, Field(description="K of a saturating CMRU.")] = None
    channels: Annotated[int, Field(ge=1, le=4096, description="Channels of the input.")]
    units: Annotated[int, Field(ge=1, le=4096, description="Units in every layer.")]
    blocks: Annotated[int, Field(ge=1, le=64, description="Recurrent blocks.")] = 1
    classes: Annotated[
        tuple[str, ...],
        Field(min_length=2, strict=False, description="Names of the outputs, in order."),
    ]
    readout: Annotated[
        Literal["mean", "last"],
        Field(description="Classes from the mean over the steps, or from the last step."),
    ] = "mean"
    task: Annotated[str, Field(description="What it was trained on.")] = "imported"
    normalisation: Annotated[
        NormalisationSection | None, Field(description="None: inputs are used as they are.")
    ] = None


class TensorMapping(_Section):
    """A whole mapping: what `hwsim import --mapping` reads."""

    format: Literal["hwsim-mapping"] = FORMAT
    version: Literal[1] = 1
    network: NetworkSection
    prefix: Annotated[
        str, Field(description="Only tensors whose names begin with it count; it is cut off.")
    ] = ""
    tensors: Annotated[
        dict[str, str | Taken | Filled],
        Field(description="By role: a name in the file, or a name with changes, or a value."),
    ]
    ignored: Annotated[
        tuple[str, ...],
        Field(strict=False, description="Names of tensors that take no part in the outputs."),
    ] = ()

    def sources(self) -> dict[str, Taken | Filled]:
        """What every role gets, the short form written out."""
        return {
            role: Taken(source=entry) if isinstance(entry, str) else entry
            for role, entry in self.tensors.items()
        }


def schema_json() -> str:
    """The JSON schema of the file."""
    return json.dumps(TensorMapping.model_json_schema(), indent=2) + "\n"
