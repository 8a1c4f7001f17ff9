"""Figures between the points of a datasheet."""

import math

import pytest

from hwsim.chips.interpolation import figure_at
from hwsim.circuits.datasheet import Conditions, Datasheet, Readings
from hwsim.foundation.errors import InputError

NOMINAL = Conditions(corner="tt", temperature=27.0, supply_voltage=1.2, unit_current=1e-9)


def law(where):
    """Leakage: exponential in everything, so that its logarithm is bilinear."""
    slow = {"tt": 1.0, "ff": 3.0}[where.corner]
    steep = where.temperature / 20 * (1 + where.supply_voltage)
    return slow * 1e-12 * math.exp(steep) * (where.unit_current / 1e-9) ** 0.1


@pytest.fixture(scope="module")
def sheet():
    points = [
        NOMINAL.model_copy(
            update={"corner": corner, "temperature": temperature, "supply_voltage": volts}
        )
        for corner in ("tt", "ff")
        for temperature in (0.0, 27.0, 85.0)
        for volts in (1.08, 1.2, 1.32)
    ]
    points += [NOMINAL.model_copy(update={"unit_current": value}) for value in (1e-10, 1e-8)]
    grid = [Readings(conditions=where, figures=_figures(where)) for where in points]
    return Datasheet.model_construct(
        template="toy",
        technology="generic180",
        conditions=NOMINAL,
        nominal={**_figures(NOMINAL), "candidate_noise": 1e-12},
        grid=tuple(one for one in grid if one.conditions != NOMINAL),
    )


def _figures(where):
    return {"leak": law(where), "offset": math.log(law(where) / 1e-12), "gain": 1.25}


def at(**changes):
    return NOMINAL.model_copy(update=changes)


def test_points_of_the_grid_are_exact(sheet):
    for each in sheet.grid:
        assert figure_at(sheet, "leak", each.conditions) == each.figures["leak"]
    assert figure_at(sheet, "leak", NOMINAL) == sheet.nominal["leak"]


@pytest.mark.parametrize(
    "where",
    [
        at(temperature=50.0),
        at(supply_voltage=1.1, temperature=13.0, corner="ff"),
        at(unit_current=3e-10),
        at(unit_current=3e-9, temperature=60.0, supply_voltage=1.31, corner="ff"),
    ],
)
def test_positive_figures_follow_their_logarithm_others_themselves(sheet, where):
    assert figure_at(sheet, "leak", where) == pytest.approx(law(where), rel=1e-9)
    assert figure_at(sheet, "offset", where) == pytest.approx(math.log(law(where) / 1e-12))
    assert figure_at(sheet, "gain", where) == pytest.approx(1.25)


@pytest.mark.parametrize(
    ("where", "what", "hint"),
    [
        (at(temperature=85.1), "temperature of 85.1 C", "0 C to 85 C"),
        (at(temperature=-1.0), "temperature of -1 C", "0 C to 85 C"),
        (at(supply_voltage=1.0), "supply voltage of 1 V", "1.08 V to 1.32 V"),
        (at(unit_current=2e-8), "unit current of 20 nA", "100 pA to 10 nA"),
        (at(corner="xx"), "the corner 'xx' was not measured", "measured: tt, ff"),
    ],
)
def test_what_was_not_measured_is_refused(sheet, where, what, hint):
    with pytest.raises(InputError, match=what) as caught:
        figure_at(sheet, "leak", where)
    assert caught.value.where == "datasheet of toy on generic180"
    assert hint in caught.value.hint


def test_a_figure_of_one_point_holds_there_alone(sheet):
    assert figure_at(sheet, "candidate_noise", NOMINAL) == 1e-12
    with pytest.raises(InputError, match="outside what was measured"):
        figure_at(sheet, "candidate_noise", at(temperature=50.0))


def test_an_unknown_figure_is_refused(sheet):
    with pytest.raises(InputError, match="no figure 'speed'"):
        figure_at(sheet, "speed", NOMINAL)
