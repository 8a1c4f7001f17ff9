"""Readings held to a specification."""

import math

import pytest

from hwsim.circuits.datasheet import Conditions, Readings
from hwsim.circuits.specification import Limits
from hwsim.studies.template_verdict import conditions_of, judge

NOMINAL = Conditions(corner="tt", temperature=27, supply_voltage=1.2, unit_current=1e-9)


def at(corner="tt", temperature=27, supply=1.2, absent=None, **figures):
    place = NOMINAL.model_copy(
        update={"corner": corner, "temperature": temperature, "supply_voltage": supply}
    )
    return Readings(conditions=place, figures=figures, absent=absent or {})


def line(limits, *readings, name="level", everywhere=False):
    """One line; what `readings` say of a place comes before what all other places say."""
    wanted = {name: Limits(**limits)}
    others = (
        []
        if everywhere
        else [
            Readings(conditions=place, figures={"level": 1.0})
            for place in conditions_of(wanted, NOMINAL)
        ]
    )
    return judge(wanted, [*readings, *others], NOMINAL)[0]


def test_the_range_the_typical_value_and_the_worst_place_are_told():
    found = line(
        {"min": 0.8, "max": 1.2},
        at(level=1.01),
        at("ff", 85, 1.08, level=0.85),
        at("ss", 0, 1.32, level=1.1),
    )
    assert (found.least, found.typical, found.most) == (0.85, 1.01, 1.1)
    assert found.worst_place == "ff 85 C 1.08 V"
    assert found.passed
    assert found.record()["pass"] is True


@pytest.mark.parametrize("value", [0.79, 1.21])
def test_one_value_beyond_a_limit_fails_the_line(value):
    found = line({"min": 0.8, "max": 1.2}, at(level=1.0), at("fs", level=value))
    assert not found.passed
    assert found.worst_place == "fs 27 C 1.2 V"


@pytest.mark.parametrize("value", [0.8, 1.2])
def test_a_limit_itself_is_met(value):
    assert line({"min": 0.8, "max": 1.2}, at(level=value)).passed


def test_a_figure_that_could_not_be_measured_fails_with_its_reason():
    found = line({"max": 1.2}, at(level=1.0), at("ff", 85, absent={"level": "never switches"}))
    assert not found.passed
    assert found.reason == "never switches"
    assert found.worst_place == "ff 85 C 1.2 V"
    assert found.most == 1.0
    assert math.isnan(line({"max": 1.2}, at(other=1.0), name="level").typical)


def test_a_reason_comes_before_places_that_were_not_tried():
    found = line({"max": 1.2}, at(absent={"level": "never switches"}), everywhere=True)
    assert found.reason == "never switches"
    assert found.worst_place == "tt 27 C 1.2 V"


def test_a_figure_fails_where_it_was_not_measured():
    found = line({"max": 1.2}, at(level=1.0), everywhere=True)
    assert not found.passed
    assert found.typical == 1.0
    assert found.reason == "not measured there"
    assert found.worst_place == "tt 0 C 1.2 V"


def test_conditions_that_the_limits_leave_out_do_not_count():
    limits = {"max": 1.2, "corners": ("tt",), "temperatures": (27,), "supply_spread": 0.0}
    elsewhere = [
        at(level=1.0),
        at("ff", level=9.0),
        at(temperature=85, level=9.0),
        at(supply=1.08, level=9.0),
    ]
    assert line(limits, *elsewhere, everywhere=True).passed
    assert not line({"max": 1.2}, at(level=1.0), at("ff", level=9.0)).passed
    other = NOMINAL.model_copy(update={"unit_current": 1e-8})
    assert line(
        {"max": 1.2}, at(level=1.0), Readings(conditions=other, figures={"level": 9})
    ).passed


def test_the_places_of_a_specification_are_those_of_its_lines_once():
    everywhere = conditions_of({"a": Limits(max=1), "b": Limits(max=1)}, NOMINAL)
    assert len(everywhere) == 5 * 3 * 3
    assert all(everywhere.count(each) == 1 for each in everywhere)
    assert everywhere[0] == NOMINAL
    assert {each.supply_voltage for each in everywhere} == {1.2, 1.2 * 0.9, 1.2 * 1.1}
    few = Limits(max=1, corners=("ff",), temperatures=(85,), supply_spread=0)
    assert [each.corner for each in conditions_of({"a": few}, NOMINAL)] == ["tt", "ff"]
