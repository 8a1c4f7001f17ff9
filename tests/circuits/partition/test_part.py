"""How a network is cut, and that signals go forward."""

import pytest

from hwsim.circuits.partition.part import GROUP, REFERENCE_PART, Part, in_order, parts_of, sources
from hwsim.design.wiring import row_mirrors
from hwsim.foundation.errors import InputError


@pytest.fixture(scope="module")
def wide(network, compiled):
    """Two blocks of eleven cells: more than one group each, and one that is not full."""
    return compiled(network(units=GROUP + 3, blocks=2))


def test_every_unit_is_in_exactly_one_part(wide):
    for partition in ("cell", "stage"):
        found = [(part.stage, unit) for part in parts_of(wide, partition) for unit in part.units]
        wanted = [(stage.name, unit) for stage in wide.stages for unit in range(stage.size)]
        assert sorted(found) == sorted(wanted)


def test_groups_hold_a_few_units_and_stages_all(wide):
    cells = [part.units for part in parts_of(wide, "cell") if part.stage == "cells_1"]
    assert cells == [tuple(range(GROUP)), (GROUP, GROUP + 1, GROUP + 2)]
    assert len(parts_of(wide, "stage")) == 1 + len(wide.stages)
    assert parts_of(wide, "none") == ()


def test_a_part_comes_behind_everything_that_it_reads(wide):
    order = parts_of(wide, "cell")
    assert order[0] == REFERENCE_PART
    holder = {(part.stage, unit): part for part in order for unit in part.units}
    for place, part in enumerate(order[1:], 1):
        stage = wide.stage(part.stage)
        for unit in part.units:
            for mirror in row_mirrors(wide, stage, unit):
                if mirror.line.part in ("plus", "minus"):
                    read = holder[mirror.line.stage, mirror.line.unit]
                    assert order.index(read) < place


def test_a_part_waits_for_no_more_than_it_reads(wide):
    first, second = (part for part in parts_of(wide, "cell") if part.stage == "cells_1")
    for part in (first, second):
        read = sources(wide, parts_of(wide, "cell"))[part]
        assert {source.stage for source in read} == {"reference", "hidden"}


def test_a_loop_between_cells_is_refused_by_name(wide):
    back = (
        wide.stage("sum_1")
        .connections[0]
        .model_copy(
            update={
                "source": "cells_2",
                "tap": "signed",
                "units": ((1,) * 11,) * 11,
                "learned": ((1.0,) * 11,) * 11,
            }
        )
    )
    changed = wide.stage("cells_1").model_copy(update={"connections": (back,)})
    stages = tuple(changed if stage.name == "cells_1" else stage for stage in wide.stages)
    looped = wide.model_copy(update={"stages": stages})  # an import would refuse to validate it
    with pytest.raises(InputError, match="is a loop") as caught:
        parts_of(looped, "stage")
    for name in ("cells_1[0-10]", "sum_1[0-10]", "cells_2[0-10]"):
        assert name in str(caught.value)


def test_parts_are_named_as_people_count():
    assert Part("logits", (8,)).name == "logits[8]"
    assert Part("cells_1", (0, 1, 2)).name == "cells_1[0-2]"
    assert REFERENCE_PART.name == "reference"


def test_order_does_not_depend_on_how_parts_are_given(wide):
    order = parts_of(wide, "cell")
    assert set(in_order(wide, order[::-1])) == set(order)
