"""Parts together are the network: the same devices by the same names, and what hangs on lines."""

import re
from collections import Counter

import pytest

from hwsim.chips.devices import chip_devices
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.nodes import line_end
from hwsim.circuits.partition.part import REFERENCE_PART, parts_of
from hwsim.circuits.partition.part_netlist import PartNetlists
from hwsim.circuits.stage_netlist import StageNetlist
from hwsim.design.wiring import OTHER_POLARITY, LineEnd, line_loads, needed_ends, turned_ends

INSTANCE = re.compile(r"^X(\S+)((?:[^\n]|\n\+)*)", re.MULTILINE)


@pytest.fixture(scope="module")
def drawn(design, circuits):
    """Part -> its netlist."""
    netlists = PartNetlists(design, circuits)
    return {
        part: netlists.reference() if part == REFERENCE_PART else netlists.of(part)
        for part in parts_of(design, "stage")
    }


def stage_instances(files):
    """(stage, instance) -> its line, without its comment."""
    found = {}
    for name, text in files.items():
        if name.startswith("stage_"):
            for match in INSTANCE.finditer(text):
                line = " ".join(match[0].partition(" ;")[0].replace("\n+", " ").split())
                found[name.removeprefix("stage_").removesuffix(".spice"), match[1]] = line
    return found


def test_parts_hold_the_instances_of_the_network_each_once(design, circuits, drawn):
    whole = stage_instances(write_netlist(design, circuits).files)
    parts = Counter(key for netlist in drawn.values() for key in stage_instances(netlist.files))
    assert set(parts) == set(whole)
    assert set(parts.values()) == {1}


def test_an_instance_is_the_one_of_the_network(design, circuits, drawn):
    whole = stage_instances(write_netlist(design, circuits).files)
    for netlist in drawn.values():
        for key, line in stage_instances(netlist.files).items():
            assert line == whole[key]


def test_every_transistor_lies_in_a_place_of_one_part_and_the_reference_in_all(
    design, circuits, drawn
):
    counted = Counter()
    for device in chip_devices(design, circuits):
        words = device.path.removeprefix("xnetwork.").split(".")
        place = words[0] if words[0] == "xreference" else ".".join(words[:2])
        holders = [part for part, netlist in drawn.items() if place in netlist.places]
        counted[place == "xreference", len(holders)] += 1
    assert set(counted) == {(True, len(drawn)), (False, 1)}


def loads(netlist, pattern):
    """Node -> unit transistors of the lumped mirrors on it."""
    text = netlist.files["network.spice"].replace("\n+", " ")
    found = re.findall(rf"^Xload_({pattern}) .*units=(\S+)", text, re.MULTILINE)
    return {node: int(units) for node, units in found}


def test_the_load_of_a_line_is_all_that_hangs_on_it(design, drawn):
    wanted = line_loads(design)
    turned = turned_ends(design)
    for part, netlist in drawn.items():
        if part == REFERENCE_PART:
            continue
        found = loads(netlist, r"(?!unit_)\S+")
        assert set(found) == set(netlist.driven)
        for end in needed_ends(design) & set(wanted):
            if end.line.stage != part.stage:
                continue
            other = LineEnd(end.line, OTHER_POLARITY[end.polarity])
            # a turn-around hangs on the line too, and lies in the part itself
            own = design.stage(part.stage).diode_units if other in turned else 0
            assert found[line_end(end)] == wanted[end].mirrors - own


def test_the_lines_of_the_unit_current_carry_the_rest_of_the_chip(drawn):
    """With what a part hangs on them itself it is the same in every part, and all of the chip."""
    sums = {"p": set(), "n": set()}
    for part, netlist in drawn.items():
        if part == REFERENCE_PART:
            continue
        stage = netlist.files[f"stage_{part.stage}.spice"].replace("\n+", " ")
        for polarity, sides in sums.items():
            own = rf"^X(?:row\S+_unit|keep\d+\S*) unit_{polarity} .*units=(\S+)"
            mirrors = sum(map(int, re.findall(own, stage, re.MULTILINE)))
            cells = re.findall(r"^Xcell_.*$", stage, re.MULTILINE)
            asked = [
                int(value)
                for line in cells
                if f"unit_{polarity}" in line.split()
                for value in re.findall(r"(?:threshold|width|level)=(\S+)", line)
            ]
            rest = loads(netlist, f"unit_{polarity}")[f"unit_{polarity}"]
            sides.add(rest + mirrors + sum(asked))
    assert len(sums["p"]) == len(sums["n"]) == 1


def test_a_part_is_read_under_the_names_of_the_network(design, circuits):
    netlists = PartNetlists(design, circuits)
    for stage in design.stages:
        whole = StageNetlist(design, stage, circuits, needed_ends(design))
        (part,) = (part for part in parts_of(design, "stage") if part.stage == stage.name)
        netlist = netlists.of(part)
        assert set(netlist.read) | set(netlist.driven) <= set(whole.ports)
        assert f"X{stage.name} " in netlist.files["network.spice"]
