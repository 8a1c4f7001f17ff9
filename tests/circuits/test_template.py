import itertools
import os

import pytest
import yaml

from hwsim.circuits.circuit_set import DEFAULT_TEMPLATES, choose_templates, load_circuits
from hwsim.circuits.instance import instance
from hwsim.circuits.nodes import BIAS_ROLES, CLOCK_ROLES
from hwsim.circuits.search_path import VARIABLE, searching_first, template_names
from hwsim.circuits.template import load_template
from hwsim.foundation.assets import shipped
from hwsim.foundation.errors import InputError

SHIPPED = {
    path.parent.name: yaml.safe_load(path.read_text())["kind"]
    for path in sorted((shipped("netlists") / "templates").glob("*/template.yaml"))
}
LADDER = {"stages": 6, "half_range": 3}
VARIABLES = {"cmru": LADDER}

SOUND = {
    "name": "relu_test",
    "kind": "relu",
    "description": "a diode",
    "subcircuits": {"unit": {"name": "relu_test", "ports": {"sum": "plus_n", "vss": "vss"}}},
    "parameters": {"units": "units"},
}
TEXT = ".subckt relu_test sum vss units=1\nXd sum sum vss vss nfet m={units}\n.ends relu_test\n"


@pytest.fixture
def template_from(tmp_path, monkeypatch):
    """Load a template of a user's own folder."""

    def load(fields=None, text=TEXT, kind="relu"):
        folder = tmp_path / "templates" / "relu_test"
        folder.mkdir(parents=True)
        content = fields if isinstance(fields, str) else yaml.safe_dump(SOUND | (fields or {}))
        (folder / "template.yaml").write_text(content)
        if text is not None:
            (folder / "template.spice").write_text(text)
        monkeypatch.setenv(VARIABLE, str(folder.parent))
        return load_template("relu_test", kind)

    return load


@pytest.mark.parametrize(("name", "kind"), SHIPPED.items())
def test_a_shipped_template_renders_the_ports_it_describes(name, kind, read_spice):
    template = load_template(name, kind)
    assert template.name == name
    blocks = read_spice(template.render(**VARIABLES.get(kind, {})))
    for subcircuit in template.subcircuits.values():
        assert blocks[subcircuit.name].ports == list(subcircuit.ports)


@pytest.mark.parametrize(("name", "kind"), SHIPPED.items())
def test_a_shipped_template_names_parameters_that_its_text_has(name, kind):
    template = load_template(name, kind)
    text = template.render(**VARIABLES.get(kind, {}))
    for parameter in template.parameters:
        assert f"{parameter}=" in text.replace(" =", "=")


def test_there_is_a_shipped_default_of_every_kind_that_a_network_has():
    assert set(DEFAULT_TEMPLATES) == set(SHIPPED.values()) - {"bmru"}
    assert all(SHIPPED[name] == kind for kind, name in DEFAULT_TEMPLATES.items())


def test_a_latch_says_which_of_its_two_states_the_reset_leaves():
    latch = load_template("bmru_latch", "bmru")
    assert latch.reset_level == -1
    assert "Xreset    q  reset vss vss nfet" in latch.render()


@pytest.mark.parametrize("half_range", [1, 3, 7])
@pytest.mark.parametrize("name", [name for name, kind in SHIPPED.items() if kind == "cmru"])
def test_a_ladder_has_as_many_stages_as_it_needs(name, half_range, read_spice):
    template = load_template(name, "cmru")
    blocks = read_spice(template.render(stages=2 * half_range, half_range=half_range))
    elements = blocks[name].elements
    stages = [one for one in elements if one.model == f"{name}_stage"]
    lines = [one.nodes[0] for one in elements if one.name.startswith("Xswitch")]
    assert len(stages) == 2 * half_range
    assert lines == ["level_minus"] * half_range + ["level_plus"] * half_range
    # the neighbours of the ends: below the first is always set, above the last always clear
    assert stages[0].nodes[4] == "vdd"
    assert stages[-1].nodes[5] == "vdd"
    for below, stage in itertools.pairwise(stages):
        assert stage.nodes[4] == below.nodes[2]
        assert below.nodes[5] == stage.nodes[3]


def test_a_template_in_a_folder_of_ones_own(template_from):
    assert template_from().render() == TEXT


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("[1, 2]", "is not a mapping of fields"),
        ("a: [", "not YAML"),
        ({"kind": "amplifier"}, "kind: Input should be"),
        ({"colour": "blue"}, "colour: Extra inputs are not permitted"),
        ({"subcircuits": {"unit": {"name": "x"}}}, "subcircuits.unit.ports: Field required"),
        ({"nominal": {"level": 1.0}}, "nominal: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_description_is_told_with_its_file(template_from, fields, message):
    with pytest.raises(InputError) as caught:
        template_from(fields)
    assert message in caught.value.what
    file, _, line = caught.value.where.partition(", line ")
    assert file.endswith("template.yaml")
    assert int(line or 1) >= 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read"),
        (".subckt other sum vss\n.ends\n", "has no .subckt relu_test"),
        (".subckt relu_test vss sum\n.ends\n", "has its ports in another order: vss sum"),
        (
            ".subckt relu_test sum vss more\n.ends\n",
            "relu_test has a port 'more' that template.yaml does not know",
        ),
        (
            ".subckt relu_test\n* why\n+ sums vss\n.ends\n",
            "lacks the port 'sum' and has a port 'sums'",
        ),
        ("*% for k in range(\n" + TEXT, "unexpected"),
        ("*% for k in range(2)\n" + TEXT, "endfor"),
        (TEXT + "* <<stages>> stages\n", "'stages' is undefined"),
    ],
)
def test_a_wrong_text_is_told_with_its_file(template_from, text, message):
    template = template_from(text=text)
    with pytest.raises(InputError) as caught:
        template.render()
    assert message in caught.value.what
    assert "template.spice" in caught.value.where


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("name: a\nkind: relu\nname: b\n", 3, "the key 'name' is here a second time"),
        (
            "name: relu_test\nparameters:\n  units: units\n  units: level\n",
            4,
            "the key 'units' is here a second time",
        ),
        ("name: relu_test\nkind: [\n", 3, "not YAML"),
        ("kind: relu\nname: Relu\n", 2, "name: String should match pattern"),
        ("kind: relu\nname: !!python/object:os.path x\n", 2, "not YAML"),
    ],
)
def test_a_wrong_description_is_told_with_its_line(template_from, content, line, message):
    with pytest.raises(InputError) as caught:
        template_from(content)
    assert message in caught.value.what
    assert caught.value.where.endswith(f"template.yaml, line {line}")


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"min": 2.0, "max": 1.0}, "min 2 is above max 1"),
        ({"min": 1.0, "typ": 0.5}, "min 1 is above typ 0.5"),
        ({"typ": 3.0, "max": 1.0}, "typ 3 is above max 1"),
        ({"typ": 1.0}, "has neither min nor max"),
        ({"max": 1.0, "corners": ["tt", "tt"]}, "holds the same condition twice"),
        ({"max": 1.0, "supply_spread": 1.5}, "less than 1"),
        ({"max": float("nan")}, "finite"),
    ],
)
def test_a_specification_that_nothing_can_meet_is_refused(template_from, limits, message):
    with pytest.raises(InputError) as caught:
        template_from({"specification": {"level": limits}})
    assert message in caught.value.what
    assert "template.yaml, line " in caught.value.where


def test_the_line_of_a_field_is_found_in_the_description(template_from):
    template = template_from(
        "kind: relu\nname: relu_test\ndescription: a diode\n"
        "subcircuits:\n  unit:\n    name: relu_test\n    ports: {sum: plus_n, vss: vss}\n"
    )
    assert template.place("subcircuits", "unit", "name").endswith("template.yaml, line 6")
    assert template.place("subcircuits", "unit", "ports", "vss").endswith("line 7")
    assert template.place("subcircuits", "sink").endswith("line 4")


def test_a_template_is_called_as_its_folder(template_from):
    with pytest.raises(InputError, match="calls itself 'other' and its folder 'relu_test'"):
        template_from({"name": "other"})


def test_a_line_of_spice_knows_where_it_came_from(template_from):
    text = "* <<half_range>>\n*% for k in range(2)\nX<<k>> a\n\n*% endfor\n+ b\n<<\nstages>>\nend"
    lines = template_from(text=text).expand(**LADDER).lines
    found = [(line.number, line.text) for line in lines]
    assert found == [
        (1, "* 3"),
        (3, "X0 a"),
        (4, ""),
        (3, "X1 a"),
        (4, ""),
        (6, "+ b"),
        (8, "6"),
        (9, "end"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("*\n*% for k in range(2)\nX<<moon>>\n*% endfor\n", 3, "'moon' is undefined"),
        ("*\n*% for k in range(3)\n*\n.include /etc/passwd\n*% endfor\n", 4, "leads outside"),
        ("*\n*% for k in range(10**9)\n*\n*% endfor\n", 2, "loops of more than"),
        (
            "*\n*% for k in range(9000)\n*% for l in range(9000)\n*% endfor\n*% endfor\n",
            3,
            "loops of more than",
        ),
        ("*\n*\n<<'x' * 10**10>>\n", 3, "would be too long"),
        ("*\n*\n<<10**1000>>\n", 3, "would be too long"),
    ],
)
def test_a_failing_statement_is_told_with_its_line(template_from, text, line, message):
    with pytest.raises(InputError) as caught:
        template_from(text=text).expand()
    assert message in caught.value.what
    assert caught.value.where.endswith(f"template.spice, line {line}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("<< ''.__class__.__mro__ >>", "'__class__' of 'str' object is unsafe"),
        ("<< 1 // 0 >>", "by zero"),
        ("<< range('k') >>", "cannot be interpreted as an integer"),
        (".control\nshell ls\n.endc", "makes ngspice execute commands"),
        (".include ../../elsewhere.spice", "leads outside"),
    ],
)
def test_a_text_that_does_more_than_describe_a_circuit_is_refused(template_from, line, message):
    template = template_from(text=f"{line}\n{TEXT}")
    with pytest.raises(InputError) as caught:
        template.render()
    assert message in caught.value.what


def test_a_template_of_another_kind(template_from):
    with pytest.raises(InputError, match="is a relu, not a cmru"):
        template_from(kind="cmru")


def test_a_template_that_does_not_exist():
    with pytest.raises(InputError, match="unknown template 'warp'") as caught:
        load_template("warp", "cmru")
    assert "cmru_ladder" in caught.value.hint


def test_a_port_with_a_role_that_nothing_has(template_from):
    template = template_from(
        {"subcircuits": {"unit": {"name": "relu_test", "ports": {"sum": "moon", "vss": "vss"}}}}
    )
    with pytest.raises(InputError, match="port 'sum' of relu_test has the role 'moon'"):
        instance("x", template.subcircuits["unit"], {"plus_n": "a", "vss": "0"}, {})


def test_the_folders_of_the_user_come_before_the_package(template_from, tmp_path):
    template_from({"name": "relu_test", "description": "of the environment"})
    for name in ("relu_test", "relu_diode"):
        folder = tmp_path / "nearer" / name
        folder.mkdir(parents=True)
        content = yaml.safe_dump(SOUND | {"name": name, "description": "of the command line"})
        (folder / "template.yaml").write_text(content)
    assert load_template("relu_test").description == "of the environment"
    with searching_first([tmp_path / "nearer"]):
        assert load_template("relu_test").description == "of the command line"
        assert load_template("relu_diode").description == "of the command line"
        assert {"relu_test", *SHIPPED} == set(template_names())
    assert load_template("relu_diode").description != "of the command line"


def test_a_folder_of_templates_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, f"{tmp_path}{os.pathsep}{tmp_path / 'gone'}")
    with pytest.raises(InputError, match="is not a folder") as caught:
        load_template("relu_diode")
    assert caught.value.where == str(tmp_path / "gone")


def test_a_choice_takes_the_place_of_a_default():
    chosen = choose_templates({"mirror": "mirror_plain"})
    assert chosen == {**DEFAULT_TEMPLATES, "mirror": "mirror_plain"}


def test_a_choice_for_a_kind_that_does_not_exist():
    with pytest.raises(InputError, match="unknown kind of template 'amplifier'"):
        choose_templates({"amplifier": "x"})


def test_a_design_that_names_no_template_for_what_it_needs(network, compiled):
    design = compiled(network())
    lacking = {kind: name for kind, name in design.templates.items() if kind != "clock"}
    with pytest.raises(InputError, match="names no template for clock"):
        load_circuits(design.model_copy(update={"templates": lacking}))


def test_only_the_kinds_that_a_design_needs_are_loaded(network, compiled):
    ladder = load_circuits(compiled(network()))
    comparator = load_circuits(compiled(network("fq_bmru")))
    shared = {"mirror", "splitter", "bias", "relu"}
    assert set(ladder.templates) == shared | {"cmru", "clock"}
    assert set(comparator.templates) == shared | {"fq_bmru"}


def test_roles_of_bias_and_clock_are_those_that_cells_can_ask_for():
    bias = load_template("bias_reference", "bias").subcircuits["unit"].ports.values()
    clock = load_template("clock_two_phase", "clock").subcircuits["unit"].ports.values()
    assert set(bias) == {*BIAS_ROLES, "vdd", "vss"}
    assert set(clock) == {*CLOCK_ROLES, "vss"}
