import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.design.design import Design
from hwsim.design.store import design_json, read_design, schema_json, write_design
from hwsim.foundation.errors import InputError


@given(
    st.sampled_from(["saturating_cmru", "fq_bmru"]),
    st.integers(0, 2**16),
    st.integers(2, 8),
    st.integers(1, 2),
)
def test_json_holds_every_number_of_a_design(network, compiled, kind, seed, bits, blocks):
    design = compiled(network(kind, seed=seed, blocks=blocks), bits=bits)
    assert Design.model_validate_json(design_json(design)) == design


def test_a_design_comes_back_from_its_file(design, tmp_path):
    path = tmp_path / "design.json"
    write_design(path, design)
    assert read_design(path) == design


def test_a_row_of_mirrors_stands_on_one_line(network, compiled):
    weights = [[1.0, -0.5], [0.3, 2.0]]
    design = compiled(network(tensors={"input.weight": weights}))
    assert "[7, -4]" in design_json(design)


def test_the_schema_names_the_fields_of_a_design(design):
    schema = json.loads(schema_json())
    assert set(schema["properties"]) == set(design.model_dump())
    assert "Connection" in schema["$defs"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "is not a design of hwsim"),
        ('{"format": "other"}', "is not a design of hwsim"),
        ('{"format": "hwsim-design", "version": 2}', "version 2, this hwsim reads version 1"),
        ('{"format": "hwsim-design", "version": 1}', "name: Field required"),
    ],
)
def test_what_is_not_a_design_is_said_with_its_place(tmp_path, text, message):
    path = tmp_path / "design.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_design(path)
    assert caught.value.where == str(path)


def test_a_design_that_does_not_exist(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_design(tmp_path / "none.json")


def test_numbers_that_json_does_not_know_are_refused(design, tmp_path):
    path = tmp_path / "design.json"
    content = design.model_dump(mode="json")
    content["operating"]["step"] = float("nan")
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"operating\.step"):
        read_design(path)
