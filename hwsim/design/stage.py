"""A stage of the hardware description: equal units, their mirrors, and what they do with a sum."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

IntMatrix = tuple[tuple[int, ...], ...]
FloatMatrix = tuple[tuple[FiniteFloat, ...], ...]
Tap = Literal["signed", "rectified"]
UnitKind = Literal["input", "splitter", "relu", "fq_bmru", "cmru", "output"]


class Frozen(BaseModel):
    """Base of every part of a design: immutable, and no field beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Connection(Frozen):
    """Mirrors from every unit of an earlier stage into every unit of this one.

    ``I_j += sum_k units[j][k] / diode_units(source) * I_source,k``
    """

    source: str = Field(description="name of an earlier stage")
    tap: Tap = Field(
        description="signed: both lines of the source; rectified: its positive line alone (ReLU)"
    )
    units: IntMatrix = Field(description="[this unit][source unit] unit transistors, signed")
    learned: FloatMatrix = Field(
        description="[this unit][source unit] the software weight that the units stand for"
    )


class CmruCell(Frozen):
    """Saturating CMRU on a clocked thermometer ladder.

    ``level <- clip(level + [c > beta] - [c < -beta], -K, K)``, output ``level * I_level``.
    """

    kind: Literal["cmru"] = "cmru"
    half_range: PositiveInt = Field(description="K: levels run from -K to K")
    threshold_units: tuple[PositiveInt, ...] = Field(
        description="beta of each cell, in unit_current / reference_units"
    )
    level_units: PositiveInt = Field(
        description="current of one level, in unit_current / reference_units"
    )
    threshold_learned: tuple[PositiveFloat, ...] = Field(description="software beta of each cell")
    level_learned: tuple[PositiveFloat, ...] = Field(description="software alpha of each cell")


class FqBmruCell(Frozen):
    """First-quadrant BMRU, a hysteretic current comparator without a clock.

    ``h = I_level if c > beta_high; 0 if c < beta_high - width; else unchanged``, ``c = ReLU(I)``.
    """

    kind: Literal["fq_bmru"] = "fq_bmru"
    threshold_units: tuple[PositiveInt, ...] = Field(
        description="rising threshold of each cell, in unit_current / reference_units"
    )
    width_units: tuple[PositiveInt, ...] = Field(
        description="rising minus falling threshold, in unit_current / reference_units"
    )
    level_units: PositiveInt = Field(
        description="output current when set, in unit_current / reference_units"
    )
    threshold_learned: tuple[PositiveFloat, ...] = Field(description="software beta_high")
    threshold_low_learned: tuple[FiniteFloat, ...] = Field(description="software beta_low")
    level_learned: tuple[PositiveFloat, ...] = Field(description="software alpha of each cell")


Cell = Annotated[CmruCell | FqBmruCell, Field(discriminator="kind")]


class Stage(Frozen):
    """A layer of equal units: a summing node each, and what the unit does with the sum.

    ``I_j = sum of connections + bias_units[j] / reference_units`` (in unit currents), then

    - ``splitter``: two lines, ``max(I, 0)`` and ``max(-I, 0)``;
    - ``relu``: one line, ``max(I, 0)``;
    - ``cmru``, ``fq_bmru``: the candidate of a hysteretic cell, see `Cell`;
    - ``output``: the current leaves the chip;
    - ``input``: a splitter whose current comes from outside.

    ``I_j = row_scale[j] * (the software value of the same sum)``.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: UnitKind
    size: PositiveInt = Field(description="number of units")
    diode_units: PositiveInt = Field(
        description="unit transistors in the diode of each line that a unit drives"
    )
    keep_alive_units: int = Field(
        default=0,
        ge=0,
        description="current kept in both lines of a splitter, in unit_current / reference_units; "
        "it bounds the time in which a line dies and cancels in what the line drives",
    )
    row_scale: tuple[PositiveFloat, ...] = Field(
        description="unit currents that stand for a software 1.0, per unit"
    )
    connections: tuple[Connection, ...] = ()
    bias_units: tuple[int, ...] = Field(
        default=(), description="per unit, signed, in unit_current / reference_units"
    )
    bias_learned: tuple[FiniteFloat, ...] = Field(default=(), description="software bias per unit")
    cell: Cell | None = None

    @model_validator(mode="after")
    def _sizes_agree(self) -> Self:
        per_unit: dict[str, tuple[object, ...]] = {"row_scale": self.row_scale}
        if self.kind != "input":
            per_unit |= {"bias_units": self.bias_units, "bias_learned": self.bias_learned}
        for connection in self.connections:
            per_unit[f"units from {connection.source}"] = connection.units
            per_unit[f"learned from {connection.source}"] = connection.learned
        if self.cell is not None:
            per_unit["threshold_units"] = self.cell.threshold_units
            per_unit["threshold_learned"] = self.cell.threshold_learned
            per_unit["level_learned"] = self.cell.level_learned
        if isinstance(self.cell, FqBmruCell):
            per_unit["width_units"] = self.cell.width_units
            per_unit["threshold_low_learned"] = self.cell.threshold_low_learned
        for what, values in per_unit.items():
            if len(values) != self.size:
                raise ValueError(f"stage {self.name}: {what}: {len(values)} for {self.size} units")
        if (self.cell.kind if self.cell else None) != (
            self.kind if self.kind in ("cmru", "fq_bmru") else None
        ):
            raise ValueError(f"stage {self.name}: kind {self.kind} and its cell do not match")
        return self
