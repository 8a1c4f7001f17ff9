"""What the power model takes from datasheets: leakage, gains far above it, and the cells' own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hwsim.chips.interpolation import figure_at
from hwsim.circuits.datasheet import Conditions, Datasheet
from hwsim.design.design import Design
from hwsim.design.stage import FqBmruCell, Stage
from hwsim.design.wiring import Polarity
from hwsim.engines.supply_leakage import excess_of

SUPPLY_FIGURES: Mapping[str, tuple[str, ...]] = {
    "cmru": ("supply_rest", "supply_top", "supply_bottom", "energy_transition", "energy_clock"),
    "fq_bmru": ("supply_off", "supply_on"),
}
"""What is read of the datasheet of each kind of cell."""

FAST_SOURCES, FAST_SINKS = "sf", "fs"
"""Corners in which one polarity is fast and the other slow, the N first in their names."""


@dataclass(frozen=True, slots=True)
class CellFigures:
    """What a cell draws by itself, unit currents of charge and current, J of energy.

    Attributes:
        rest: without a candidate at level 0, or clear.
        top: at the highest level of a ladder, in place of `rest`.
        bottom: at its lowest level.
        held: current of a set comparator over the asked one.
        transition: charge of a step of a ladder, unit current s.
        clock: energy of the clock of one cell in one step.
    """

    rest: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    held: float = 1.0
    transition: float = 0.0
    clock: float = 0.0


@dataclass(frozen=True, slots=True)
class SupplyFigures:
    """Figures of a chip under its conditions; unit currents.

    Attributes:
        idle: what a unit transistor of a mirror carries whose line has no drive, by polarity.
        gain: of mirrors, as the datasheet has it.
        far: gain of mirrors far above their leakage, over that.
        asked: current of a unit transistor on the line of the unit current.
        measured: the same where the datasheet's corners were measured.
        cells: by stage of cells.
    """

    idle: Mapping[Polarity, float] = field(default_factory=lambda: {"n": 0.0, "p": 0.0})
    gain: Mapping[Polarity, float] = field(default_factory=lambda: {"n": 1.0, "p": 1.0})
    far: Mapping[Polarity, float] = field(default_factory=lambda: {"n": 1.0, "p": 1.0})
    asked: float = 1.0
    measured: float = 1.0
    cells: Mapping[str, CellFigures] = field(default_factory=dict)

    def source(self, units: float = 1.0) -> float:
        """Current of a source on the line of the unit current, over what a datasheet says.

        Corners were measured at one unit current, at which less of a current is leakage than at a
        smaller one.

        Args:
            units: unit transistors whose current flows into one, further on.
        """
        return self._there("p", self.asked * units) / self._there("p", self.measured * units)

    def sink(self, units: float = 1.0) -> float:
        """The same of a sink on the N line of the unit current, which is a copy of the P line."""
        sink = self._there("n", self.asked * units) / self._there("n", self.measured * units)
        return sink * self.source()

    def _there(self, side: Polarity, drive: float) -> float:
        """Gain of mirrors whose diodes carry a current."""
        return self.far[side] * self.gain[side] + excess_of(drive, self.idle[side]) / drive

    def cell(self, stage: Stage) -> CellFigures:
        """Of the cells of a stage."""
        return self.cells.get(stage.name, CellFigures())

    def clock_energy(self, design: Design) -> float | None:
        """Energy of the clock of all cells in one step, J; None where no datasheet says it."""
        if not self.cells:
            return None
        return sum(self.cells[stage.name].clock * stage.size for stage in design.cells)


def supply_figures(
    design: Design, datasheets: Mapping[str, Datasheet], at: Conditions
) -> SupplyFigures:
    """The figures of a design's templates.

    Args:
        design: the network.
        datasheets: by kind of template.
        at: conditions of the chip.

    Raises:
        InputError: conditions that were not measured, or a datasheet without its supply figures.
    """

    def figure(kind: str, name: str) -> float:
        return figure_at(datasheets[kind], name, at)

    mirror = datasheets["mirror"]
    idle = _idle(datasheets["splitter"], at)
    gain: dict[Polarity, float] = {
        "n": figure("mirror", "gain_sink"),
        "p": figure("mirror", "gain_source"),
    }
    # Corners were measured at the nominal unit current alone: their gains hold what leaks there.
    there = mirror.conditions.unit_current / at.unit_current
    measured = there / mirror.settings["reference_units"]
    far: dict[Polarity, float] = {
        side: 1.0 - excess_of(measured, idle[side]) / measured / each for side, each in gain.items()
    }
    cells = {stage.name: _cell(datasheets[stage.kind], stage, at, figure) for stage in design.cells}
    return SupplyFigures(idle, gain, far, 1.0 / design.reference_units, measured, cells)


def _idle(splitter: Datasheet, at: Conditions) -> dict[Polarity, float]:
    """Leakage of unit transistors.

    Datasheets hold that of the leakier polarity, nearly always the N. How much less the P leaks
    follows from the corners in which one of the two is slow: P over N, both fast.
    """
    leak = figure_at(splitter, "leak_current", at) / splitter.settings["units"] / at.unit_current
    measured = {each.conditions.corner for each in splitter.grid}
    share = 1.0
    if {FAST_SOURCES, FAST_SINKS} <= measured:
        fast_p, fast_n = (
            figure_at(splitter, "leak_current", at.model_copy(update={"corner": corner}))
            for corner in (FAST_SOURCES, FAST_SINKS)
        )
        share = min(fast_p / fast_n, 1.0)
    return {"n": leak, "p": leak * share}


def _cell(
    sheet: Datasheet, stage: Stage, at: Conditions, figure: Callable[[str, str], float]
) -> CellFigures:
    unit = at.unit_current
    found = {name: figure(stage.kind, name) for name in SUPPLY_FIGURES[stage.kind]}
    if isinstance(stage.cell, FqBmruCell):
        settings = sheet.settings
        # The state node of a set cell carries the threshold: candidate and feedback exceed it.
        units = settings["threshold"] + settings["width"] + settings["level"]
        asked = units / settings["reference_units"] * unit
        return CellFigures(rest=found["supply_off"] / unit, held=found["supply_on"] / asked)
    return CellFigures(
        rest=found["supply_rest"] / unit,
        top=found["supply_top"] / unit,
        bottom=found["supply_bottom"] / unit,
        transition=found["energy_transition"] / at.supply_voltage / unit,
        clock=found["energy_clock"],
    )
