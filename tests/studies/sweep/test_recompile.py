"""The same network with other bits, other ladders and other templates."""

from dataclasses import replace

import pytest

from hwsim.characterization.store import find_datasheet
from hwsim.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from hwsim.circuits.template import load_template
from hwsim.design.design import Design
from hwsim.engines.ideal import IdealEngine
from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.build import own_build
from hwsim.studies.sweep.recompile import circuits_by_build

OPTIONS = {"unit_current": 2e-9, "step": 4e-3, "supply_voltage": 1.3}
MATCHED = {"saturating_cmru": "cmru_ladder_matched", "fq_bmru": "fq_bmru_matched"}


@pytest.fixture
def checkpoint(network, cell_kind):
    return network(cell_kind, units=3)


@pytest.fixture
def path(checkpoint, tmp_path):
    save_checkpoint(tmp_path / "net.safetensors", checkpoint)
    return tmp_path / "net.safetensors"


@pytest.fixture
def design(path, compiled) -> Design:
    """As it is exported: from the single-precision numbers of the file."""
    return compiled(load_checkpoint(path), **OPTIONS)


@pytest.fixture
def built(design, exported, path):
    """The network with changes of its own build."""

    def make(*changes, export=None, checkpoint=path):
        own = own_build(design)
        builds = [replace(own, **each) for each in changes]
        found = circuits_by_build(export or exported(design), builds, checkpoint)
        return [found[each] for each in builds]

    return make


def test_other_bits_are_what_the_compiler_makes_of_them(built, design, path, compiled):
    same, fewer, more = built({}, {"bits": 4}, {"bits": 7})
    assert same.design is design
    assert fewer.design == compiled(load_checkpoint(path), bits=4, **OPTIONS)
    assert more.design.provenance.bits == 7
    assert fewer.design.stages != design.stages


def test_its_own_build_needs_no_checkpoint(built, design):
    (found,) = built({}, checkpoint=None)
    assert found.design is design


def test_other_templates_need_no_checkpoint_either(built, design, cell_kind):
    name = MATCHED[cell_kind]
    (found,) = built({"template": name}, checkpoint=None)
    kind = design.cells[0].kind
    assert found.design.stages == design.stages
    assert found.design.templates == {**design.templates, kind: name}
    assert found.circuits.templates[kind].name == name
    sheet = find_datasheet(load_template(name), found.circuits.technology)
    assert found.design.measured[kind].figures == sheet.nominal


def test_a_build_names_one_template_of_each_kind(built, cell_kind):
    both = f"{MATCHED[cell_kind]}+splitter_class_b"
    named, alone = built({"template": both}, {"template": MATCHED[cell_kind]})
    assert named.design == alone.design


def test_other_levels_are_another_ladder_with_the_same_weights(
    network, compiled, exported, recordings, tmp_path
):
    save_checkpoint(tmp_path / "net.safetensors", network(units=3, half_range=3))
    design = compiled(load_checkpoint(tmp_path / "net.safetensors"))
    shorter = replace(own_build(design), levels_half=1, bits=4)
    found = circuits_by_build(exported(design), [shorter], tmp_path / "net.safetensors")[shorter]
    assert own_build(found.design) == shorter
    wanted = compiled(network(units=3, half_range=1), bits=4)
    assert found.design.stages == wanted.stages
    trace = IdealEngine().run(found.design, recordings())
    assert abs(trace.stages["cells_1"].state).max() == 1


def test_cells_without_a_ladder_have_no_levels(network, compiled, exported, tmp_path):
    save_checkpoint(tmp_path / "net.safetensors", network("fq_bmru"))
    design = compiled(load_checkpoint(tmp_path / "net.safetensors"))
    build = replace(own_build(design), levels_half=2)
    with pytest.raises(InputError, match="fq_bmru cells have no levels to choose"):
        circuits_by_build(exported(design), [build], tmp_path / "net.safetensors")


def test_a_ladder_has_a_level(network, compiled, exported, tmp_path):
    save_checkpoint(tmp_path / "net.safetensors", network())
    design = compiled(load_checkpoint(tmp_path / "net.safetensors"))
    with pytest.raises(InputError, match="a ladder of 0 levels on each side"):
        circuits_by_build(
            exported(design),
            [replace(own_build(design), levels_half=0)],
            tmp_path / "net.safetensors",
        )


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("nothing_like_it", "nothing_like_it"),
        ("mirror_plain", "has another unit_transistor than the mirrors of the network"),
        ("bmru_latch", "has no bmru, which bmru_latch is"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(built, template, complaint):
    with pytest.raises(InputError, match=complaint):
        built({"template": template})


def test_a_template_that_nobody_measured_is_refused(built, cell_kind, monkeypatch):
    monkeypatch.setattr("hwsim.studies.sweep.recompile.find_datasheet", lambda *_: None)
    with pytest.raises(InputError, match=f"no datasheet of {MATCHED[cell_kind]} on generic180"):
        built({"template": MATCHED[cell_kind]})


def test_without_the_checkpoint_it_says_how_to_name_it(built):
    with pytest.raises(InputError, match="name its file with --checkpoint"):
        built({"bits": 4}, checkpoint=None)


def test_another_checkpoint_is_refused(built, network, tmp_path):
    save_checkpoint(tmp_path / "other.safetensors", network(seed=7))
    with pytest.raises(InputError, match=r"other\.safetensors: is not the checkpoint"):
        built({"bits": 4}, checkpoint=tmp_path / "other.safetensors")


def test_a_checkpoint_that_compiles_to_something_else_is_refused(built, design, exported):
    stage = design.stages[1].model_copy(update={"diode_units": 3})
    changed = design.model_copy(update={"stages": (design.stages[0], stage, *design.stages[2:])})
    with pytest.raises(InputError, match="compiles to another network"):
        built({"bits": 4}, export=exported(changed))
