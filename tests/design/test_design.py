import json

import pytest
from pydantic import ValidationError

from hwsim.design.design import Design


@pytest.fixture
def fields(network, compiled):
    """Everything in a sound design, to be spoiled."""
    return compiled(network(units=2, channels=2)).model_dump(mode="json")


def complaint(fields):
    with pytest.raises(ValidationError) as caught:
        Design.model_validate_json(json.dumps(fields))
    return str(caught.value)


def test_the_fields_of_a_sound_design_pass(fields):
    assert Design.model_validate_json(json.dumps(fields)).model_dump(mode="json") == fields


def stage(fields, name):
    return next(stage for stage in fields["stages"] if stage["name"] == name)


def test_a_connection_from_a_later_stage(fields):
    stage(fields, "hidden")["connections"][0]["source"] = "sum_1"
    told = complaint(fields)
    assert "stage hidden: no earlier stage is named sum_1" in told
    assert "hidden -> " in told
    assert " is a loop)" in told


def test_a_row_with_another_number_of_weights_than_its_source_has_units(fields):
    stage(fields, "hidden")["connections"][0]["units"][1] = [1, 2, 3]
    text = complaint(fields)
    assert "stage hidden: rows from input have [2, 3] weights for 2 units" in text


def test_learned_weights_of_another_shape_than_the_mirrors(fields):
    stage(fields, "hidden")["connections"][0]["learned"][1] = [0.5]
    assert "rows from input have [1, 2] weights for 2 units" in complaint(fields)


def test_two_stages_of_one_name(fields):
    stage(fields, "sum_1")["name"] = "hidden"
    assert "two stages are named hidden" in complaint(fields)


def test_a_design_that_does_not_begin_with_its_inputs_or_end_with_its_outputs(fields):
    stage(fields, "logits")["kind"] = "splitter"
    assert "the first stage must be an input and the last one an output" in complaint(fields)


def test_a_normalisation_of_other_channels(fields):
    fields["inputs"]["mean"].append(0.0)
    assert "inputs.mean and the input stage have different sizes" in complaint(fields)


def test_other_classes_than_outputs(fields):
    fields["readout"]["classes"].append("c")
    assert "readout.classes and the output stage have different sizes" in complaint(fields)


@pytest.mark.parametrize(
    ("name", "path", "what"),
    [
        ("hidden", ("row_scale",), "row_scale"),
        ("hidden", ("bias_units",), "bias_units"),
        ("hidden", ("bias_learned",), "bias_learned"),
        ("hidden", ("connections", 0, "units"), "units from input"),
        ("hidden", ("connections", 0, "learned"), "learned from input"),
        ("cells_1", ("cell", "threshold_units"), "threshold_units"),
        ("cells_1", ("cell", "threshold_learned"), "threshold_learned"),
        ("cells_1", ("cell", "level_learned"), "level_learned"),
    ],
)
def test_a_list_of_another_length_than_the_stage(fields, name, path, what):
    values = stage(fields, name)
    for key in path:
        values = values[key]
    values.append(values[0])
    assert f"stage {name}: {what}: 3 for 2 units" in complaint(fields)


@pytest.mark.parametrize("what", ["width_units", "threshold_low_learned"])
def test_a_falling_threshold_for_each_comparator(network, compiled, what):
    fields = compiled(network("fq_bmru", units=2)).model_dump(mode="json")
    stage(fields, "cells_1")["cell"][what].append(1)
    assert f"stage cells_1: {what}: 3 for 2 units" in complaint(fields)


def test_cells_of_another_kind_than_their_stage(fields):
    stage(fields, "cells_1")["kind"] = "fq_bmru"
    assert "kind fq_bmru and its cell do not match" in complaint(fields)


def test_cells_in_a_stage_that_has_none(fields):
    stage(fields, "hidden")["cell"] = stage(fields, "cells_1")["cell"]
    assert "kind splitter and its cell do not match" in complaint(fields)


@pytest.mark.parametrize(
    ("key", "value"),
    [("unit_current", 0.0), ("step", -1.0), ("write_fraction", 0.05), ("write_fraction", 0.99)],
)
def test_an_operating_point_that_does_not_exist(fields, key, value):
    fields["operating"][key] = value
    assert f"operating.{key}" in complaint(fields)


def test_a_field_that_nobody_knows(fields):
    fields["colour"] = "blue"
    assert "colour" in complaint(fields)


def test_weights_that_are_not_numbers(fields):
    stage(fields, "hidden")["connections"][0]["learned"][0][0] = float("nan")
    assert "finite" in complaint(fields)
