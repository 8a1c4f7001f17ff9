"""What cells draw from the supply beyond the branches that a network asks for.

The engines add up the currents that a design asks of its mirrors and cells. A circuit also leaks,
draws more or less than asked while it is set, and moves charges when it steps or is strobed: its
datasheet has these figures, and templates of one kind differ in them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hwsim.chips.interpolation import figure_at
from hwsim.circuits.datasheet import Conditions, Datasheet
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, FqBmruCell
from hwsim.engines.trace import Floats, Integers, Trace

SUPPLY_FIGURES: Mapping[str, tuple[str, ...]] = {
    "cmru": ("supply_rest", "supply_top", "supply_bottom", "energy_transition", "energy_clock"),
    "fq_bmru": ("supply_off", "supply_on"),
}
"""What is read of the datasheet of each kind of cell."""


def cells_own_power(
    design: Design, datasheets: Mapping[str, Datasheet], reference: Trace, at: Conditions
) -> float:
    """Power of all cells beyond what the design asks of them, W, mean over valid steps.

    Args:
        design: the network.
        datasheets: by kind of template.
        reference: the states that the cells go through.
        at: conditions of the chip.

    Returns:
        Negative where cells draw less than asked.

    Raises:
        InputError: conditions that were not measured, or a datasheet without its supply figures.
    """
    total = 0.0
    for stage in design.cells:
        cell, states = stage.cell, reference.stages[stage.name].state
        if cell is None or states is None:
            continue
        sheet = datasheets[cell.kind]
        found = {name: figure_at(sheet, name, at) for name in SUPPLY_FIGURES[cell.kind]}
        if isinstance(cell, CmruCell):
            total += _ladders(design, cell, found, states, reference)
        else:
            total += _comparators(design, cell, sheet, found, states[reference.mask])
    return total


def _ladders(
    design: Design,
    cell: CmruCell,
    found: Mapping[str, float],
    states: Integers,
    reference: Trace,
) -> float:
    """Leakage, linear in the level, and the charges of steps and strobes."""
    operating = design.operating
    before = np.concatenate([np.zeros_like(states[:, :1]), states[:, :-1]], axis=1)
    valid = states[reference.mask]
    steps = np.abs(valid - before[reference.mask]).mean(axis=0)
    share = valid / cell.half_range
    rest = found["supply_rest"]
    leakage = (
        rest
        + (found["supply_top"] - rest) * np.maximum(share, 0.0)
        + (found["supply_bottom"] - rest) * np.maximum(-share, 0.0)
    ).mean(axis=0)
    energy = found["energy_transition"] * steps + found["energy_clock"]
    return float(np.sum(operating.supply_voltage * leakage + energy / operating.step))


def _comparators(
    design: Design,
    cell: FqBmruCell,
    sheet: Datasheet,
    found: Mapping[str, float],
    valid: Integers,
) -> float:
    """Leakage when clear; when set, the part by which the current is not the asked one."""
    operating = design.operating
    unit = operating.unit_current / design.reference_units
    asked = unit * (np.asarray(cell.threshold_units) + cell.width_units + cell.level_units)
    settings = sheet.settings
    # The state node of a set cell carries the threshold: candidate and feedback exceed it.
    there = settings["threshold"] + settings["width"] + settings["level"]
    measured = operating.unit_current * there / settings["reference_units"]
    excess = found["supply_on"] / measured - 1.0
    is_set: Floats = (valid > 0).mean(axis=0)
    current = (1.0 - is_set) * found["supply_off"] + is_set * excess * asked
    return float(np.sum(operating.supply_voltage * current))
