"""A technology: device cards, corners, ranges and bias voltages, described in YAML."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat

from hwsim.circuits.cards import read_cards
from hwsim.circuits.mismatch import Mismatch
from hwsim.circuits.pdk import Pdk
from hwsim.circuits.search_path import folders_in
from hwsim.foundation.assets import shipped
from hwsim.foundation.description import find_description, read_description

VARIABLE = "HWSIM_TECHNOLOGIES"
"""Environment variable with folders of technologies, separated as in PATH; they come first."""


class Range(BaseModel):
    """A closed range of a quantity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: float
    most: float

    def __contains__(self, value: float) -> bool:
        return self.least <= value <= self.most


class BiasVoltages(BaseModel):
    """Gate voltages that follow from the threshold voltages of the devices.

    A pass device moves the summing node by its gate-source voltage, so its gate decides how much
    of the supply is left for the mirrors that drive the node. Templates of kind ``bias`` take
    these as quantities of the same names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pass_p: float = Field(description="V, gate of a splitter's P device below half the supply")
    pass_n: float = Field(description="V, gate of a splitter's N device above half the supply")
    cascode_p: PositiveFloat = Field(description="V, gate of P cascodes below the supply")
    cascode_n: PositiveFloat = Field(description="V, gate of N cascodes above ground")


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
    pdk: Pdk | None = Field(default=None, description="device models that the cards include")
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
    bias: BiasVoltages
    mismatch: Mismatch
    folder: Path = Field(exclude=True)
    pdk_root: Path | None = Field(default=None, exclude=True)

    def card_text(self) -> str:
        """The device cards, with the paths of the PDK's models where there is one.

        Raises:
            InputError: cards that do not define what a technology must, or no PDK.
        """
        models = self.pdk.locate(self.pdk_root) if self.pdk is not None else {}
        return read_cards(self.folder / self.cards, self.corners, models)

    @property
    def nominal_leakage(self) -> float:
        """Leakage of a unit transistor, typical at room temperature, A."""
        return next(iter(self.leakage.values()))

    @property
    def hottest_leakage(self) -> float:
        """Largest leakage of a unit transistor over corners and temperatures, A."""
        return max(self.leakage.values())


def _homes() -> tuple[Path, ...]:
    """Folders that technologies are looked for in, the user's first."""
    return (*folders_in(VARIABLE, "technologies"), shipped("netlists") / "technologies")


def technology_names() -> tuple[str, ...]:
    """Names of all technologies that can be found, in order."""
    entries = (entry for home in _homes() for entry in home.glob("*/technology.yaml"))
    return tuple(sorted({entry.parent.name for entry in entries}))


def load_technology(name: str, pdk_root: Path | None = None) -> Technology:
    """Load a technology by name.

    A PDK is looked for when its models are needed (`Technology.card_text`), not here: engines
    without transistors run where it is not installed.

    Args:
        name: of a folder with a ``technology.yaml``.
        pdk_root: folder of the installed PDKs; see `Pdk.locate`.

    Raises:
        InputError: no such technology, or a description that does not fit the schema.
    """
    folder = find_description("technology", name, *_homes())
    return read_description(
        folder / "technology.yaml", Technology, folder=folder, pdk_root=pdk_root
    )
