"""The values around an export, what the user asks for instead, and what is left out."""

import pytest

from hwsim.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from hwsim.foundation.errors import InputError
from hwsim.studies.explore.space import NAMES, space_around
from hwsim.studies.sweep.point import nominal_point
from hwsim.studies.sweep.variation import parse_variation


@pytest.fixture
def path(network, cell_kind, tmp_path):
    save_checkpoint(tmp_path / "net.safetensors", network(cell_kind, units=3))
    return tmp_path / "net.safetensors"


@pytest.fixture
def export(path, compiled, exported):
    return exported(compiled(load_checkpoint(path), bits=5))


def axes(space):
    return {each.parameter.name: each.values for each in space.axes}


def test_around_an_export_every_choice_has_values(export, path, cell_kind):
    space = space_around(export, checkpoint=path)
    found = axes(space)
    assert tuple(found) == NAMES
    assert found["bits"] == (3, 4, 5, 6)
    assert found["vdd"] == (1.08, 1.2, 1.32)
    assert found["unit-current"] == (2e-10, 5e-10, 1e-9, 2e-9, 5e-9)
    assert found["step"] == (5e-4, 1e-3, 1.25e-3, 1.5e-3, 2e-3, 2.5e-3, 5e-3)
    assert "mirror_plain" in space.left_out
    if cell_kind == "fq_bmru":
        assert found["template"] == ("fq_bmru_9t", "fq_bmru_matched")
        assert found["levels-half"] == (0,)
        assert space.left_out["levels-half"] == "fq_bmru cells have no ladder"
    else:
        assert found["template"] == ("cmru_ladder", "cmru_ladder_matched")
        assert found["levels-half"] == (2, 3, 4)
        assert "levels-half" not in space.left_out


def test_the_export_is_the_first_point_and_is_there_once(export, path):
    points = space_around(export, checkpoint=path).points(export)
    assert points[0] == nominal_point(export.design, noise=1.0)
    assert len(points) == len(set(points))


def test_what_is_asked_for_takes_the_place_of_the_values_around(export, path):
    asked = [parse_variation(words) for words in ("step=1ms,2ms", "bits=4", "vdd=1.1V")]
    found = axes(space_around(export, asked, path))
    assert (found["step"], found["bits"], found["vdd"]) == ((1e-3, 2e-3), (4,), (1.1,))
    assert len(found["unit-current"]) == 5


def test_without_its_checkpoint_bits_and_levels_stay(export, cell_kind):
    space = space_around(export)
    found = axes(space)
    assert found["bits"] == (5,)
    assert found["levels-half"] == ((3,) if cell_kind == "saturating_cmru" else (0,))
    assert "--checkpoint" in space.left_out["bits"]
    assert "levels-half" in space.left_out


def test_a_template_that_nobody_measured_is_left_out(export, path, monkeypatch):
    monkeypatch.setattr("hwsim.studies.explore.space.find_datasheet", lambda *_: None)
    space = space_around(export, checkpoint=path)
    assert len(axes(space)["template"]) == 1
    assert "was never measured on generic180" in space.left_out.values()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["temperature=27,85"], "an exploration does not vary temperature"),
        (["step=1ms", "step=2ms"], "step is varied twice"),
        (["step=1ms:2ms"], "a start and a stop, but no number of values"),
    ],
)
def test_what_an_exploration_cannot_vary(export, path, words, complaint):
    with pytest.raises(InputError, match=complaint):
        space_around(export, [parse_variation(word) for word in words], path)


def test_another_checkpoint_is_refused(export, network, tmp_path):
    save_checkpoint(tmp_path / "other.safetensors", network(seed=9))
    with pytest.raises(InputError, match="is not the checkpoint"):
        space_around(export, checkpoint=tmp_path / "other.safetensors")
