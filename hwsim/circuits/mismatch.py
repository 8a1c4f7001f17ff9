"""Differences between equal transistors of one chip, after Pelgrom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat

from hwsim.foundation.errors import InputError
from hwsim.foundation.quantities import format_quantity

DeviceType = Literal["nfet", "pfet"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviations of one transistor.

    Attributes:
        vth: of the threshold voltage, V.
        beta: of the relative current factor.
    """

    vth: float
    beta: float


class Pelgrom(BaseModel):
    """Constants of one type of transistor: ``sigma = a / sqrt(effective area)``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    a_vth: PositiveFloat = Field(description="V m")
    a_beta: PositiveFloat = Field(description="m, of the relative current factor")


class Mismatch(BaseModel):
    """Pelgrom's model of one technology, for single transistors, not for differences of pairs.

    M. J. M. Pelgrom, A. C. J. Duinmaijer, A. P. G. Welbers, "Matching properties of MOS
    transistors", IEEE Journal of Solid-State Circuits 24(5), 1989, with the effective sizes that
    foundries put in the place of the drawn ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(description="where the constants come from")
    nfet: Pelgrom
    pfet: Pelgrom
    width_offset: float = Field(default=0.0, description="m, effective minus drawn width")
    length_offset: float = Field(default=0.0, description="m, effective minus drawn length")

    def spread(self, device: DeviceType, width: float, length: float, units: int = 1) -> Spread:
        """Standard deviations of a transistor.

        Args:
            device: its type.
            width: drawn, of one unit, m.
            length: drawn, m.
            units: equal transistors in parallel, each with its own deviation.

        Raises:
            InputError: drawn sizes that the offsets leave nothing of.
        """
        effective_width = width + self.width_offset
        effective_length = length + self.length_offset
        if effective_width <= 0 or effective_length <= 0:
            size = f"{format_quantity(width, 'm')}/{format_quantity(length, 'm')}"
            raise InputError(f"a transistor of {size} is too small for this technology")
        constants = self.nfet if device == "nfet" else self.pfet
        root = math.sqrt(effective_width * effective_length * units)
        return Spread(constants.a_vth / root, constants.a_beta / root)
