"""A technology: device cards, corners, ranges and mismatch constants, described in YAML."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat

from hwsim.circuits.description import find_description, read_description
from hwsim.foundation.assets import shipped


class Range(BaseModel):
    """A closed range of a quantity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: float
    most: float

    def __contains__(self, value: float) -> bool:
        return self.least <= value <= self.most


class Mismatch(BaseModel):
    """Pelgrom constants: ``sigma = a / sqrt(W L m)``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(description="where the constants come from")
    a_vth: PositiveFloat = Field(description="V m")
    a_beta: PositiveFloat = Field(description="m, of the relative current factor")


class Technology(BaseModel):
    """One technology node as hwsim uses it.

    The cards define ``nfet`` and ``pfet`` as subcircuits ``drain gate source bulk`` with the
    parameters ``w l m dvth dbeta``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str
    cards: str = Field(description="file of the cards, beside the description")
    library: str = Field(description="name of the card file inside a netlist")
    corners: tuple[str, ...] = Field(min_length=1, description="sections of the card file")
    supply_voltage: Range = Field(description="V")
    temperature: Range = Field(description="degrees Celsius")
    step_time: Range = Field(description="s")
    unit_current: Range = Field(description="A; from leakage at the hot corner to weak inversion")
    device_current: PositiveFloat = Field(
        description="A, up to which a unit transistor is in weak inversion"
    )
    leakage: dict[str, PositiveFloat] = Field(
        description="A, drain current of a unit transistor that is off, by 'corner temperature'; "
        "the typical one at room temperature comes first"
    )
    gate_capacitance: PositiveFloat = Field(description="F, of a unit transistor in weak inversion")
    slope_factor: PositiveFloat = Field(description="n of weak inversion: I ~ exp(Vgs / (n Ut))")
    mismatch: Mismatch
    folder: Path = Field(exclude=True)

    def card_text(self) -> str:
        """The device cards."""
        return (self.folder / self.cards).read_text(encoding="utf-8")

    @property
    def nominal_leakage(self) -> float:
        """Leakage of a unit transistor, typical at room temperature, A."""
        return next(iter(self.leakage.values()))

    @property
    def hottest_leakage(self) -> float:
        """Largest leakage of a unit transistor over corners and temperatures, A."""
        return max(self.leakage.values())


def load_technology(name: str) -> Technology:
    """Load a technology by name.

    Raises:
        InputError: no such technology, or a description that does not fit the schema.
    """
    folder = find_description("technology", name, shipped("netlists") / "technologies")
    return read_description(folder / "technology.yaml", Technology, folder=folder)
