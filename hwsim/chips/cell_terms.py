"""Trip points and levels of the cells of a stage, as terms of a chip's numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.chips.chip_map import ChipMap
from hwsim.chips.gains import Gains
from hwsim.chips.influence import Drives, Influence, combined, datasheet_drive
from hwsim.chips.instances import Instance, StageInstances
from hwsim.chips.inversion import Drive
from hwsim.circuits.datasheet import Datasheet
from hwsim.design.stage import CmruCell, FqBmruCell

Slots = NDArray[np.int64]

_NUMBER = re.compile(r"(.*\D)(\d+)")


@dataclass(frozen=True, slots=True)
class CellSlots:
    """Where the numbers of the cells of a stage are.

    Attributes:
        upper: [unit].
        lower: [unit].
        levels: [unit, level].
    """

    upper: Slots
    lower: Slots
    levels: Slots


@dataclass(frozen=True, slots=True)
class CellTerms:
    """Adds the terms of the cells of one stage.

    Attributes:
        gains: of the chip.
        instances: of the stage.
        chip: where terms go.
    """

    gains: Gains
    instances: StageInstances
    chip: ChipMap

    def ladders(self, cell: CmruCell) -> CellSlots:
        """Cells on ladders; the level of a stage adds to all levels beyond it."""
        size, half = self.instances.stage.size, cell.half_range
        slots = self._reserve(size, 2 * half + 1)
        lines = {**self.gains.bias, "level_n": self._level_line(cell)}
        for unit in range(size):
            instance = self.instances.cell(unit)
            asked = self._asked(cell.threshold_units[unit])
            for figure, slot, sign in (
                ("trip_up", slots.upper[unit], 1.0),
                ("trip_down", slots.lower[unit], -1.0),
            ):
                drives = self._drives("threshold", asked)
                influence = self._influence(instance, figure, lines, drives=drives)
                self.chip.add({int(slot): sign}, asked * self._figure(figure), influence)
            self._steps(cell, instance, slots.levels[unit], lines)
        return slots

    def _steps(
        self,
        cell: CmruCell,
        instance: Instance,
        levels: Slots,
        lines: Mapping[str, Influence],
    ) -> None:
        """What the stages of one ladder add to its levels, [level]."""
        half = cell.half_range
        asked = self._asked(cell.level_units) / self._copies
        for stage in range(1, 2 * half + 1):
            figure, names = ladder_step(self.gains.datasheets["cmru"], stage, half)
            beyond, sign = (levels[stage:], 1.0) if stage > half else (levels[:stage], -1.0)
            self.chip.add(
                {int(slot): sign for slot in beyond},
                asked * self._figure(figure),
                self._influence(instance, figure, lines, names),
            )

    def comparators(self, cell: FqBmruCell) -> CellSlots:
        """Hysteretic comparators; the falling threshold is the rising one minus the width."""
        size = self.instances.stage.size
        slots = self._reserve(size, 2)
        for unit in range(size):
            instance = self.instances.cell(unit)
            high = self._asked(cell.threshold_units[unit])
            width = self._asked(cell.width_units[unit])
            level = self._asked(cell.level_units) / self._copies
            lines = {**self.gains.bias, "candidate_p": self._candidate_line(unit, high)}
            upper, lower, output = slots.upper[unit], slots.lower[unit], slots.levels[unit, 1]
            candidate, feedback = self._drive("threshold", high), self._drive("width", width)
            for figure, asked, where, drives in (
                ("threshold_high", high, {upper: 1.0, lower: 1.0}, _branches(candidate, candidate)),
                ("width", width, {lower: -1.0}, _branches(candidate, feedback)),
                ("level", level, {output: 1.0}, datasheet_drive),
            ):
                self.chip.add(
                    {int(slot): factor for slot, factor in where.items()},
                    asked * self._figure(figure),
                    self._influence(instance, figure, lines, drives=drives),
                )
        return slots

    def _reserve(self, size: int, levels: int) -> CellSlots:
        return CellSlots(
            self.chip.reserve(size), self.chip.reserve(size), self.chip.reserve(size, levels)
        )

    @property
    def _kind(self) -> str:
        return self.instances.stage.kind

    def _figure(self, name: str) -> float:
        return self.gains.figure(self._kind, name)

    @property
    def _copies(self) -> float:
        """Gain of the mirror in the figure of the level: that of cells that have the diode."""
        return 1.0 if self.instances.line_diode(0, "plus") is not None else self.gains.source

    def _influence(
        self,
        instance: Instance,
        figure: str,
        lines: Mapping[str, Influence],
        names: Mapping[str, str] | None = None,
        drives: Drives = datasheet_drive,
    ) -> Influence:
        """Of the cell's transistors, and of the lines that some of them hang on."""
        influences = self.gains.influences
        followed = [
            (influences.exponent(instance, figure, role, names), influence)
            for role, influence in lines.items()
        ]
        return combined((1.0, influences.of(instance, figure, names, drives)), *followed)

    def _asked(self, units: int) -> float:
        """What a number of unit transistors on the unit line asks for, unit currents."""
        return units / self.gains.design.reference_units

    def _drive(self, setting: str, asked: float) -> Drive:
        """Currents of transistors of the cell that carry what is asked for.

        Args:
            setting: of the cell's testbench.
            asked: here, unit currents.
        """
        here = asked * self.gains.conditions.unit_current
        return Drive(here, self.gains.asked_at(self._kind, setting))

    def _drives(self, setting: str, asked: float) -> Drives:
        """The transistors that hang on no line of the network."""
        drive = self._drive(setting, asked)
        return lambda role: drive if role is None else None

    def _level_line(self, cell: CmruCell) -> Influence:
        """The level current of a stage: a source on the unit line, and the diode it flows into."""
        here = self._asked(cell.level_units) * self.gains.conditions.unit_current
        drive = Drive(here, self.gains.measured_at("mirror", "reference_units"))
        _, source = self.gains.mirror(self.instances.level_source(cell.level_units))
        diode = self.gains.diode(self.instances.level_diode(), lambda _role: drive)
        return combined((1.0, self.gains.bias["unit_p"]), (1.0, source), (1.0, diode))

    def _candidate_line(self, unit: int, threshold: float) -> Influence:
        """A rectified candidate on its P line, over the current into the summing node.

        Three unit transistors carry the candidate: at the threshold, that is where it counts.
        """
        if not self.instances.takes_candidate:
            return {}
        here = threshold * self.gains.conditions.unit_current
        mirrors = Drive(here, self.gains.measured_at("mirror", "reference_units"))
        diodes = Drive(here, self.gains.measured_at("relu", "units"))
        rectifier = self.gains.rectifier(self.instances.rectifier(unit), lambda _role: diodes)
        _, copy = self.gains.mirror(self.instances.candidate_copy(unit), lambda _role: mirrors)
        diode = self.gains.diode(self.instances.candidate_diode(unit), lambda _role: mirrors)
        return combined((1.0, rectifier), (1.0, copy), (1.0, diode))


def _branches(candidate: Drive, inside: Drive) -> Drives:
    """The input of a comparator, and what hangs on no line of the network."""
    return lambda role: candidate if role == "candidate_p" else inside if role is None else None


def ladder_step(
    datasheet: Datasheet, stage: int, half_range: int
) -> tuple[str, Mapping[str, str] | None]:
    """The figure that stands for a stage of a ladder, and the transistors that it follows.

    A datasheet holds a ladder of some length. A longer or shorter one is made of the same stages:
    the stage as far from the middle as in the datasheet, or the last one of that side, stands for
    it, with the numbers in the names of the transistors changed.

    Args:
        datasheet: of a ladder.
        stage: from 1.
        half_range: K of the design.

    Returns:
        The figure, and transistor in the datasheet -> transistor of the design, None for the same.
    """
    measured = int(datasheet.settings["half_range"])
    if measured == half_range:
        return f"step_{stage}", None
    if stage > half_range:
        like = measured + min(stage - half_range, measured)
    else:
        like = measured + 1 - min(half_range + 1 - stage, measured)
    figure = f"step_{like}"
    names = {}
    for path in datasheet.sensitivities.get(figure, {}):
        head, dot, rest = path.partition(".")
        match = _NUMBER.fullmatch(head)
        if match is None:
            names[path] = path
        elif int(match[2]) == like:
            names[path] = f"{match[1]}{stage}{dot}{rest}"
    return figure, names
