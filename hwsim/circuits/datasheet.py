"""The datasheet of a template on a technology: what its circuit does, measured in ngspice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveFloat, ValidationError

from hwsim.circuits.figures import find_figure
from hwsim.foundation.complaint import first_complaint
from hwsim.foundation.errors import InputError

VERSION = 1
"""Of the format; a datasheet of another version is measured again."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Conditions(_Frozen):
    """Where a circuit is measured, and what it is asked for."""

    corner: str
    temperature: float = Field(description="degrees Celsius")
    supply_voltage: PositiveFloat = Field(description="V")
    unit_current: PositiveFloat = Field(description="A")


class Readings(_Frozen):
    """Figures measured under one set of conditions."""

    conditions: Conditions
    figures: dict[str, float] = Field(description="figure -> value in the unit of figures.py")
    absent: dict[str, str] = Field(default={}, description="figure -> why it has no value")


class Device(_Frozen):
    """A transistor of a template that deviates from its equals."""

    type: Literal["nfet", "pfet"]
    width: PositiveFloat = Field(description="m, of one of the parallel transistors")
    length: PositiveFloat = Field(description="m")
    units: PositiveFloat = Field(default=1, description="parallel transistors")


class Sensitivity(_Frozen):
    """How a figure follows one device, in the domain of the figure (`Figure.domain`).

    Of ``log`` figures it is the derivative of ``ln(figure)``, of others that of the figure.
    """

    dvth: float = Field(default=0.0, description="per V of threshold voltage")
    dbeta: float = Field(default=0.0, description="per 1 of relative current factor")


class Prediction(_Frozen):
    """How well the sensitivities predict SPICE: Monte Carlo draws of the whole cell."""

    draws: NonNegativeInt
    r2: float = Field(description="coefficient of determination")
    rms_error: float = Field(description="rms of predicted minus measured, over the spread")
    spread: float = Field(description="standard deviation over the draws, unit of the figure")
    mean: float = Field(description="over the draws, unit of the figure")


Scope = Literal["full", "network"]
"""How much of a datasheet there is: all of it, or what a network at nominal conditions needs."""


class Provenance(_Frozen):
    """What a datasheet was made from; `content` is the hash that it is found by."""

    content: str = Field(description="hash of everything below but version and command")
    template: str = Field(description="hash of the texts of the template and of those around it")
    technology: str = Field(description="hash of the device cards and the description")
    models: str = Field(default="", description="hash of a foundry's models; empty without any")
    testbench: str = Field(description="hash of the code that measures")
    ngspice: str
    hwsim: str
    command: str
    scope: Scope = Field(
        default="full",
        description="full; network: nominal figures and sensitivities alone, without grid, "
        "predictions, retention and times over the overdrive",
    )


class HasDeviation(Protocol):
    """What `Datasheet.predict` takes of a device's deviation: V and relative."""

    @property
    def dvth(self) -> float:
        """V, positive weakens."""
        ...

    @property
    def dbeta(self) -> float:
        """Relative."""
        ...


class Datasheet(_Frozen):
    """What one template does on one technology."""

    format: Literal["hwsim-datasheet"] = "hwsim-datasheet"
    version: Literal[1] = 1
    template: str
    kind: str
    technology: str
    settings: dict[str, float] = Field(
        description="what the cell was asked for: units of threshold, level, stages"
    )
    conditions: Conditions = Field(description="of `nominal` and the sensitivities")
    nominal: dict[str, float] = Field(description="figure -> value in the unit of figures.py")
    absent: dict[str, str] = Field(default={}, description="figure -> why it has no value")
    grid: tuple[Readings, ...] = Field(
        default=(), description="over corner, temperature, supply voltage and unit current"
    )
    devices: dict[str, Device] = Field(description="path in the template -> transistor")
    sensitivities: dict[str, dict[str, Sensitivity]] = Field(
        default={}, description="figure -> device path; devices without any effect are left out"
    )
    prediction: dict[str, Prediction] = {}
    area: PositiveFloat = Field(description="m2, of all gates")
    transistors: NonNegativeInt
    curves: dict[str, tuple[float, ...]] = Field(
        default={}, description="arrays for the plot: hysteresis loop or ladder at nominal"
    )
    provenance: Provenance

    def predict(self, figure: str, deviations: Mapping[str, HasDeviation]) -> float:
        """A figure of a cell whose devices deviate, from the sensitivities.

        Args:
            figure: one that has sensitivities.
            deviations: device path -> its deviation; the others have none.

        Raises:
            InputError: a figure without sensitivities.
        """
        if figure not in self.sensitivities:
            raise InputError(
                f"the datasheet of {self.template} has no sensitivities of '{figure}'",
                hint=f"it has those of {', '.join(self.sensitivities)}",
            )
        change = math.fsum(
            each.dvth * deviations[path].dvth + each.dbeta * deviations[path].dbeta
            for path, each in self.sensitivities[figure].items()
            if path in deviations
        )
        if find_figure(self.kind, figure).domain == "log":
            return self.nominal[figure] * math.exp(change)
        return self.nominal[figure] + change


def datasheet_json(datasheet: Datasheet) -> str:
    """A datasheet as the text of its file."""
    return datasheet.model_dump_json(indent=1) + "\n"


def read_datasheet(path: Path) -> Datasheet:
    """Read a datasheet file.

    Raises:
        InputError: unreadable, or not of this format and version.
    """
    try:
        return Datasheet.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    except ValidationError as error:
        raise InputError(first_complaint(error), where=str(path)) from None
