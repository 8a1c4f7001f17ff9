"""What datasheets add to the supply power of cells, against sums by hand."""

import numpy as np
import pytest

from hwsim.engines.trace import StageTrace, Trace
from hwsim.studies.cell_power import cells_own_power

STEP, SUPPLY, UNIT = 5e-3, 1.2, 1e-9


def states_of(design, states, lengths):
    """A trace of the only stage of cells, all cells alike: [sequence][step]."""
    stage = design.cells[0]
    array = np.repeat(np.array(states)[..., None], stage.size, axis=2)
    trace = StageTrace(np.zeros(array.shape), array)
    return Trace("given", design.operating.step, np.array(lengths), {stage.name: trace})


def test_a_ladder_leaks_by_its_level_and_pays_for_steps_and_strobes(
    network, compiled, shipped_sheet
):
    design = compiled(network("saturating_cmru", units=2), step=STEP)
    sheet = shipped_sheet(
        "cmru_ladder",
        supply_rest=1e-12,
        supply_top=4e-12,
        supply_bottom=7e-12,
        energy_transition=2e-13,
        energy_clock=1e-13,
    )
    # Levels 1, 3, 3 and 0, -3; the last step of the second sequence is none.
    trace = states_of(design, [[1, 3, 3], [0, -3, 3]], [3, 2])
    found = cells_own_power(design, {"cmru": sheet}, trace, sheet.conditions)
    leakage = (2e-12 + 4e-12 + 4e-12 + 1e-12 + 7e-12) / 5
    moved = (1 + 2 + 0 + 0 + 3) / 5
    each = SUPPLY * leakage + (2e-13 * moved + 1e-13) / STEP
    assert found == pytest.approx(2 * each)


def test_a_set_comparator_costs_what_exceeds_the_asked_current(network, compiled, shipped_sheet):
    design = compiled(network("fq_bmru", units=2))
    asked_there = UNIT * (64 + 32 + 16) / 32
    sheet = shipped_sheet("fq_bmru_9t", supply_off=3e-13, supply_on=1.1 * asked_there)
    trace = states_of(design, [[0, 1, 1, 1]], [4])
    found = cells_own_power(design, {"fq_bmru": sheet}, trace, sheet.conditions)
    cell = design.cells[0].cell
    asked = [
        UNIT / design.reference_units * (threshold + width + cell.level_units)
        for threshold, width in zip(cell.threshold_units, cell.width_units, strict=True)
    ]
    wanted = SUPPLY * sum(0.25 * 3e-13 + 0.75 * 0.1 * each for each in asked)
    assert found == pytest.approx(wanted)
