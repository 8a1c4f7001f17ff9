"""The slowest decision of a network, against times worked out by hand."""

import pytest

from hwsim.characterization.grid import NOMINAL
from hwsim.characterization.store import shipped_path
from hwsim.chips.datasheets import datasheets_of
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.datasheet import read_datasheet
from hwsim.studies.explore.switching import Switching, slowest_decision, slowness

AT = NOMINAL.conditions


@pytest.fixture(scope="module")
def ladder():
    return read_datasheet(shipped_path("cmru_ladder", "generic180"))


@pytest.fixture(scope="module")
def comparator():
    return read_datasheet(shipped_path("fq_bmru_9t", "generic180"))


def test_a_ladder_decides_in_the_measured_time(network, compiled, ladder):
    """A threshold of the datasheet's own size takes the datasheet's own time."""
    settings = ladder.settings
    design = compiled(network(units=2), bits=6)
    stage = design.cells[0]
    units = int(settings["threshold"])
    cell = stage.cell.model_copy(update={"threshold_units": (units, 2 * units)})
    stages = tuple(
        each.model_copy(update={"cell": cell}) if each.name == stage.name else each
        for each in design.stages
    )
    assert design.reference_units == settings["reference_units"]
    design = design.model_copy(update={"stages": stages})
    for overdrive in (0.1, 0.3, 1.0, 3.0):
        found = slowest_decision(design, {"cmru": ladder}, AT, overdrive)
        (measured,) = ladder.curves[f"time_up_{overdrive:g}"]
        assert found.time == pytest.approx(measured)
        assert found.window == pytest.approx(0.6 * 5e-3)


def test_a_comparator_decides_up_and_down(network, compiled, comparator):
    """Falling is slower: its threshold is the smaller one, and it has the whole step."""
    design = compiled(network("fq_bmru", units=3))
    cell = design.cells[0].cell
    unit = 1e-9 / design.reference_units
    up = comparator.nominal["rise_charge"] / (min(cell.threshold_units) * unit)
    low = min(t - w for t, w in zip(cell.threshold_units, cell.width_units, strict=True))
    down = comparator.nominal["fall_charge"] / (low * unit)
    found = slowest_decision(design, {"fq_bmru": comparator}, AT, 1.0)
    assert found.time == pytest.approx(max(up, down))
    assert found.window == 5e-3


def test_between_measured_overdrives_the_charge_is_interpolated(ladder):
    tenth, third = (
        ladder.curves[f"time_up_{each}"][0] * each / ladder.curves["time_up_1"][0]
        for each in (0.1, 0.3)
    )
    middle = slowness(ladder, "time_up", (0.1 * 0.3) ** 0.5)
    assert middle == pytest.approx((tenth * third) ** 0.5)
    assert slowness(ladder, "time_up", 0.01) == pytest.approx(tenth)
    assert slowness(ladder, "time_up", 1.0) == pytest.approx(1.0)
    assert slowness(ladder.model_copy(update={"curves": {}}), "time_up", 0.1) == 1.0


def test_half_the_current_takes_about_twice_the_time(design):
    sheets = datasheets_of(load_circuits(design))
    half = AT.model_copy(update={"unit_current": 0.5e-9})
    change = {"unit_current": 0.5e-9}
    slower = design.model_copy(update={"operating": design.operating.model_copy(update=change)})
    here, there = slowest_decision(design, sheets, AT), slowest_decision(slower, sheets, half)
    assert there.time == pytest.approx(2 * here.time, rel=0.05)
    assert there.window == here.window


def test_the_window_is_enough_or_not():
    assert Switching(time=1.0, window=1.0).is_fast_enough
    assert not Switching(time=1.1, window=1.0).is_fast_enough
