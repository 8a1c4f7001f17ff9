"""The figures of the pages are those of the transistors and datasheets beside them."""

import importlib
import re
from pathlib import Path

import pytest

from hwsim.characterization.store import find_datasheet
from hwsim.circuits.technology import load_technology
from hwsim.circuits.template import load_template
from hwsim.foundation.errors import InputError
from hwsim.foundation.quantities import parse_quantity
from hwsim.spice import WorkerPool

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "circuits.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script():
    """Import a script by its name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "scripts")
        yield importlib.import_module


@pytest.fixture(scope="module")
def technology():
    return load_technology("generic180")


def figures(unit):
    """The numbers of that unit in the tables of the page."""
    for cell in re.findall(r"(?<=\|) ([^|\n]+) (?=\|)", PAGE):
        try:
            yield parse_quantity(cell.strip(), unit)
        except InputError:
            continue


def nominal(name, technology):
    datasheet = find_datasheet(load_template(name), technology)
    assert datasheet is not None, "stale: python scripts/make_datasheets.py"
    return datasheet.nominal


def test_the_page_quotes_the_datasheets_that_ship(script, tmp_path):
    assert PAGE.count("<!-- figures: ") == 4
    made = script("refresh_docs").refreshed(PAGE, tmp_path)
    assert made == PAGE, "run: python scripts/refresh_docs.py"


@pytest.mark.parametrize(
    ("what", "complaint"),
    [
        ("mirror_plain: gain_sink", "is not TEMPLATES on TECHNOLOGY"),
        ("moon on generic180: gain_sink", "moon.json: cannot read"),
        ("mirror_plain on generic180: trip_up", "has no figure 'trip_up'"),
    ],
)
def test_a_quotation_of_no_datasheet_is_told(script, what, complaint):
    with pytest.raises(Exception, match=complaint):
        script("refresh_docs").figure_table(what)


@pytest.mark.spice
def test_the_transistor_is_the_one_that_page_and_technology_describe(script, technology, tmp_path):
    module = script("measure_technology")
    with WorkerPool(1, timeout_seconds=60.0) as pool:
        table = module.Table(technology, tmp_path, pool)
        measurements = list(module.transistor_measurements(table))
    for one in measurements:
        hits = (one.value == pytest.approx(figure, rel=0.01) for figure in figures(one.unit))
        assert any(hits), one.name
    found = {one.name: one.value for one in measurements}
    for condition, leakage in technology.leakage.items():
        measured = found[f"transistor 1u/5u: leakage, {condition} C"]
        assert measured == pytest.approx(leakage, rel=0.01)
    capacitance = found["transistor 1u/5u: gate capacitance"]
    assert capacitance == pytest.approx(technology.gate_capacitance, rel=0.01)
    slope = found["transistor 1u/5u: slope factor"]
    assert slope == pytest.approx(technology.slope_factor, rel=0.01)


def test_cascodes_halve_what_the_output_voltage_adds(technology):
    cascode, plain = (nominal(f"mirror_{name}", technology) for name in ("cascode", "plain"))
    for side in ("source", "sink"):
        assert cascode[f"slope_{side}"] < 0.55 * plain[f"slope_{side}"]
        assert cascode[f"slope_{side}"] < 0.01


def test_a_tail_is_that_of_the_gate_of_its_transistor(technology):
    """C n Ut of the description, of which the channel of weak inversion shows a part."""
    expected = technology.gate_capacitance * technology.slope_factor * 0.02587
    cascode = nominal("mirror_cascode", technology)
    for side in ("source", "sink"):
        assert cascode[f"tail_charge_{side}"] == pytest.approx(expected, rel=0.15)
