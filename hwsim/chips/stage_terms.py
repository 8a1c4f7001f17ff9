"""The numbers of one stage of a chip: rows of mirrors, turned lines, keep-alive, cells."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.chips.cell_terms import CellSlots, CellTerms, Slots
from hwsim.chips.chip_map import ChipMap
from hwsim.chips.gains import Gains
from hwsim.chips.influence import Influence, combined
from hwsim.chips.instances import StageInstances
from hwsim.design.stage import CmruCell, FqBmruCell, Stage
from hwsim.design.wiring import (
    REFERENCE,
    Line,
    LineEnd,
    Mirror,
    Part,
    Polarity,
    native_polarity,
    parts,
    row_mirrors,
)


@dataclass(frozen=True, slots=True)
class StageSlots:
    """Where the numbers of a stage are; attributes as of `StageParameters`."""

    ends: tuple[LineEnd, ...]
    gain: Slots
    bias_push: Slots
    bias_pull: Slots
    turned: tuple[Line, ...]
    turn_gain: Slots
    keep_parts: tuple[Part, ...]
    keep: Slots
    cells: CellSlots | None


class StageTerms:
    """Adds the terms of one stage to the numbers of a chip.

    Args:
        gains: of the chip.
        stage: one of the design's.
        chip: where terms go.
    """

    def __init__(self, gains: Gains, stage: Stage, chip: ChipMap) -> None:
        self._gains = gains
        self._stage = stage
        self._chip = chip
        self._instances: StageInstances = gains.circuit.stages[stage.name]
        self._rows = [row_mirrors(gains.design, stage, unit) for unit in range(stage.size)]

    def slots(self) -> StageSlots:
        """Add everything and say where it is."""
        stage, chip = self._stage, self._chip
        ends = tuple(sorted({m.end for row in self._rows for m in row if _is_signal(m.line)}))
        turned = self._instances.turned
        keep_parts = parts(stage) if stage.keep_alive_units else ()
        slots = StageSlots(
            ends=ends,
            gain=chip.reserve(stage.size, len(ends)),
            bias_push=chip.reserve(stage.size),
            bias_pull=chip.reserve(stage.size),
            turned=turned,
            turn_gain=chip.reserve(len(turned)),
            keep_parts=keep_parts,
            keep=chip.reserve(stage.size, len(keep_parts)),
            cells=self._cells(),
        )
        for unit, row in enumerate(self._rows):
            for mirror in row:
                self._mirror(slots, unit, mirror)
        for index, line in enumerate(turned):
            gain, influence = self._gains.turn(self._instances, line)
            chip.add({int(slots.turn_gain[index]): 1.0}, gain, influence)
        for unit in range(stage.size):
            for index, part in enumerate(keep_parts):
                self._keep_alive(int(slots.keep[unit, index]), unit, part)
        return slots

    def _cells(self) -> CellSlots | None:
        terms = CellTerms(self._gains, self._instances, self._chip)
        match self._stage.cell:
            case CmruCell() as cell:
                return terms.ladders(cell)
            case FqBmruCell() as cell:
                return terms.comparators(cell)
            case _:
                return None

    def _mirror(self, slots: StageSlots, unit: int, mirror: Mirror) -> None:
        """A mirror into a summing node: a gain of its line, or a bias where the line is one."""
        gains, line = self._gains, mirror.line
        gain, influence = gains.mirror(self._instances.row(unit, mirror))
        whole = combined((1.0, influence), (1.0, gains.end(mirror.end)))
        units = abs(mirror.units)
        if _is_signal(line):
            ratio = units / gains.design.stage(line.stage).diode_units
            slot = slots.gain[unit, slots.ends.index(mirror.end)]
            sign = 1.0 if mirror.units > 0 else -1.0
            self._chip.add({int(slot): sign}, ratio * gain, whole)
            return
        current, upstream = self._constant(mirror.end)
        slot = (slots.bias_push if mirror.units > 0 else slots.bias_pull)[unit]
        total = combined((1.0, whole), (1.0, upstream))
        self._chip.add({int(slot): 1.0}, units * current * gain, total)

    def _constant(self, end: LineEnd) -> tuple[float, Influence]:
        """Current per unit transistor of the diode of a line that does not change in time.

        What moves it is that of the current into the diode; for the unit lines, whose diode is
        part of the bias, it is all in `Gains.end`.
        """
        gains, line = self._gains, end.line
        if line.stage == REFERENCE:
            return gains.unit_current(end.polarity) / gains.design.reference_units, {}
        source = gains.circuit.stages[line.stage]
        current, influence = gains.keep_current(source.stage)
        if end.polarity != native_polarity(source.stage, line.part):
            gain, turn = gains.turn(source, line)
            current, influence = current * gain, combined((1.0, influence), (1.0, turn))
        return current / source.stage.diode_units, influence

    def _keep_alive(self, slot: int, unit: int, part: Part) -> None:
        """The mirror that keeps a line alive."""
        gains = self._gains
        instance = self._instances.keep_alive(unit, part)
        side: Polarity = "p" if instance.part == "source" else "n"
        gain, influence = gains.mirror(instance)
        per_unit = gains.unit_current(side) * gain / gains.design.reference_units
        value = self._stage.keep_alive_units * per_unit
        self._chip.add(
            {slot: 1.0}, value, combined((1.0, influence), (1.0, gains.bias[f"unit_{side}"]))
        )


def _is_signal(line: Line) -> bool:
    return line.part in ("plus", "minus")
