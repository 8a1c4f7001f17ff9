"""A copy of a template is a template of its own."""

import pytest

from hwsim.circuits.hierarchy import draw_hierarchy, transistor_count
from hwsim.circuits.lint import lint_template
from hwsim.circuits.lint_reader import read_text
from hwsim.circuits.roles import CONTRACTS
from hwsim.circuits.search_path import searching_first, template_names
from hwsim.circuits.template import load_template
from hwsim.circuits.template_copy import copy_template
from hwsim.foundation.errors import InputError


@pytest.mark.parametrize("name", template_names())
def test_a_copy_of_every_template_is_sound(tmp_path, name):
    other = load_template(name)
    copy_template(other, "mine", tmp_path)
    with searching_first([tmp_path]):
        mine = load_template("mine", other.kind)
    assert lint_template(mine) == ()
    assert mine.parameters == other.parameters
    variables = CONTRACTS[mine.kind].variables
    before, after = (read_text(one.expand(**variables)) for one in (other, mine))
    assert len(before.circuits) == len(after.circuits)
    assert not {one.name for one in after.circuits if one.name.startswith(name)}


def test_the_names_of_the_subcircuits_follow(tmp_path):
    copy_template(load_template("cmru_ladder"), "mine", tmp_path)
    text = (tmp_path / "mine" / "template.spice").read_text()
    assert ".subckt mine_strobe" in text
    assert "cmru_ladder" not in text


@pytest.mark.parametrize("name", ["", "Mine", "1st", "../up", "a b", "a/b"])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="is no name of a template"):
        copy_template(load_template("relu_diode"), name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path):
    copy_template(load_template("relu_diode"), "mine", tmp_path)
    with pytest.raises(InputError, match="exists already"):
        copy_template(load_template("fq_bmru_9t"), "mine", tmp_path)
    assert load_template("relu_diode").kind in (tmp_path / "mine" / "template.yaml").read_text()


def test_a_place_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="is not a folder"):
        copy_template(load_template("relu_diode"), "mine", tmp_path / "gone")


def test_the_drawing_shows_every_subcircuit_once():
    template = load_template("cmru_ladder")
    text = read_text(template.expand(stages=6, half_range=3))
    lines = draw_hierarchy(text, "cmru_ladder")
    assert transistor_count(text, "cmru_ladder") == 18 + 15 * 6
    assert lines[0] == "cmru_ladder  108 transistors"
    assert "├─ xstage1..6  6 x cmru_ladder_stage, 12 transistors each" in lines
    assert "│  ├─ xset  nfet 0.5u/1u" in lines
    assert lines[-1] == "└─ xlevel1..6  6 x nfet w_unit/l_unit"
    assert sum("xset " in line for line in lines) == 1


def test_there_is_no_drawing_of_what_is_not_there():
    text = read_text(load_template("relu_diode").expand())
    assert draw_hierarchy(text, "moon") == ()
