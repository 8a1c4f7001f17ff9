"""What the behavioural engine is told of a chip."""

import numpy as np
import pytest

import hwsim.chips.parameters as module
from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.parameters import chip_parameters
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.testbench import Conditions
from hwsim.design.stage import CmruCell
from hwsim.design.wiring import row_mirrors
from hwsim.foundation.errors import InputError

ARRAYS = ("gain", "bias_push", "bias_pull", "turn_gain", "keep", "upper", "lower", "levels")
CHIPS = Population(seed=2, count=300)


@pytest.fixture(scope="module")
def nominal(shipped_one, circuits, datasheets):
    return chip_parameters(shipped_one, datasheets, circuits=circuits)


@pytest.fixture(scope="module")
def drawn(shipped_one, circuits, datasheets):
    return chip_parameters(shipped_one, datasheets, CHIPS, circuits=circuits)


def arrays(parameters):
    return {
        (name, field): value
        for name, stage in parameters.stages.items()
        for field in ARRAYS
        if (value := getattr(stage, field)) is not None
    }


def leak(datasheets):
    splitter = datasheets["splitter"]
    return splitter.nominal["leak_current"] / splitter.settings["units"] / 1e-9


def test_rows_of_the_nominal_chip_are_their_integers_times_the_mirrors(
    shipped_one, datasheets, nominal
):
    source = datasheets["mirror"].nominal["gain_source"]
    sink = datasheets["mirror"].nominal["gain_sink"]
    assert nominal.leakage_sink == pytest.approx(leak(datasheets))
    for stage in shipped_one.stages:
        found = nominal.stages[stage.name]
        gain = np.zeros_like(found.gain[0])
        push, pull = np.zeros((2, stage.size))
        for unit in range(stage.size):
            for mirror in row_mirrors(shipped_one, stage, unit):
                strength = mirror.units * (source if mirror.units > 0 else sink)
                if mirror.line.part in ("plus", "minus"):
                    diode = shipped_one.stage(mirror.line.stage).diode_units
                    gain[unit, found.ends.index(mirror.end)] = strength / diode
                    continue
                reference = shipped_one.reference_units
                if mirror.line.part == "keep":
                    kept = shipped_one.stage(mirror.line.stage)
                    current = kept.keep_alive_units / reference * source / kept.diode_units
                    current *= sink if mirror.units > 0 else 1.0  # turned to a P line
                else:
                    current = (1.0 if mirror.units > 0 else source) / reference
                push[unit] += max(strength, 0) * current
                pull[unit] += max(-strength, 0) * current
        np.testing.assert_allclose(found.gain[0], gain, rtol=1e-12)
        np.testing.assert_allclose(found.bias_push[0], push, rtol=1e-12)
        np.testing.assert_allclose(found.bias_pull[0], pull, rtol=1e-12)


def test_cells_of_the_nominal_chip_are_their_integers_times_their_figures(
    shipped_one, datasheets, nominal
):
    (stage,) = shipped_one.cells
    figures = datasheets[stage.kind].nominal
    found = nominal.stages[stage.name]
    asked = np.array(stage.cell.threshold_units) / shipped_one.reference_units
    level = stage.cell.level_units / shipped_one.reference_units
    if isinstance(stage.cell, CmruCell):
        np.testing.assert_allclose(found.upper[0], asked * figures["trip_up"])
        np.testing.assert_allclose(found.lower[0], -asked * figures["trip_down"])
        steps = [figures[f"step_{index}"] for index in range(1, 7)]
        up, down = np.cumsum(steps[3:]), -np.cumsum(steps[2::-1])[::-1]
        np.testing.assert_allclose(found.levels[0], [[*level * down, 0, *level * up]] * stage.size)
        return
    width = np.array(stage.cell.width_units) / shipped_one.reference_units * figures["width"]
    np.testing.assert_allclose(found.upper[0], asked * figures["threshold_high"])
    np.testing.assert_allclose(found.lower[0], asked * figures["threshold_high"] - width)
    set_ = level * figures["level"] / datasheets["mirror"].nominal["gain_source"]
    np.testing.assert_allclose(found.levels[0], [[0, set_]] * stage.size)


def test_keep_alive_and_turned_lines_of_the_nominal_chip(shipped_one, datasheets, nominal):
    mirror = datasheets["mirror"].nominal
    source, sink = mirror["gain_source"], mirror["gain_sink"]
    hidden = nominal.stages["hidden"]
    asked = shipped_one.stage("hidden").keep_alive_units / shipped_one.reference_units
    assert hidden.keep_parts == ("plus", "minus")
    np.testing.assert_allclose(hidden.keep[0, :, 0], asked * source)
    np.testing.assert_allclose(hidden.keep[0, :, 1], asked * source * sink)
    for line, gain in zip(hidden.turned, hidden.turn_gain[0], strict=True):
        assert gain == pytest.approx(source if line.part == "minus" else sink)


def test_without_mismatch_every_chip_is_the_nominal_one(shipped_one, circuits, datasheets, nominal):
    equal = chip_parameters(
        shipped_one, datasheets, Population(4, 3, mismatch_scale=0.0), circuits=circuits
    )
    assert (nominal.count, equal.count) == (1, 3)
    for key, value in arrays(equal).items():
        np.testing.assert_array_equal(value, np.repeat(arrays(nominal)[key], 3, axis=0))


def test_a_chip_is_the_same_in_any_batch(shipped_one, circuits, datasheets, drawn):
    """Bit for bit, also across the batches that are made inside."""
    some = chip_parameters(shipped_one, datasheets, Population(2, 5, first=126), circuits=circuits)
    for key, value in arrays(drawn).items():
        np.testing.assert_array_equal(arrays(some)[key], value[126:131])


def test_chips_scatter_around_the_nominal_one(nominal, drawn):
    for key, value in arrays(drawn).items():
        plain = arrays(nominal)[key][0]
        spread = value.std(axis=0)
        np.testing.assert_array_equal(spread > 0, plain != 0, err_msg=str(key))
        off = abs(np.median(value, axis=0) - plain)
        assert (off <= 6 * spread / np.sqrt(CHIPS.count)).all(), key


def test_a_shared_transistor_moves_all_that_hangs_on_it(
    shipped_one, circuits, datasheets, nominal, monkeypatch
):
    """The diode of the unit current: 10 mV weaker, and all biases and thresholds rise alike."""
    diode = "xnetwork.xreference.xunit_p"
    monkeypatch.setattr(module, "device_spreads", lambda *_: {diode: (0.01, 0.0)})
    found = chip_parameters(shipped_one, datasheets, Population(1, 40), circuits=circuits)
    (cells,) = shipped_one.cells
    ratios = []
    for name, field in (("hidden", "bias_push"), ("hidden", "keep"), (cells.name, "upper")):
        plain = arrays(nominal)[name, field][0]
        ratios.append((arrays(found)[name, field] / np.where(plain, plain, np.nan)).reshape(40, -1))
    logs = np.log(np.concatenate(ratios, axis=1))
    logs = logs[:, np.isfinite(logs[0])]
    assert logs.std() == pytest.approx(0.29, rel=0.25)
    np.testing.assert_allclose(logs, np.broadcast_to(logs[:, :1], logs.shape), rtol=0.02)
    np.testing.assert_array_equal(
        found.stages["hidden"].gain, nominal.stages["hidden"].gain[[0] * 40]
    )


def test_heat_makes_thresholds_count_less(shipped_one, circuits, datasheets):
    def spread(celsius):
        where = Conditions(temperature=celsius)
        found = chip_parameters(shipped_one, datasheets, CHIPS, where, circuits=circuits)
        return np.log(found.stages["hidden"].turn_gain).std(axis=0).mean()

    assert spread(0.0) / spread(85.0) == pytest.approx((85 + 273.15) / 273.15, rel=0.02)


def test_ladders_of_other_lengths_are_made_of_the_same_stages(network, compiled):
    design = compiled(network("saturating_cmru", units=2, half_range=5))
    circuits = load_circuits(design)
    sheets = datasheets_of(circuits)
    plain = chip_parameters(design, sheets, circuits=circuits).stages["cells_1"]
    assert plain.levels.shape == (1, 2, 11)
    steps = np.diff(plain.levels[0, 0])
    np.testing.assert_allclose(steps, steps[0], rtol=1e-3)
    found = chip_parameters(design, sheets, CHIPS, circuits=circuits).stages["cells_1"]
    moved = np.diff(found.levels, axis=2) / steps
    # each stage has its own transistor beside the diode that all of them share
    assert (moved.std(axis=0) > 0.05).all()
    own = np.log(moved[:, 0]) - np.log(moved[:, 0]).mean(axis=1, keepdims=True)
    np.testing.assert_allclose(np.corrcoef(own.T) - np.eye(10), -1 / 9, atol=0.3)


@pytest.mark.parametrize(
    ("conditions", "what"),
    [
        (Conditions("xx"), "unknown corner 'xx'"),
        (Conditions("tt", 90.0), "90 C is outside the range"),
        (Conditions("tt", float("nan")), "nan C is outside the range"),
    ],
)
def test_conditions_outside_the_technology_are_refused(
    shipped_one, circuits, datasheets, conditions, what
):
    with pytest.raises(InputError, match=what) as caught:
        chip_parameters(shipped_one, datasheets, None, conditions, circuits=circuits)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"supply_voltage": 1.5}, "supply voltage of 1.5 V is outside what was measured"),
        ({"unit_current": 2e-8}, "unit current of 20 nA is outside what was measured"),
    ],
)
def test_an_operating_point_outside_the_datasheets_is_refused(
    shipped_one, circuits, datasheets, change, what
):
    operating = shipped_one.operating.model_copy(update=change)
    design = shipped_one.model_copy(update={"operating": operating})
    with pytest.raises(InputError, match=what) as caught:
        chip_parameters(design, datasheets, circuits=circuits)
    assert "the datasheet goes from" in caught.value.hint
    assert "datasheet of" in caught.value.where


def test_a_datasheet_without_sensitivities_is_refused(shipped_one, circuits, datasheets):
    empty = datasheets["mirror"].model_copy(update={"sensitivities": {}})
    with pytest.raises(InputError, match="mirror_cascode has no sensitivities of 'gain_"):
        chip_parameters(shipped_one, {**datasheets, "mirror": empty}, circuits=circuits)
