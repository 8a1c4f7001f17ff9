"""Supply current of a network from its signals: every branch that hangs on the supply, added up.

A branch is a P mirror into a summing node, the P diode of a line, or a copy in a turn-around.
What a node gets beyond its sinks flows to ground in a diode that costs nothing more; what it
lacks comes through the P diode of the splitter. All in unit currents; the branches of the cells
follow the currents of their comparators.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
        shape = sums[self._design.stages[0].name].shape[:-1]
        found = self._added(sums, states, _Total(shape, 1.0, lambda values: values))
        return {REFERENCE: np.full(shape, 2.0), **found}

    def charges(
        self, sums: Mapping[str, Floats], states: Mapping[str, State], valid: NDArray[np.bool_]
    ) -> Floats:
        """Current of the whole chip summed over steps and samples, unit currents, [chip].

        The same as the sum of `currents`, of signals that are summed before they are weighed.

        Args:
            sums: sum currents by stage, unit currents, [chip, step, sample, unit].
            states: states by stage, of the same shape, None where there are no cells.
            valid: which steps count, [step, sample].
        """
        weights = valid.reshape(1, -1).astype(np.float64)
        count = float(weights.sum())

        def total(values: Floats) -> Floats:
            flat = values.reshape(values.shape[0], -1, values.shape[-1])
            return np.asarray((weights @ flat)[:, 0])

        chips = (sums[self._design.stages[-1].name].shape[0],)
        found = self._added(sums, states, _Total(chips, count, total))
        return np.asarray(2.0 * count + sum(found.values()))

    def _added(
        self, sums: Mapping[str, Floats], states: Mapping[str, State], over: _Total
    ) -> dict[str, Floats]:
        """Currents of all stages."""
        design = self._design
        drawn: dict[Bundle, Floats] = {}
        result: dict[str, Floats] = {}
        for stage in design.stages:
            total, state = sums[stage.name], states[stage.name]
            keep = over.weight * stage.keep_alive_units / design.reference_units
            if stage.kind != "output":
                sides = _sides(_signed(design, stage, total, state), over)
                drawn |= {(stage.name, part): sides[part] + keep for part in parts(stage)}
            shares, constant = self._shares[stage.name]
            result[stage.name] = np.full(over.shape, constant * over.weight)
            result[stage.name] += _unit_currents(design, stage, total, state, over)
            # A splitter's own lines are turned around in the stage itself.
            for bundle, share in shares.items():
                result[stage.name] += drawn[bundle] @ share
        return result


@dataclass(frozen=True, slots=True)
class _Total:
    """Over what currents are added up.

    Attributes:
        shape: of what is found.
        weight: what a constant counts in it.
        of: from signals [..., unit] to totals [*shape, unit] or [1, unit]; linear.
    """

    shape: tuple[int, ...]
    weight: float
    of: Callable[[Floats], Floats]


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


def _sides(signed: Floats, over: _Total) -> dict[Part, Floats]:
    """What flows in the lines of either sign."""
    plus = over.of(np.maximum(signed, 0.0))
    return {"plus": plus, "minus": plus - over.of(signed)}


def _signed(design: Design, stage: Stage, total: Floats, state: State) -> Floats:
    """Signed output of a stage, mean over the step: a clocked level changes in its middle."""
    if stage.cell is None or state is None:
        return total
    level = stage.cell.level_units / design.reference_units
    if isinstance(stage.cell, FqBmruCell):
        return np.asarray(state * level)
    late = 1.0 - design.operating.write_fraction
    signed = late * level * state
    signed[:, 1:] += (level - late * level) * state[:, :-1]
    return np.asarray(signed)


def _unit_currents(
    design: Design, stage: Stage, total: Floats, state: State, over: _Total
) -> Floats | float:
    """What the units of a stage draw beside their rows and turn-arounds."""
    keep = 2 * stage.keep_alive_units * stage.size / design.reference_units
    if stage.keep_alive_units:
        keep += stage.keep_alive_units / design.reference_units
    if stage.kind in ("input", "splitter"):
        return np.asarray(_sides(total, over)["minus"].sum(axis=-1) + keep * over.weight)
    cell = stage.cell
    if isinstance(cell, CmruCell):
        threshold = np.asarray(cell.threshold_units) / design.reference_units
        comparators = over.of(np.minimum(np.abs(total), threshold)) + _sides(total, over)["minus"]
        level = _sides(_signed(design, stage, total, state), over)
        shared = cell.level_units / design.reference_units * over.weight
        return np.asarray((comparators + level["plus"] + level["minus"]).sum(axis=-1) + shared)
    if isinstance(cell, FqBmruCell) and state is not None:
        drawn = over.of(_comparator_currents(design, cell, total, state))
        return np.asarray(drawn.sum(axis=-1))
    return 0.0


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
    return np.asarray(candidate + state_node + state * (width + level))
