import itertools

import pytest
import yaml

from hwsim.circuits import template as template_module
from hwsim.circuits.circuit_set import DEFAULT_TEMPLATES, choose_templates, load_circuits
from hwsim.circuits.instance import instance
from hwsim.circuits.nodes import BIAS_ROLES, CLOCK_ROLES
from hwsim.circuits.template import load_template
from hwsim.foundation.assets import shipped
from hwsim.foundation.errors import InputError

SHIPPED = {
    path.parent.name: yaml.safe_load(path.read_text())["kind"]
    for path in sorted((shipped("netlists") / "templates").glob("*/template.yaml"))
}
VARIABLES = {"cmru": {"stages": 6, "half_range": 3}}

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
    """Load a template of a user's own netlists folder."""

    def load(fields=None, text=TEXT, kind="relu"):
        folder = tmp_path / "netlists" / "templates" / "relu_test"
        folder.mkdir(parents=True)
        content = fields if isinstance(fields, str) else yaml.safe_dump(SOUND | (fields or {}))
        (folder / "template.yaml").write_text(content)
        if text is not None:
            (folder / "template.spice").write_text(text)
        monkeypatch.setattr(template_module, "shipped", lambda name: tmp_path / name)
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


@pytest.mark.parametrize("kind", ["cmru", "fq_bmru"])
def test_a_cell_tells_what_the_engines_ask_of_it(kind):
    template = load_template(DEFAULT_TEMPLATES[kind], kind)
    trips = {"cmru": {"trip_up", "trip_down"}, "fq_bmru": {"threshold_high", "threshold_low"}}
    assert set(template.nominal) == {"level"} | trips[kind]
    assert all(0.9 < ratio < 1.1 for ratio in template.nominal.values())
    assert template.timing
    assert all(1e-15 < charge < 1e-13 for charge in template.timing.values())


def test_there_is_a_shipped_default_of_every_kind():
    assert set(DEFAULT_TEMPLATES) == set(SHIPPED.values())
    assert all(SHIPPED[name] == kind for kind, name in DEFAULT_TEMPLATES.items())


@pytest.mark.parametrize("half_range", [1, 3, 7])
def test_a_ladder_has_as_many_stages_as_it_needs(half_range, read_spice):
    template = load_template("cmru_ladder", "cmru")
    blocks = read_spice(template.render(stages=2 * half_range, half_range=half_range))
    elements = blocks["cmru_ladder"].elements
    stages = [one for one in elements if one.model == "cmru_ladder_stage"]
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
        ({"nominal": {"level": "much"}}, "nominal.level: Input should be a valid number"),
    ],
)
def test_a_wrong_description_is_told_with_its_file(template_from, fields, message):
    with pytest.raises(InputError) as caught:
        template_from(fields)
    assert message in caught.value.what
    assert caught.value.where.endswith("template.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read"),
        (".subckt other sum vss\n.ends\n", "has no .subckt relu_test"),
        (".subckt relu_test vss sum\n.ends\n", "relu_test has the ports vss sum"),
        (".subckt relu_test sum vss more\n.ends\n", "relu_test has the ports sum vss more"),
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
