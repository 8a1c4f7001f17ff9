"""The deck around a part."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.circuits.partition.part import parts_of
from hwsim.circuits.partition.part_netlist import PartNetlists
from hwsim.circuits.partition.part_testbench import LineVoltage, PartTestbench, drive_text
from hwsim.circuits.testbench import Conditions, saved_vectors


@pytest.fixture(scope="module")
def testbenches(design, circuits):
    netlists = PartNetlists(design, circuits)
    return [
        PartTestbench(design, part, netlists.of(part), circuits, Conditions())
        for part in parts_of(design, "stage")[1:]
    ]


def deck(testbench, steps=3):
    still = dict.fromkeys((*testbench.netlist.still, "unit_p", "unit_n"), 0.25)
    return testbench.text(still, steps).replace("\n+", "")


def test_parts_save_what_the_network_saves_and_their_lines(design, circuits, testbenches):
    saved = {vector for testbench in testbenches for vector in testbench.saved_vectors()}
    network = set(saved_vectors(design, circuits.templates))
    assert network - saved == {"i(vsupply_reference)"}
    lines = {f"v({node})" for testbench in testbenches for node in testbench.netlist.driven}
    assert saved - network == lines


def test_every_port_of_the_network_is_held_driven_or_loaded(testbenches):
    for testbench in testbenches:
        text = deck(testbench)
        sources = set(re.findall(r"^[VI]\S+ (?:0 )?(\S+)", text, re.MULTILINE))
        clocks = (
            set(re.search(r"^Xclock (.*) 0 ", text, re.M)[1].split()) if "Xclock" in text else set()
        )
        bias = {"unit_p", "unit_n", "gate_p", "gate_n", "cascode_p", "cascode_n", "vss"}
        driven = set(testbench.netlist.driven) | set(testbench.netlist.read)
        inputs = {p for p in testbench.netlist.ports if testbench.stage.kind == "input"}
        assert set(testbench.netlist.ports) - sources - clocks - bias - driven <= inputs


def test_corners_are_where_lines_set_out_and_nowhere_else(design, testbenches):
    step, write = design.operating.step, design.operating.write_fraction
    clocked = any(stage.kind == "cmru" for stage in design.stages)
    wanted = [(k + part) * step for k in range(3) for part in ([0, write] if clocked else [0])]
    for testbench in testbenches:
        found = re.search(r"^Vtick tick 0 pwl\((.*)\)$", deck(testbench), re.MULTILINE)
        if testbench.stage.kind == "input":
            assert found is None
        else:
            numbers = np.array(found[1].split(), dtype=float).reshape(-1, 2)
            np.testing.assert_allclose(numbers[:, 0], wanted, rtol=1e-9)
            assert np.abs(np.diff(numbers[:, 1])).min() == 1


def test_lines_begin_near_the_lines_of_the_unit_current(testbenches):
    for testbench in testbenches:
        guessed = re.findall(r"^\.nodeset v\((\S+)\)=0.25$", deck(testbench), re.MULTILINE)
        assert set(guessed) == set(testbench.netlist.driven)


@given(
    st.lists(st.floats(1e-9, 1e-3), min_size=1, max_size=40),
    st.data(),
)
def test_a_drive_goes_through_its_points(gaps, data):
    time = np.cumsum([0.0, *gaps])
    volts = np.array(data.draw(st.lists(st.floats(0, 1.2), min_size=len(time), max_size=len(time))))
    text = drive_text({"line": LineVoltage(time, volts)}).replace("\n+", "")
    points = re.search(r"V=pwl\(time,(.*)\)$", text, re.MULTILINE)[1]
    numbers = np.array(points.split(","), dtype=float).reshape(-1, 2)
    np.testing.assert_allclose(numbers[:, 0], time, rtol=1e-11)
    assert (np.diff(numbers[:, 0]) > 0).all()
    np.testing.assert_allclose(numbers[:, 1], volts, rtol=1e-7, atol=1e-30)
