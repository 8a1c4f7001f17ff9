"""What a circuit has to do: limits of its figures, and the conditions that they hold over."""

from __future__ import annotations

import itertools
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator, model_validator

CORNERS = ("tt", "ff", "ss", "fs", "sf")
"""Process corners that a figure holds over unless it says otherwise."""

TEMPERATURES = (0.0, 27.0, 85.0)
"""Temperatures that a figure holds over unless it says otherwise, degrees Celsius."""

SUPPLY_SPREAD = 0.1
"""Relative deviation of the supply voltage that a figure holds over."""


class Limits(BaseModel):
    """One line of a specification: between which values a figure lies, and where it must.

    ``typ`` is what the designer aims at; it is shown beside the measured value and not judged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: FiniteFloat | None = None
    typ: FiniteFloat | None = None
    max: FiniteFloat | None = None
    unit: str = Field(default="", description="SI unit; empty for a ratio or a count")
    corners: tuple[str, ...] = Field(default=CORNERS, min_length=1)
    temperatures: tuple[FiniteFloat, ...] = Field(
        default=TEMPERATURES, min_length=1, description="degrees Celsius"
    )
    supply_spread: float = Field(default=SUPPLY_SPREAD, ge=0, lt=1, description="relative")

    @field_validator("corners", "temperatures")
    @classmethod
    def _are_named_once(cls, values: tuple[object, ...]) -> tuple[object, ...]:
        if len(set(values)) != len(values):
            raise ValueError("holds the same condition twice")
        return values

    @model_validator(mode="after")
    def _are_in_order(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("has neither min nor max: there is nothing to hold")
        given = [
            (word, value)
            for word, value in (("min", self.min), ("typ", self.typ), ("max", self.max))
            if value is not None
        ]
        for (lower, low), (upper, high) in itertools.pairwise(given):
            if low > high:
                raise ValueError(f"{lower} {low:g} is above {upper} {high:g}")
        return self

    def hold(self, value: float) -> bool:
        """Whether a value lies within the limits; NaN does not."""
        above = self.min is None or value >= self.min
        below = self.max is None or value <= self.max
        return above and below and value == value

    def supplies(self, nominal: float) -> tuple[float, ...]:
        """Supply voltages that the figure holds over, V, the nominal one first."""
        if self.supply_spread == 0:
            return (nominal,)
        return (nominal, nominal * (1 - self.supply_spread), nominal * (1 + self.supply_spread))
