"""The analytic supply current against branches counted by hand."""

import numpy as np
import pytest

from hwsim.design.wiring import REFERENCE
from hwsim.engines.supply import supply_currents

EYE = np.eye(2)
TENSORS = {
    "input.weight": EYE,
    "input.bias": [0.0, 0.0],
    "blocks.0.candidate.weight": EYE,
    "blocks.0.candidate.bias": [0.0, 0.0],
    "blocks.0.cell.beta": [0.5, 0.5],
    "blocks.0.cell.alpha": [0.25, 0.25],
    "blocks.0.output.weight": EYE,
    "blocks.0.output.bias": [0.0, 0.0],
    "readout.weight": EYE,
    "readout.bias": [0.0, 0.0],
}


def estimate(design, values, level):
    """Supply currents of one step in which unit 0 of each stage has the given sum."""
    sums, states = {}, {}
    for stage in design.stages:
        sums[stage.name] = np.zeros((1, 1, stage.size))
        sums[stage.name][0, 0, 0] = values.get(stage.name, 0.0)
        states[stage.name] = None
        if stage.cell is not None:
            states[stage.name] = np.zeros((1, 1, stage.size), dtype=np.int64)
            states[stage.name][0, 0, 0] = level
    return {name: float(v[0, 0]) for name, v in supply_currents(design, sums, states).items()}


@pytest.fixture(scope="module")
def ladder(network, compiled):
    return compiled(network(tensors=TENSORS))


@pytest.fixture(scope="module")
def comparator(network, compiled):
    return compiled(network("fq_bmru", tensors=TENSORS | {"blocks.0.cell.beta_low": [0.25, 0.25]}))


def test_the_reference_draws_the_unit_current_and_its_copy(ladder):
    assert estimate(ladder, {}, 0)[REFERENCE] == 2.0


def test_a_row_draws_its_sources_and_a_turn_its_copy(ladder):
    idle, busy = estimate(ladder, {}, 0), estimate(ladder, {"input": 1.0}, 0)
    # weight 1 from x+ = 1: a source of 15/15 into the row, and the turn-around of x+
    assert busy["hidden"] - idle["hidden"] == pytest.approx(1.0)
    assert busy["input"] - idle["input"] == pytest.approx(1.0)
    # a negative input comes out of the P diode, is turned to N, and sinks in the row for nothing
    below = estimate(ladder, {"input": -1.0}, 0)
    assert below["input"] - idle["input"] == pytest.approx(2.0)
    assert below["hidden"] - idle["hidden"] == pytest.approx(0.0)


def test_keep_alive_currents_are_counted_once_a_line_and_once_for_the_replica(ladder):
    keep = ladder.stage("hidden").keep_alive_units / ladder.reference_units
    assert keep == 0.125
    idle = estimate(ladder, {}, 0)
    # each unit: the source of its plus line, the diode of its minus line; then the replica; and
    # the turned lines that rows need: two of plus (sources), two of minus (skip), one of keep
    lines = 2 * 2 * keep + keep
    turned = sum(keep for _ in range(4))
    assert idle["hidden"] == pytest.approx(lines + turned)


def test_a_ladder_draws_its_comparators_and_its_levels(ladder):
    cell = ladder.cells[0].cell
    threshold = cell.threshold_units[0] / 16
    level = cell.level_units / 16 * ladder.measured["cmru"]["level"]
    idle = estimate(ladder, {}, 0)["cells_1"]
    up = estimate(ladder, {"cells_1": 2.0}, 0)["cells_1"] - idle
    assert up == pytest.approx(threshold)
    small = estimate(ladder, {"cells_1": 0.1}, 0)["cells_1"] - idle
    assert small == pytest.approx(0.1)
    # below: the P diode of the splitter, and its copy into the comparator
    down = estimate(ladder, {"cells_1": -2.0}, 0)["cells_1"] - idle
    assert down == pytest.approx(2.0 + threshold)
    # a level that is written at 0.6 of the step flows out of its P diode for the rest of it
    alone = estimate(ladder, {}, 2)["cells_1"] - idle
    assert alone == pytest.approx(0.4 * 2 * level)
    # a negative one also in the turn-around of its line, for the rows that sink it
    alone = estimate(ladder, {}, -2)["cells_1"] - idle
    assert alone == pytest.approx(2 * 0.4 * 2 * level)


def test_a_comparator_draws_its_threshold_its_feedback_and_its_level(comparator):
    stage = comparator.cells[0]
    cell, reference = stage.cell, comparator.reference_units
    threshold = cell.threshold_units[0] / reference
    width = cell.width_units[0] / reference
    level = cell.level_units / reference * comparator.measured["fq_bmru"]["level"]
    idle = estimate(comparator, {}, 0)["cells_1"]
    below = estimate(comparator, {"cells_1": 0.1}, 0)["cells_1"] - idle
    assert below == pytest.approx(0.1 + 0.1)  # the turned candidate and the input mirror
    held = estimate(comparator, {"cells_1": threshold}, 1)["cells_1"] - idle
    assert held == pytest.approx(threshold + threshold + width + level)
