"""The hardware description: one object that three engines run and the netlist writer draws.

All currents inside a design are in *unit currents*: 1.0 is `Operating.unit_current` amperes.
All weights are integer numbers of unit transistors, as they will be laid out.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Literal, Self

from pydantic import Field, FiniteFloat, PositiveFloat, PositiveInt, model_validator

from hwsim.checkpoints.header import Normalisation
from hwsim.design.stage import Frozen, Stage
from hwsim.foundation.errors import InputError


class Readout(Frozen):
    """How a decision is taken from the currents of the output stage."""

    over: Literal["mean", "last"] = Field(
        description="mean over the steps of a sequence, or its last step"
    )
    classes: tuple[str, ...]


class Operating(Frozen):
    """The operating point that the design was compiled for."""

    unit_current: PositiveFloat = Field(description="A")
    step: PositiveFloat = Field(description="duration of one time step, s")
    supply_voltage: PositiveFloat = Field(description="V")
    write_fraction: float = Field(
        gt=0.1, lt=0.95, description="moment of the step at which the clocked cells decide"
    )


class Measured(Frozen):
    """Figures of a circuit template, from its datasheet at nominal conditions.

    Ratios are over what the design asks for, charges are in coulomb: a decision takes its charge
    over the excess of the candidate. `hwsim.circuits.figures` says what each figure means.
    """

    template: str
    datasheet: str = Field(description="content hash of the datasheet")
    figures: dict[str, FiniteFloat]

    def __getitem__(self, figure: str) -> float:
        """A figure by name.

        Raises:
            InputError: the datasheet has none of that name.
        """
        try:
            return self.figures[figure]
        except KeyError:
            raise InputError(
                f"the datasheet of {self.template} has no '{figure}'",
                hint="`hwsim template check` says what is wrong with the circuit",
            ) from None


class Provenance(Frozen):
    """What made the design."""

    hwsim: str = Field(description="version of hwsim")
    checkpoint: str = Field(description="SHA-256 of the checkpoint's content")
    task: str
    bits: PositiveInt = Field(description="bits of a weight, sign included")


class Design(Frozen):
    """The hardware description of one network."""

    format: Literal["hwsim-design"] = "hwsim-design"
    version: Literal[1] = 1
    name: str
    technology: str
    templates: dict[str, str] = Field(description="circuit template of each kind of circuit")
    operating: Operating
    reference_units: PositiveInt = Field(
        description="unit transistors in the diode of the unit-current line"
    )
    inputs: Normalisation = Field(description="from raw data to input currents in unit currents")
    readout: Readout
    measured: dict[str, Measured] = Field(
        description="figures of the cells' templates, by kind of cell"
    )
    stages: tuple[Stage, ...] = Field(min_length=2, description="in the order of the signal")
    provenance: Provenance

    def stage(self, name: str) -> Stage:
        """The stage of that name; `KeyError` if there is none."""
        return {stage.name: stage for stage in self.stages}[name]

    @property
    def cells(self) -> tuple[Stage, ...]:
        """The stages of hysteretic cells, in the order of the signal."""
        return tuple(stage for stage in self.stages if stage.cell is not None)

    @model_validator(mode="after")
    def _feeds_forward(self) -> Self:
        sizes: dict[str, int] = {}
        for stage in self.stages:
            for connection in stage.connections:
                if connection.source not in sizes:
                    raise ValueError(
                        f"stage {stage.name}: no earlier stage is named {connection.source}"
                        f"{_loop(self.stages)}"
                    )
                widths = {len(row) for row in connection.units + connection.learned}
                if widths != {sizes[connection.source]}:
                    raise ValueError(
                        f"stage {stage.name}: rows from {connection.source} have "
                        f"{sorted(widths)} weights for {sizes[connection.source]} units"
                    )
            if stage.name in sizes:
                raise ValueError(f"two stages are named {stage.name}")
            sizes[stage.name] = stage.size
        if self.stages[0].kind != "input" or self.stages[-1].kind != "output":
            raise ValueError("the first stage must be an input and the last one an output")
        without = [s.name for s in self.cells if s.kind not in self.measured]
        if without:
            raise ValueError(f"stage {without[0]}: no measured figures of its cells")
        if self.stages[0].size != len(self.inputs.mean):
            raise ValueError("inputs.mean and the input stage have different sizes")
        if self.stages[-1].size != len(self.readout.classes):
            raise ValueError("readout.classes and the output stage have different sizes")
        return self


def _loop(stages: tuple[Stage, ...]) -> str:
    """Stages that read each other in a loop, for a message; nothing when there is none."""
    graph = {stage.name: {each.source for each in stage.connections} for stage in stages}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return f" ({' -> '.join(error.args[1])} is a loop)"
    return ""
