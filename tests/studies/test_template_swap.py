"""A network with another template: what changes, what stays, what is refused and what fails."""

import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.template import load_template
from hwsim.circuits.transistors import count_transistors
from hwsim.foundation.errors import InputError
from hwsim.studies.template_swap import (
    census,
    failures,
    is_nominal,
    require_swappable,
    swap,
)


@pytest.fixture(scope="module")
def comparators(network, compiled):
    return compiled(network("fq_bmru", units=3))


def test_the_compiled_numbers_stay_and_the_figures_are_the_template_s(comparators, swapped):
    found = swapped(comparators, "fq_bmru_matched")
    assert found.design.stages == comparators.stages
    assert found.design.operating == comparators.operating
    assert found.design.templates["fq_bmru"] == "fq_bmru_matched"
    assert found.design.measured["fq_bmru"].template == "fq_bmru_matched"
    assert found.design.measured["fq_bmru"].figures == found.sheet.nominal
    assert found.circuits.templates["fq_bmru"].name == "fq_bmru_matched"
    assert found.datasheets["fq_bmru"] is found.sheet
    assert found.datasheets["mirror"].template == "mirror_cascode"


def test_a_mirror_leaves_the_figures_of_the_cells(design, swapped):
    found = swapped(design, "mirror_plain")
    assert found.design.measured == design.measured
    assert found.datasheets["mirror"].template == "mirror_plain"


@pytest.mark.parametrize("name", ["mirror_cascode", "mirror_plain", "splitter_class_b"])
def test_transistors_are_those_of_the_written_netlist(design, swapped, name):
    found = swapped(design, name)
    files = write_netlist(found.design, load_circuits(found.design)).files
    assert census(found).chip_transistors == count_transistors(files)


def test_areas_are_those_of_every_instance_at_its_own_size(comparators, swapped):
    plain, matched = (census(swapped(comparators, f"fq_bmru_{n}")) for n in ("9t", "matched"))
    cell = comparators.cells[0].cell
    sizes = load_template("mirror_cascode").unit_transistor
    unit = float(sizes.width[:-1]) * float(sizes.length[:-1]) * 1e-12
    units = sum(cell.threshold_units) + sum(cell.width_units)
    # A cell has three unit transistors for input and feedback, its diode, its level, two switches.
    each = 3 + comparators.cells[0].diode_units + cell.level_units
    switches = 2 * 0.5e-6 * 10e-6
    assert plain.area == pytest.approx(unit * (units + 3 * each) + 3 * switches)
    assert plain.transistors == 27
    assert matched.area > plain.area
    assert matched.chip_area - plain.chip_area == pytest.approx(matched.area - plain.area)


def test_a_sound_network_has_nothing_against_it(design, swapped):
    for name in ("mirror_cascode", "splitter_class_b", "relu_diode"):
        if name != "relu_diode" or "relu" in load_circuits(design).templates:
            assert failures(swapped(design, name)) == ()


def test_a_figure_that_a_circuit_lacks_is_a_failure(comparators, exported, shipped_sheet):
    sheet = shipped_sheet("fq_bmru_9t")
    nominal = {name: value for name, value in sheet.nominal.items() if name != "level"}
    absent = {"level": "never switches", "retention": "loses its state"}
    sheet = sheet.model_copy(update={"nominal": nominal, "absent": absent})
    found = swap(exported(comparators), load_template("fq_bmru_9t"), sheet)
    assert failures(found) == ("no level: never switches",)


def test_a_cell_that_loses_count_is_a_failure(comparators, swapped):
    (told,) = failures(swapped(comparators, "fq_bmru_9t", function=0.9))
    assert "right in 90%" in told


def test_a_cell_that_is_too_slow_for_the_step_is_a_failure(comparators, swapped):
    (told,) = failures(swapped(comparators, "fq_bmru_9t", rise_charge=1e-9))
    assert "decides in" in told


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cmru_ladder", "has no cmru, which cmru_ladder is"),
        ("bias_reference", "has no datasheet to compare"),
    ],
)
def test_a_template_without_a_place_is_refused(comparators, exported, name, message):
    with pytest.raises(InputError, match=message):
        require_swappable(exported(comparators), load_template(name))


def test_mirrors_of_another_size_are_refused(comparators, exported):
    require_swappable(exported(comparators), load_template("mirror_cascode"))
    with pytest.raises(InputError, match="mirror_plain has another unit_transistor"):
        require_swappable(exported(comparators), load_template("mirror_plain"))


def test_short_datasheets_are_for_nominal_conditions(network, compiled):
    checkpoint = network("fq_bmru")
    assert is_nominal(compiled(checkpoint))
    assert not is_nominal(compiled(checkpoint, unit_current=2e-9))
    assert not is_nominal(compiled(checkpoint, supply_voltage=1.3))
