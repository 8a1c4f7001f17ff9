"""What the power model takes from datasheets, from readings written by hand."""

import pytest

from hwsim.chips.datasheets import datasheets_of
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.datasheet import Conditions
from hwsim.engines.supply_figures import supply_figures
from hwsim.foundation.errors import InputError

AT = Conditions(corner="tt", temperature=27.0, supply_voltage=1.2, unit_current=1e-9)


def altered(sheet, corner, temperature, **figures):
    """A datasheet with figures changed in the grid, at every supply voltage."""
    grid = tuple(
        each.model_copy(update={"figures": each.figures | figures})
        if (each.conditions.corner, each.conditions.temperature) == (corner, temperature)
        else each
        for each in sheet.grid
    )
    return sheet.model_copy(update={"grid": grid})


@pytest.fixture(scope="module")
def ladder(network, compiled):
    return compiled(network())


@pytest.fixture(scope="module")
def sheets(ladder):
    return dict(datasheets_of(load_circuits(ladder)))


def test_leakage_is_that_of_a_unit_transistor(ladder, sheets):
    leak = sheets["splitter"].nominal["leak_current"]
    units = sheets["splitter"].settings["units"]
    assert supply_figures(ladder, sheets, AT).idle["n"] == pytest.approx(leak / units / 1e-9)


def test_sources_leak_as_the_corners_with_one_fast_polarity_say(ladder, sheets):
    hot = AT.model_copy(update={"corner": "ff", "temperature": 85.0})
    splitter = altered(sheets["splitter"], "sf", 85.0, leak_current=3e-12)
    splitter = altered(splitter, "fs", 85.0, leak_current=12e-12)
    splitter = altered(splitter, "ff", 85.0, leak_current=16e-12)
    found = supply_figures(ladder, sheets | {"splitter": splitter}, hot)
    assert found.idle["n"] == pytest.approx(1e-3)
    assert found.idle["p"] == pytest.approx(0.25e-3)


def test_without_these_corners_sources_leak_as_sinks(ladder, sheets):
    alone = sheets["splitter"].model_copy(update={"grid": ()})
    found = supply_figures(ladder, sheets | {"splitter": alone}, AT)
    assert found.idle["p"] == found.idle["n"]


def test_gains_are_free_of_leakage_far_above_it(ladder, sheets):
    hot = AT.model_copy(update={"corner": "ff", "temperature": 85.0})
    found = supply_figures(ladder, sheets, hot)
    # measured: a sink carries 10 % more than asked, nearly all of it leakage
    assert 1.08 < found.gain["n"] < 1.11
    assert 1.0 < found.far["n"] * found.gain["n"] < 1.03


def test_the_unit_current_is_as_measured_where_it_was_measured(ladder, sheets):
    hot = AT.model_copy(update={"corner": "ff", "temperature": 85.0})
    same = ladder.model_copy(update={"reference_units": 32})
    found = supply_figures(same, sheets, hot)
    assert found.source() == pytest.approx(1.0)
    assert found.sink() == pytest.approx(1.0)
    small = supply_figures(same, sheets, hot.model_copy(update={"unit_current": 1e-10}))
    assert small.source() > 1.05
    assert small.sink() > small.source()


def test_figures_of_cells_are_in_unit_currents(ladder, sheets):
    cell = sheets["cmru"].model_copy(
        update={
            "nominal": sheets["cmru"].nominal
            | {
                "supply_rest": 1e-12,
                "supply_top": 2e-12,
                "supply_bottom": 3e-12,
                "energy_transition": 1.2e-13,
                "energy_clock": 5e-14,
            }
        }
    )
    found = supply_figures(ladder, sheets | {"cmru": cell}, AT)
    own = found.cell(ladder.cells[0])
    assert (own.rest, own.top, own.bottom) == pytest.approx((1e-3, 2e-3, 3e-3))
    assert own.transition * 1e-9 * 1.2 == pytest.approx(1.2e-13)
    assert found.clock_energy(ladder) == pytest.approx(5e-14 * ladder.cells[0].size)


def test_a_missing_figure_is_told(ladder, sheets):
    cell = sheets["cmru"]
    empty = {k: v for k, v in cell.nominal.items() if k != "energy_clock"}
    cell = cell.model_copy(update={"nominal": empty, "grid": ()})
    with pytest.raises(InputError, match="no figure 'energy_clock'"):
        supply_figures(ladder, sheets | {"cmru": cell}, AT)
