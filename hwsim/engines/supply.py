"""Supply current of a network from its signals: every branch that hangs on the supply, added up.

A branch is a P mirror into a summing node, the P diode of a line, or a copy in a turn-around.
What a node gets beyond its sinks flows to ground in a diode that costs nothing more; what it
lacks comes through the P diode of the splitter. All in unit currents; the branches of the cells
follow the currents of their comparators.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, FqBmruCell, Stage
from hwsim.design.wiring import (
    REFERENCE,
    UNIT_LINE,
    Line,
    Part,
    needed_ends,
    parts,
    row_mirrors,
    turned_lines,
)
from hwsim.engines.trace import Floats, Integers

State = Integers | None

Bundle = tuple[str, Part]
"""The lines of one part of the signals of a stage."""


def supply_currents(
    design: Design,
    sums: Mapping[str, Floats],
    states: Mapping[str, State],
) -> dict[str, Floats]:
    """`SupplyModel.currents` of a design that is asked once."""
    return SupplyModel(design).currents(sums, states)


class SupplyModel:
    """The branches of a design that hang on the supply.

    Args:
        design: the network.
    """

    def __init__(self, design: Design) -> None:
        self._design = design
        self._shares = {stage.name: _shares(design, stage) for stage in design.stages}

    def currents(
        self, sums: Mapping[str, Floats], states: Mapping[str, State]
    ) -> dict[str, Floats]:
        """Current from the supply by part of the chip.

        Args:
            sums: sum currents by stage, unit currents, [sequence, step, ..., unit].
            states: states by stage, [sequence, step, ..., unit], None where there are no cells.

        Returns:
            Unit currents, mean of each step, [sequence, step, ...], for the reference and each
            stage.
        """
        design = self._design
        shape = sums[design.stages[0].name].shape[:-1]
        bundles = _bundle_currents(design, sums, states)
        result = {REFERENCE: np.full(shape, 2.0)}
        for stage in design.stages:
            shares, constant = self._shares[stage.name]
            total = np.full(shape, constant)
            for bundle, share in shares.items():
                total += bundles[bundle] @ share
            total += _unit_currents(design, stage, sums[stage.name], states[stage.name])
            result[stage.name] = total
        return result


def _shares(design: Design, stage: Stage) -> tuple[dict[Bundle, Floats], float]:
    """What a stage draws from the supply for each unit of current of each line, and always.

    Returns:
        By bundle, [unit of the source]; and unit currents.
    """
    shares: defaultdict[Bundle, Floats] = defaultdict(lambda: np.zeros(0))
    constant = 0.0

    def add(line: Line, gain: float) -> None:
        nonlocal constant
        if line.part in ("keep", "unit"):
            constant += gain * _constant(design, line)
            return
        bundle = (line.stage, line.part)
        if bundle not in shares:
            shares[bundle] = np.zeros(design.stage(line.stage).size)
        shares[bundle][line.unit] += gain

    for unit in range(stage.size):
        for mirror in row_mirrors(design, stage, unit):
            if mirror.units > 0:
                add(mirror.line, mirror.units / _diode_units(design, mirror.line))
    if stage.kind != "output":
        for line in turned_lines(stage, needed_ends(design)):
            add(line, 1.0)
    return dict(shares), constant


def _diode_units(design: Design, line: Line) -> int:
    if line == UNIT_LINE:
        return design.reference_units
    return design.stage(line.stage).diode_units


def _constant(design: Design, line: Line) -> float:
    """Current of a line that does not move, unit currents."""
    if line == UNIT_LINE:
        return 1.0
    return design.stage(line.stage).keep_alive_units / design.reference_units


def _bundle_currents(
    design: Design, sums: Mapping[str, Floats], states: Mapping[str, State]
) -> dict[Bundle, Floats]:
    """Currents of all lines that signals drive, unit currents, of the shape of the sums."""
    bundles: dict[Bundle, Floats] = {}
    for stage in design.stages:
        if stage.kind == "output":
            continue
        keep = stage.keep_alive_units / design.reference_units
        signed = _signed(design, stage, sums[stage.name], states[stage.name])
        for part in parts(stage):
            values = np.maximum(signed if part == "plus" else -signed, 0.0) + keep
            bundles[stage.name, part] = values
    return bundles


def _signed(design: Design, stage: Stage, total: Floats, state: State) -> Floats:
    """Signed output of a stage, mean over the step: a clocked level changes in its middle."""
    if stage.cell is None or state is None:
        return total
    level = stage.cell.level_units / design.reference_units
    if isinstance(stage.cell, FqBmruCell):
        return np.asarray(state * level)
    before = np.concatenate([np.zeros_like(state[:, :1]), state[:, :-1]], axis=1)
    written = 1.0 - design.operating.write_fraction
    return np.asarray(level * (written * state + (1.0 - written) * before))


def _unit_currents(design: Design, stage: Stage, total: Floats, state: State) -> Floats:
    """What the units of a stage draw beside their rows and turn-arounds."""
    shape = total.shape[:-1]
    keep = 2 * stage.keep_alive_units * stage.size / design.reference_units
    if stage.keep_alive_units:
        keep += stage.keep_alive_units / design.reference_units
    if stage.kind in ("input", "splitter"):
        return np.asarray(np.maximum(-total, 0.0).sum(axis=-1) + keep)
    cell = stage.cell
    if isinstance(cell, CmruCell):
        threshold = np.asarray(cell.threshold_units) / design.reference_units
        plus, minus = np.maximum(total, 0.0), np.maximum(-total, 0.0)
        comparators = np.minimum(plus, threshold) + np.minimum(minus, threshold) + minus
        level = np.abs(_signed(design, stage, total, state))
        shared = cell.level_units / design.reference_units
        return np.asarray((comparators + level).sum(axis=-1) + shared)
    if isinstance(cell, FqBmruCell) and state is not None:
        return _comparator_currents(design, cell, total, state)
    return np.zeros(shape)


def _comparator_currents(
    design: Design, cell: FqBmruCell, total: Floats, state: Integers
) -> Floats:
    """The rectifier's copy, the input mirror against the threshold, feedback and output."""
    reference = design.reference_units
    candidate = np.maximum(total, 0.0)
    threshold = np.asarray(cell.threshold_units) / reference
    width = np.asarray(cell.width_units) / reference
    level = cell.level_units / reference
    state_node = np.minimum(candidate + state * width, threshold)
    return np.asarray((candidate + state_node + state * (width + level)).sum(axis=-1))
