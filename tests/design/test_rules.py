import numpy as np
import pytest

from hwsim.design.rules import Limits, check_design

LIMITS = Limits(
    device_current=1e-8,
    leakage=1e-13,
    hot_leakage=1e-11,
    gate_capacitance=1e-14,
    slope_factor=1.4,
)


def with_limits(**changes):
    return Limits(**{name: getattr(LIMITS, name) for name in LIMITS.__slots__} | changes)


def findings(design, **changes):
    found = check_design(design, with_limits(**changes))
    return {(f.rule, f.message.split(":")[0]): f for f in found}


@pytest.fixture(scope="module")
def ladder(network, compiled):
    return compiled(
        network(
            tensors={
                "input.weight": [[1.0, 0.0], [0.0, 1.0]],
                "input.bias": [0.0, 0.0],
                "blocks.0.candidate.weight": [[1.0, 0.0], [0.0, 1.0]],
                "blocks.0.candidate.bias": [0.0, 0.5],
                "blocks.0.cell.beta": [0.5, 0.8],
            }
        )
    )


def test_a_decision_takes_its_charge_over_the_excess_current(ladder):
    rule = ("switching time", "cells_1")
    smallest = ladder.cells[0].cell.threshold_units[0] * 1e-9 / 16
    found = [f for f in check_design(ladder, LIMITS) if f.rule == "switching time"]
    assert [f.value for f in found] == pytest.approx([2e-14 / smallest, 2e-13 / smallest])
    assert findings(ladder)[rule].severity == "ok"
    # the write comes at 0.6 of a step of 5 ms
    figures = ladder.measured["cmru"].figures | {"decision_charge": 3e-3 * smallest * 1.01}
    measured = {"cmru": ladder.measured["cmru"].model_copy(update={"figures": figures})}
    slow = check_design(ladder.model_copy(update={"measured": measured}), LIMITS)
    assert [f.severity for f in slow if f.rule == "switching time"] == ["error", "warning"]


def test_leakage_counts_where_sources_and_sinks_differ_in_number(ladder):
    # the keep-alive replica balances the weights of both rows; the bias of row 1 is left
    bias, threshold = round(15 / 8 * 0.5 * 16), round(15 / 8 * 0.8 * 16)
    found = findings(ladder, hot_leakage=2e-11)["leakage", "cells_1"]
    assert found.value == pytest.approx(bias * 2e-11 / (threshold * 1e-9 / 16))
    assert found.severity == "warning"
    assert findings(ladder, hot_leakage=1e-12)["leakage", "cells_1"].severity == "ok"
    cold = threshold * 1e-9 / 16 / bias
    below = findings(ladder, leakage=0.99 * cold, hot_leakage=2e-11)
    assert below["leakage", "cells_1"].severity == "warning"
    assert findings(ladder, leakage=1.01 * cold)["leakage", "cells_1"].severity == "error"


def test_the_largest_current_is_four_deviations_of_independent_inputs(ladder):
    # weight 15/15, spread over the 8 transistors of the diode
    found = findings(ladder)["current range", "hidden"]
    assert found.value == pytest.approx(4e-9 / 8)
    # a cell takes its candidate in one transistor; its bias adds as another independent current
    bias = ladder.cells[0].bias_units[1] / 16
    cells = findings(ladder)["current range", "cells_1"]
    assert cells.value == pytest.approx(4e-9 * np.hypot(15 / 8, bias))
    for factor, severity in ((1.01, "ok"), (0.99, "warning"), (0.099, "error")):
        limits = {"device_current": cells.value * factor}
        assert findings(ladder, **limits)["current range", "cells_1"].severity == severity
    assert ("current range", "logits") not in findings(ladder)


def test_weights_on_the_grid_of_the_mirrors_have_no_quantisation_error(network, compiled):
    eye = np.eye(2)
    design = compiled(
        network(
            tensors={
                "input.weight": eye,
                "blocks.0.candidate.weight": eye,
                # output: alpha / level * weight = 0.5 * 0.25 / (2 / 16)
                "blocks.0.cell.alpha": np.full(2, 0.25),
                "blocks.0.output.weight": eye,
                "readout.weight": eye,
            }
        )
    )
    (found,) = [f for f in check_design(design, LIMITS) if f.rule == "quantisation"]
    # only the skip is off its grid: half of 15 units is 7.5
    squares = 2 + 2 * (15 / 8) ** 2 + 2 * 1.0 + 2 * 0.25 + 2 * 1.0
    skip = design.stage("sum_1").connections[0].units[0][0] / design.stage("hidden").diode_units
    assert found.value == pytest.approx(np.sqrt(2 * (skip - 0.5) ** 2 / squares), abs=0.01)


def test_fewer_bits_are_told_as_a_larger_error(network, compiled):
    values = []
    for bits in (3, 5, 7):
        design = compiled(network(units=4), bits=bits)
        (found,) = [f for f in check_design(design, LIMITS) if f.rule == "quantisation"]
        values.append(found.value)
    assert values[0] > values[1] > values[2]


def test_a_dying_line_is_slower_with_more_gates_on_it(ladder):
    found = findings(ladder)["slow tails", "cells_1"]
    # hidden[0] plus: a diode of 8, 15 units in the cells' row and 8 in the skip
    hung = 15 + abs(ladder.stage("sum_1").connections[0].units[0][0])
    tail = 1e-14 * (8 + hung) * 1.4 * 0.02585 / 3e-3 * 15 / 8
    assert found.value == pytest.approx(tail / (15 * 1e-9 / 16))
    assert findings(ladder, gate_capacitance=1e-12)["slow tails", "cells_1"].severity == "warning"


def test_a_ladder_behind_a_ladder_lags_a_step(network, compiled):
    rules = findings(compiled(network(blocks=2)))
    assert rules["strobe", "cells_1"].severity == "ok"
    assert rules["strobe", "cells_2"].severity == "warning"
    assert rules["strobe", "cells_2"].value == 1
    comparators = findings(compiled(network("fq_bmru", blocks=2)))
    assert not [rule for rule, _ in comparators if rule == "strobe"]
