"""Trip points and levels of the cells of a stage, as terms of a chip's numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.chips.chip_map import ChipMap
from hwsim.chips.gains import Gains
from hwsim.chips.influence import Influence, combined
from hwsim.chips.instances import Instance, StageInstances
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
        reference = self.gains.design.reference_units
        slots = self._reserve(size, 2 * half + 1)
        datasheet = self.gains.datasheets["cmru"]
        lines = self._lines() | {"level_n": self._level_line(cell)}
        for unit in range(size):
            instance = self.instances.cell(unit)
            asked = cell.threshold_units[unit] / reference
            up = self._influence(instance, "trip_up", lines)
            down = self._influence(instance, "trip_down", lines)
            self.chip.add({int(slots.upper[unit]): 1.0}, asked * self._figure("trip_up"), up)
            self.chip.add({int(slots.lower[unit]): -1.0}, asked * self._figure("trip_down"), down)
            for stage in range(1, 2 * half + 1):
                figure, names = ladder_step(datasheet, stage, half)
                value = cell.level_units / reference * self._figure(figure)
                beyond = range(stage, 2 * half + 1) if stage > half else range(stage)
                sign = 1.0 if stage > half else -1.0
                self.chip.add(
                    {int(slots.levels[unit, index]): sign for index in beyond},
                    value / self._copies,
                    self._influence(instance, figure, lines, names),
                )
        return slots

    def comparators(self, cell: FqBmruCell) -> CellSlots:
        """Hysteretic comparators; the falling threshold is the rising one minus the width."""
        size = self.instances.stage.size
        reference = self.gains.design.reference_units
        slots = self._reserve(size, 2)
        for unit in range(size):
            instance = self.instances.cell(unit)
            lines = self._lines() | {"candidate_p": self._candidate_line(unit)}
            for figure, units, where in (
                (
                    "threshold_high",
                    cell.threshold_units[unit],
                    {slots.upper[unit]: 1.0, slots.lower[unit]: 1.0},
                ),
                ("width", cell.width_units[unit], {slots.lower[unit]: -1.0}),
                ("level", cell.level_units, {slots.levels[unit, 1]: 1.0 / self._copies}),
            ):
                self.chip.add(
                    {int(slot): factor for slot, factor in where.items()},
                    units / reference * self._figure(figure),
                    self._influence(instance, figure, lines),
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
    ) -> Influence:
        """Of the cell's transistors, and of the lines that some of them hang on."""
        influences = self.gains.influences
        followed = [
            (influences.exponent(instance, figure, role, names), influence)
            for role, influence in lines.items()
        ]
        return combined((1.0, influences.of(instance, figure, names)), *followed)

    def _lines(self) -> dict[str, Influence]:
        return dict(self.gains.bias)

    def _level_line(self, cell: CmruCell) -> Influence:
        """The level current of a stage: a source on the unit line, and the diode it flows into."""
        _, source = self.gains.mirror(self.instances.level_source(cell.level_units))
        diode = self.gains.diode(self.instances.level_diode())
        return combined((1.0, self.gains.bias["unit_p"]), (1.0, source), (1.0, diode))

    def _candidate_line(self, unit: int) -> Influence:
        """A rectified candidate on its P line, over the current into the summing node."""
        if not self.instances.takes_candidate:
            return {}
        rectifier = self.gains.influences.of(self.instances.rectifier(unit), "gain")
        _, copy = self.gains.mirror(self.instances.candidate_copy(unit))
        diode = self.gains.diode(self.instances.candidate_diode(unit))
        return combined((1.0, rectifier), (1.0, copy), (1.0, diode))


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
