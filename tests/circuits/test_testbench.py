import re

import numpy as np
import pytest

from hwsim.circuits import testbench
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.testbench import Conditions, input_text, saved_vectors
from hwsim.foundation.errors import InputError


@pytest.fixture(scope="session")
def bench(design, circuits, netlist):
    return testbench.testbench_text(design, netlist, circuits.technology, Conditions(), steps=4)


def test_the_network_is_connected_as_it_asks(bench, blocks, read_spice):
    deck = read_spice(bench)[""]
    network = deck.element("Xnetwork")
    ports = [node if node != "0" else "vss" for node in network.nodes]
    assert ports == blocks["network"].ports


def test_a_deck_has_nothing_but_sources_clocks_and_the_network(bench, read_spice, design):
    names = {one.name for one in read_spice(bench)[""].elements}
    stages = {stage.name for stage in design.stages}
    supplies = {f"Vsupply_{part}" for part in {"reference", *stages}}
    meters = {f"Vmeter_logits_{unit}" for unit in range(design.stages[-1].size)}
    clock = {"Xclock"} if design.cells[0].kind == "cmru" else set()
    assert names == supplies | meters | clock | {"Xnetwork"}


def test_every_step_has_its_time(bench, design):
    (analysis,) = re.findall(r"(?m)^\.tran (\S+) (\S+) 0 (\S+)$", bench)
    resolution, stop, longest = map(float, analysis)
    assert stop == pytest.approx(4 * design.operating.step)
    assert resolution <= longest <= design.operating.step / 10


def test_options_and_conditions_are_written(bench):
    assert ".lib 'generic180.lib' tt" in bench
    assert ".temp 27" in bench
    # the default of 1e-12 S would add more than a picoampere to every node
    assert "gmin=1e-18" in bench


def test_what_no_clock_holds_is_solved_more_finely(network, compiled):
    missed = {}
    for kind in ("saturating_cmru", "fq_bmru"):
        design = compiled(network(kind, units=2))
        circuits = load_circuits(design)
        text = testbench.testbench_text(
            design, write_netlist(design, circuits), circuits.technology, Conditions(), 1
        )
        (line,) = re.findall(r"(?m)^\.options (.*)$", text)
        options = dict(word.split("=") for word in line.split())
        missed[kind] = float(options["reltol"]) * float(options.get("trtol", 7))
    # What a time point may miss of a charge: with ten times as much, measured, a comparator whose
    # candidate overshoots by 2 % is set by one that overshoots by 4 %.
    assert missed["fq_bmru"] <= 2.01e-4 < missed["saturating_cmru"] < 0.02


def test_every_saved_vector_stands_in_the_deck(bench, design, circuits):
    (saved,) = re.findall(r"(?ms)^\.save(.*?)^\.tran", bench)
    wanted = saved.replace("\n+", " ").split()
    assert wanted == list(saved_vectors(design, circuits.templates))
    assert len(set(wanted)) == len(wanted)
    units = sum(stage.size for stage in design.stages)
    states = 3 * (6 if design.cells[0].kind == "cmru" else 1)
    assert len(wanted) == units + states + 1 + len(design.stages)


def test_a_comparator_begins_cleared(network, compiled):
    design = compiled(network("fq_bmru", units=2))
    circuits = load_circuits(design)
    text = testbench.testbench_text(
        design, write_netlist(design, circuits), circuits.technology, Conditions(), 1
    )
    assert re.findall(r"(?m)^\.ic (\S+)$", text) == [
        f"v(xnetwork.xcells_1.xcell_{unit}.state)=0" for unit in range(2)
    ]


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (Conditions(corner="tx"), "unknown corner 'tx' of generic180 (known: tt, ff, ss, fs, sf)"),
        (Conditions(temperature=125), "125 C is outside the range of generic180 (0 to 85 C)"),
        (Conditions(temperature=float("nan")), "nan C is outside the range of generic180"),
    ],
)
def test_conditions_that_the_technology_does_not_describe(design, circuits, conditions, message):
    netlist = write_netlist(design, circuits)
    with pytest.raises(InputError) as caught:
        testbench.testbench_text(design, netlist, circuits.technology, conditions, 1)
    assert message in str(caught.value)


def test_input_currents_hold_each_value_for_its_step(design):
    currents = np.array([[1e-9, -2e-9], [0.0, 3e-9], [5e-10, 3e-9]])
    text = input_text(design, currents).replace("\n+", " ")
    sources = re.findall(r"(?m)^Iinput_(\d) 0 input_(\d) pwl\((.*)\)$", text)
    assert [(a, b) for a, b, _ in sources] == [("0", "0"), ("1", "1")]
    step = design.operating.step
    for channel, (_, _, points) in enumerate(sources):
        moments, values = np.array(points.split(), dtype=float).reshape(-1, 2).T
        assert (np.diff(moments) > 0).all()
        for phase in (0.01, 0.5, 0.99):
            at = (np.arange(3) + phase) * step
            np.testing.assert_allclose(np.interp(at, moments, values), currents[:, channel])
