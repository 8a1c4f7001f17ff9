import re
from collections import Counter

import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.transistors import count_transistors
from hwsim.foundation.errors import InputError

NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
IDEAL = {"bias_reference": "VI", "clock_two_phase": "V"}
DEVICES = {"nfet", "pfet"}


def transistors(blocks, name="network"):
    """Count by walking the tree, apart from the counter that is judged."""
    if name in DEVICES:
        return 1
    placed = [one.model for one in blocks[name].elements if one.name.startswith("X")]
    return sum(transistors(blocks, inner) for inner in placed)


def stage_block(blocks, stage):
    return blocks[f"stage_{stage.name}"]


def test_every_instance_names_a_subcircuit_and_connects_each_of_its_ports(blocks):
    for block in blocks.values():
        for one in block.elements:
            if one.name.startswith("X"):
                assert len(one.nodes) == len(blocks[one.model].ports), one


def test_every_parameter_is_one_that_the_subcircuit_has(netlist, blocks):
    text = "\n".join(netlist.files.values()).replace("\n+", " ")
    heads = {line.split()[1]: line for line in text.splitlines() if line.startswith(".subckt")}
    for block in blocks.values():
        for one in block.elements:
            for parameter in one.parameters:
                assert one.name.startswith("M") or f" {parameter}=" in heads[one.model]


def test_names_are_unique_within_a_subcircuit(blocks):
    for name, block in blocks.items():
        names = Counter(one.name.lower() for one in block.elements)
        assert name == "" or max(names.values()) == 1


def test_no_node_hangs_in_the_air(design, blocks):
    for name in ["network", *(f"stage_{stage.name}" for stage in design.stages)]:
        block = blocks[name]
        ends = Counter(node for one in block.elements for node in one.nodes)
        ends.update(block.ports)
        bias = {"unit_p", "unit_n", "gate_p", "gate_n", "cascode_p", "cascode_n"}
        loose = {node for node, count in ends.items() if count < 2} - bias - {"vdd", "vss"}
        assert not loose, (name, loose)


def test_the_network_is_transistors(blocks):
    """No behavioural source anywhere; ideal ones only for the bias, the clocks and as ammeters."""
    for name, block in blocks.items():
        for one in block.elements:
            letter = one.name[0].upper()
            if name in DEVICES:
                assert letter == "M"
            elif letter in "VI" and name.startswith("stage_"):
                assert (letter, one.model) == ("V", "0"), one
            else:
                assert letter in "XC" + IDEAL.get(name, ""), one
            if letter == "C":
                assert one.model == "10f"


def test_each_learned_weight_is_its_number_of_unit_transistors(design, blocks):
    for stage in design.stages:
        elements = {one.name: one for one in stage_block(blocks, stage).elements}
        for connection in stage.connections:
            source = design.stage(connection.source)
            signed_pair = connection.tap == "signed" and source.kind != "fq_bmru"
            parts = {"plus": 1, "minus": -1} if signed_pair else {"plus": 1}
            for unit, row in enumerate(connection.units):
                for index, units in enumerate(row):
                    for part, sign in parts.items():
                        name = f"Xrow{unit}_{source.name}{index}_{part}"
                        if units == 0:
                            assert name not in elements
                            continue
                        mirror = elements.pop(name)
                        pushes = units * sign > 0
                        assert mirror.model == ("mirror_source" if pushes else "mirror_sink")
                        assert mirror.parameters == {"units": str(abs(units))}
                        end = "p" if pushes else "n"
                        assert mirror.nodes[0] == f"{source.name}_{index}_{part}_{end}"
                        learned = connection.learned[unit][index]
                        assert f"{learned:+.4f} of {source.name}[{index}]" in mirror.comment
        rest = {name for name in elements if re.match(r"Xrow\d+_(?!reference|\w+_keep)", name)}
        assert not rest


def test_each_bias_is_its_number_of_unit_transistors(design, blocks):
    for stage in design.stages[1:]:
        elements = {one.name: one for one in stage_block(blocks, stage).elements}
        for unit, units in enumerate(stage.bias_units):
            name = f"Xrow{unit}_reference_unit"
            if units == 0:
                assert name not in elements
                continue
            mirror = elements[name]
            assert mirror.nodes[0] == ("unit_p" if units > 0 else "unit_n")
            assert mirror.parameters == {"units": str(abs(units))}
            assert f"bias {stage.bias_learned[unit]:+.4f}" in mirror.comment


def test_all_mirrors_of_a_row_meet_in_one_node_behind_its_ammeter(design, blocks):
    for stage in design.stages[1:]:
        block = stage_block(blocks, stage)
        for unit in range(stage.size):
            row = [one for one in block.elements if one.name.startswith(f"Xrow{unit}_")]
            outs = {one.nodes[1] for one in row}
            assert len(outs) == 1
            if stage.kind != "output":
                assert block.element(f"Vsense_{unit}").nodes[0] in outs


def test_a_cell_carries_its_threshold_and_what_it_stands_for(design, blocks):
    for stage in design.cells:
        for unit, threshold in enumerate(stage.cell.threshold_units):
            cell = stage_block(blocks, stage).element(f"Xcell_{unit}")
            assert cell.parameters["threshold"] == str(threshold)
            assert f"beta {stage.cell.threshold_learned[unit]:.4f}" in cell.comment
            if stage.kind == "fq_bmru":
                assert cell.parameters["width"] == str(stage.cell.width_units[unit])
                assert cell.parameters["level"] == str(stage.cell.level_units)


def test_every_line_has_one_diode_of_its_stage(design, blocks):
    """The diode is the denominator of every weight, wherever it is drawn."""
    for stage in design.stages[:-1]:
        sizes = set()
        for one in stage_block(blocks, stage).elements:
            turn_of_candidate = one.name.startswith(("Xrelu_", "Xcandidate_", "Xlevel_"))
            is_diode = one.model in ("diode_p", "diode_n", "splitter_class_b", "relu_diode")
            if is_diode and not turn_of_candidate:
                sizes.add(one.parameters["units"])
            if one.model == "fq_bmru_9t":
                sizes.add(one.parameters["units"])
        assert sizes == {str(stage.diode_units)}


def test_numbers_are_bare(design, netlist):
    """A suffix is read differently by different simulators; the sizes of devices keep theirs."""
    generated = [netlist.files[f"stage_{stage.name}.spice"] for stage in design.stages]
    network = netlist.files["network.spice"].split(".subckt", 1)[1]
    for text in [*generated, network]:
        for value in re.findall(r"(?m)^[^*;\n]*?=(\S+)", text):
            assert NUMBER.fullmatch(value), value


def test_the_files_name_each_other(netlist):
    included = re.findall(r"(?m)^\.include (\S+)$", netlist.files["network.spice"])
    assert {*included, "network.spice", "generic180.lib"} == set(netlist.files)


def test_the_transistors_of_the_cells(blocks):
    if "cmru_ladder" in blocks:
        stages = 6
        assert transistors(blocks, "cmru_ladder") == 18 + 15 * stages
    else:
        assert transistors(blocks, "fq_bmru_9t") == 9
    assert transistors(blocks, "splitter_class_b") == 4
    assert transistors(blocks, "mirror_source") == transistors(blocks, "mirror_sink") == 2


def test_the_transistors_of_a_network_are_counted_whole(netlist, blocks):
    assert count_transistors(netlist.files) == transistors(blocks)


def test_plain_mirrors_save_a_transistor_each(network, compiled, read_spice):
    checkpoint = network()
    counts, mirrors = [], []
    for name in ("mirror_cascode", "mirror_plain"):
        design = compiled(checkpoint, templates={"mirror": name})
        files = write_netlist(design, load_circuits(design)).files
        blocks = read_spice("\n".join(files.values()))
        counts.append(transistors(blocks))
        placed = [one for block in blocks.values() for one in block.elements]
        mirrors.append(sum(one.model in ("mirror_source", "mirror_sink") for one in placed))
    assert mirrors[0] == mirrors[1]
    assert counts[0] - counts[1] == mirrors[0]


def test_a_mirror_template_must_name_the_unit_transistor(design, circuits):
    mirror = circuits.templates["mirror"].model_copy(update={"unit_transistor": None})
    templates = {**circuits.templates, "mirror": mirror}
    broken = type(circuits)(circuits.technology, templates)
    with pytest.raises(InputError, match="names no unit_transistor"):
        write_netlist(design, broken)


def test_ladders_of_different_length_do_not_fit_one_netlist(network, compiled):
    design = compiled(network(blocks=2))
    cells = design.stage("cells_2")
    longer = cells.model_copy(update={"cell": cells.cell.model_copy(update={"half_range": 4})})
    stages = tuple(longer if stage is cells else stage for stage in design.stages)
    mixed = design.model_copy(update={"stages": stages})
    with pytest.raises(InputError, match="different numbers of levels"):
        write_netlist(mixed, load_circuits(mixed))
