"""Each fault that a designer can make in a template is told with the line that it is in."""

import shutil

import pytest

from hwsim.circuits.lint import lint_template, require_sound
from hwsim.circuits.roles import CONTRACTS, ROLE_MEANINGS
from hwsim.circuits.search_path import find_template, searching_first, template_names
from hwsim.circuits.template import load_template
from hwsim.foundation.errors import InputError

CELL = "fq_bmru_9t"
SPICE, YAML = "template.spice", "template.yaml"
INPUT = "Xinput     state    candidate vdd       vdd pfet w={w_unit} l={l_unit}"


@pytest.fixture
def altered(tmp_path):
    """A shipped template with one piece of text replaced, and the line of the replacement."""

    def alter(name, file, old, new):
        folder = tmp_path / name
        shutil.copytree(find_template(name), folder)
        text = (folder / file).read_text()
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        (folder / file).write_text(text.replace(old, new))
        line = text[: text.index(old)].count("\n") + 1
        with searching_first([tmp_path]):
            return load_template(name), line

    return alter


def only_finding(template):
    findings = lint_template(template)
    assert len(findings) == 1, [str(one) for one in findings]
    return findings[0]


@pytest.mark.parametrize("name", template_names())
def test_nothing_is_wrong_with_the_library(name):
    template = load_template(name)
    assert lint_template(template) == ()
    require_sound(template)


@pytest.mark.parametrize(
    ("old", "new", "further", "message"),
    [
        (INPUT, "Xinput stat candidate vdd vdd pfet w=1u l=1u", 0, "node 'stat' floats"),
        (INPUT, "*\nXinput state candidate vdd state pfet w=1u l=1u", 1, "bulk of 'xinput'"),
        (INPUT, "Xinput state candidate vdd vss pfet w=1u l=1u", 0, "is on 'vss', not on vdd"),
        (INPUT, "Xinput state candidate vdd pfet w=1u l=1u", 0, "has 3 nodes, pfet has 4"),
        (INPUT, "Xinput state candidate vdd vdd pfet l=1u", 0, "'xinput' has no w="),
        (INPUT, "Xinput state candidate vdd vdd pfet\n+ w=1u l=1u nf=2", 0, "no parameter 'nf'"),
        (INPUT, "Xinput state candidate vdd vdd pfet w=1u l=1u dvth=1m", 0, "the draw of a chip"),
        (INPUT, "Xinput state candidate vdd vdd pmos w=1u l=1u", 0, "a 'pmos', which is defined"),
        (INPUT, "Minput state candidate vdd vdd pmos w=1u l=1u", 0, "without junction areas"),
        (INPUT, f"{INPUT}\nVtest state vss 1", 1, "'vtest' is an ideal source"),
        (INPUT, f"{INPUT}\nBtest state vss i=v(state)", 1, "'btest' is no device of a chip"),
        (INPUT, f"{INPUT}\nRtest state 0 1k", 1, "on node 0, the ground of the testbench"),
        (INPUT, f"{INPUT}\nRtest state vss -1k", 1, "'rtest' has a negative value"),
        (INPUT, f"{INPUT}\nCtest state vss", 1, "'ctest' is not complete"),
        (INPUT, f"{INPUT}\nCtest state inner 1f", 1, "node 'inner' floats: only 'ctest' is"),
        (INPUT, f"{INPUT}\nXINPUT state candidate vdd vdd pfet w=1u l=1u", 1, "a second 'xinput'"),
        (INPUT, f"{INPUT}\n.options reltol=1", 1, "'.options' stands in a subcircuit"),
        (INPUT, f"{INPUT}\n.param spare=1", 1, "nothing in .subckt fq_bmru_9t uses 'spare'"),
        (INPUT, f"{INPUT}\n.include /etc/passwd", 1, "leads outside the netlist's folder"),
        (INPUT, f"{INPUT}\n.include parts.lib", 1, "'.include' stands in a subcircuit"),
        (INPUT, f"{INPUT}\n.control\n.endc", 1, "makes ngspice execute commands"),
        (INPUT, f"{INPUT}\n*# shell ls", 1, "makes ngspice execute the rest of the line"),
        ("m={threshold}", "m={treshold}", 0, "'treshold' is not a parameter"),
        (" units=1\n", " units=1 gain={2*units}\n", 0, "uses 'gain'"),
        (".ends fq_bmru_9t\n", "", None, ".subckt fq_bmru_9t has no .ends"),
        (".ends fq_bmru_9t\n", ".ends\nRtest a b 1k\n", 1, "'Rtest' stands outside every"),
        (".ends fq_bmru_9t\n", ".ends\n.subckt spare a\nRa a a 1k\n.ends\n", 1, "is never used"),
    ],
)
def test_a_fault_of_the_text_is_told_with_its_line(altered, old, new, further, message):
    template, line = altered(CELL, SPICE, old, new)
    findings = lint_template(template)
    assert any(message in one.what for one in findings), [str(one) for one in findings]
    told = next(one for one in findings if message in one.what)
    begin = line + further if further is not None else 10
    assert told.place == f"{template.circuit_file}, line {begin}"
    assert told.hint


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Xreset<<k>> qb<<k>> reset", "Xreset<<k>> qbb<<k>> reset", "node 'qbb1' floats"),
        ("Xlevel<<k>> tail<<k>>", "Xlevel tail<<k>>", "a second 'xlevel'"),
        ("Xswitch<<k>> level_plus q<<k>> tail", "Xswitch<<k>> level_plus p<<k>> tail", "'p4'"),
        (
            "phi1 phi1b vdd vss cmru_ladder_stage\n*%   if",
            "phi1 vdd vss cmru_ladder_stage\n*%   if",
            "'xstage1' has 11 nodes, cmru_ladder_stage has 12 ports",
        ),
        (
            "vdd vss cmru_ladder_strobe\n* ladder",
            "vdd vss cmru_ladder_strobes\n* ladder",
            "a 'cmru_ladder_strobes', which is defined nowhere",
        ),
        (
            "vdd vss cmru_ladder_strobe\n* ladder",
            "vdd vss cmru_ladder_strobe k=2\n* ladder",
            "cmru_ladder_strobe has no parameter 'k'",
        ),
        ("Xtrack_n  master  phi1  q", "Xtrack_n  mister  phi1  q", "node 'mister' floats"),
        ("Xset      set_mid up", "Xset      set_mid above", "port 'up'"),
    ],
)
def test_a_fault_in_a_ladder_is_told_with_the_line_of_the_file(altered, old, new, message):
    template, line = altered("cmru_ladder", SPICE, old, new)
    found = [one for one in lint_template(template) if message in one.what]
    assert found
    if "port 'up'" not in message:
        assert found[0].place == f"{template.circuit_file}, line {line}"


def test_a_circuit_that_contains_itself_is_told_and_does_not_hang(altered):
    template, _ = altered(
        "cmru_ladder",
        SPICE,
        "Cq  q  vss 10f",
        "Xa q qb master masterb lower upperb up down phi1 phi1b vdd vss cmru_ladder_stage",
    )
    assert ".subckt cmru_ladder_stage contains itself" in only_finding(template).what


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("      candidate: candidate_p", "      candidates: candidate_p", "lacks the port"),
        ("      candidate: candidate_p\n", "", "has a port 'candidate' that template.yaml"),
        ("candidate: candidate_p", "candidate: candidate", "has the role 'candidate', to which"),
        ("  threshold: thresh", "  treshold: thresh", "'treshold' names nothing"),
        ("threshold: threshold_units", "threshold: beta", "'beta' is no quantity of a fq_bmru"),
        ("state_node: state", "state_node: stat", "fq_bmru_9t has no node 'stat'"),
        ("state_node: state\n", "", "names no state_node"),
        ("{state: 0}", "{stat: 0}", "has no node 'stat'"),
        ("state_node: state", "state_node: state\nmismatch: ['xinput', 'xm*']", "'xm*' names no"),
        (
            "off_current: {max: 50.0e-12, unit: A}",
            "trip_up: {max: 2}",
            "a fq_bmru has no figure 'trip_up'",
        ),
        (
            "off_current: {max: 50.0e-12, unit: A}",
            "off_current: {max: 2, unit: W}",
            "off_current is in 'A', not in 'W'",
        ),
        (
            "state_node: state",
            "state_node: state\ntestbench: {probes: {tail: tall}}",
            "has no node 'tall'",
        ),
        ("  unit:\n", "  cell:\n", "a fq_bmru needs the subcircuit 'unit'"),
    ],
)
def test_a_fault_of_the_description_is_told_with_its_file(altered, old, new, message):
    template, _ = altered(CELL, YAML, old, new)
    findings = lint_template(template)
    told = next((one for one in findings if message in one.what), None)
    assert told, [str(one) for one in findings]
    assert ", line " in told.place


def test_a_role_in_the_description_is_told_with_its_line(altered):
    template, line = altered(CELL, YAML, "unit_n: unit_n", "unit_n: unit_o")
    assert only_finding(template).place == f"{template.description_file}, line {line}"


def test_a_mirror_says_how_large_its_unit_is(altered):
    template, _ = altered("mirror_plain", YAML, "unit_transistor: {width: 1u, length: 10u}\n", "")
    assert only_finding(template).what == "a mirror names no unit_transistor"


def test_whoever_needs_a_sound_template_is_told_the_first_fault(altered):
    template, line = altered(CELL, SPICE, INPUT, "Xinput stat candidate vdd pfet w=1u l=1u")
    with pytest.raises(InputError, match="'xinput' has 3 nodes") as caught:
        require_sound(template)
    assert caught.value.where == f"{template.circuit_file}, line {line}"
    assert "more: `hwsim template check fq_bmru_9t`" in caught.value.hint


def test_a_statement_that_fails_is_a_finding(altered):
    template, line = altered("cmru_ladder", SPICE, "range(1, stages + 1)", "range(1, stage + 1)")
    told = only_finding(template)
    assert told.place.endswith(f"template.spice, line {line}")
    assert "'stage' is undefined" in told.what


def test_every_role_is_explained():
    roles = {
        role for kind in CONTRACTS.values() for one in kind.sockets.values() for role in one.roles
    }
    assert roles == set(ROLE_MEANINGS)
