"""The figures of the page and of the datasheets are those of the circuits beside them.

The benches here clock a cell as a network does, apart from the servos of the characterization.
Whoever changes a template measures it again: ``python scripts/measure_circuits.py``.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from hwsim.characterization.store import find_datasheet
from hwsim.circuits.circuit_set import DEFAULT_TEMPLATES
from hwsim.circuits.technology import load_technology
from hwsim.circuits.template import load_template
from hwsim.foundation.errors import InputError
from hwsim.foundation.quantities import parse_quantity
from hwsim.spice import WorkerPool

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
PAGE = (ROOT / "docs" / "circuits.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.spice


def figures(unit):
    """The numbers of that unit in the tables of the page; percentages count as fractions."""
    for cell in re.findall(r"(?<=\|) ([^|\n]+) (?=\|)", PAGE):
        factor = 0.01 if cell.endswith("%") else 1.0
        try:
            yield parse_quantity(cell.removesuffix("%").strip(), unit) * factor
        except InputError:
            continue


def in_page(value, unit="", **tolerance):
    return any(value == pytest.approx(figure, **tolerance) for figure in figures(unit))


@pytest.fixture(scope="module")
def measuring():
    """The modules of the measuring script."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SCRIPTS)
        from measuring import bench, cmru, fq_bmru, mirror, transistor

        yield {m.__name__.rpartition(".")[2]: m for m in (bench, cmru, fq_bmru, mirror, transistor)}


@pytest.fixture(scope="module")
def bench(measuring, tmp_path_factory):
    templates = {kind: load_template(name, kind) for kind, name in DEFAULT_TEMPLATES.items()}
    with WorkerPool(1, timeout_seconds=60.0) as pool:
        folder = tmp_path_factory.mktemp("bench")
        bench = measuring["bench"].Bench(load_technology("generic180"), templates, folder, pool)
        bench.prepare()
        yield bench


def nominal_figures(bench, kind):
    datasheet = find_datasheet(bench.templates[kind], bench.technology)
    assert datasheet is not None, "stale: python scripts/make_datasheets.py"
    return datasheet.nominal


def trips_within(measuring, bench, up, down, margin):
    """Whether a clocked ladder steps just beyond two trip points and not just before them."""
    ladder = measuring["cmru"].Ladder(bench)
    step = measuring["bench"].STEP
    for sign, trip in ((1, up), (-1, down)):
        for ratio, level in ((1 - margin, 0), (1 + margin, sign)):
            candidate = sign * ratio * trip * ladder.asked
            levels, _ = ladder.run([(0, 0), (step, 0), (step + 2e-5, candidate)], 2)
            if levels != [0, level]:
                return False
    return True


def test_the_ladder_trips_where_the_page_says(measuring, bench):
    up, down = 1.0020, 1.0183
    assert in_page(up, rel=1e-9)
    assert in_page(down, rel=1e-9)
    assert trips_within(measuring, bench, up, down, 0.003)


def test_the_ladder_trips_where_its_datasheet_says(measuring, bench):
    """Within the charge that a write of finite length adds to a static trip point."""
    nominal = nominal_figures(bench, "cmru")
    assert trips_within(measuring, bench, nominal["trip_up"], nominal["trip_down"], 0.01)


def test_the_ladder_counts_and_draws_what_its_datasheet_says(measuring, bench):
    cmru = measuring["cmru"]
    ladder = cmru.Ladder(bench)
    levels, currents = ladder.sequence(cmru.UPS_AND_DOWNS)
    expected = [1, 2, 2, 3, 3, 3, 3, 2, 1, 1, 0, -1, -2, -3, -3, -3, -3, -2, -1, -2, -2]
    assert levels == expected
    drawn = currents[:, 0] - currents[:, 1]
    level = nominal_figures(bench, "cmru")["level"] * ladder.level * measuring["bench"].UNIT
    np.testing.assert_allclose(drawn, np.array(expected) * level, atol=0.003 * level * 3)


def test_the_slower_decision_takes_the_charge_of_the_page(measuring, bench):
    ladder = measuring["cmru"].Ladder(bench)
    assert in_page(ladder.decision_charge(-1, 1.0) * 1e15, rel=0.03)


def test_the_comparator_trips_where_its_datasheet_says(measuring, bench):
    cell = measuring["fq_bmru"].Comparator(bench)
    nominal = nominal_figures(bench, "fq_bmru")
    up, down, off, on = cell.thresholds()
    assert up / cell.high == pytest.approx(nominal["threshold_high"], abs=0.01)
    assert down / cell.low == pytest.approx(nominal["threshold_low"], abs=0.01)
    assert on / (cell.level * measuring["bench"].UNIT) == pytest.approx(nominal["level"], abs=5e-3)
    assert off < 1e-12
    for value in (up / cell.high, down / cell.low, on / (cell.level * measuring["bench"].UNIT)):
        assert in_page(value, abs=2e-3)


def test_the_comparator_switches_within_the_charges_of_the_page(measuring, bench):
    cell = measuring["fq_bmru"].Comparator(bench)
    assert in_page(cell.charge(1.0, rising=True) * 1e15, rel=0.03)
    assert in_page(cell.charge(1.0, rising=False) * 1e15, rel=0.03)


def test_the_transistor_is_the_one_that_the_technology_describes(measuring, bench):
    measurements = list(measuring["transistor"].device_measurements(bench))
    for one in measurements:
        assert in_page(one.value, one.unit, rel=0.01), one.name
    found = {one.name: one.value for one in measurements}
    technology = bench.technology
    for condition, leakage in technology.leakage.items():
        measured = found[f"transistor 1u/5u: leakage, {condition} C"]
        assert measured == pytest.approx(leakage, rel=0.01)
    capacitance = found["transistor 1u/5u: gate capacitance"]
    assert capacitance == pytest.approx(technology.gate_capacitance, rel=0.01)
    slope = found["transistor 1u/5u: slope factor"]
    assert slope == pytest.approx(technology.slope_factor, rel=0.01)


def test_cascodes_halve_what_the_output_voltage_adds(measuring, bench, tmp_path):
    spreads = {}
    for name in ("mirror_cascode", "mirror_plain"):
        templates = {**bench.templates, "mirror": load_template(name, "mirror")}
        other = type(bench)(bench.technology, templates, tmp_path, bench.pool)
        other.prepare()
        for one in measuring["mirror"].mirror_measurements(other):
            assert in_page(one.value, abs=2e-4), one.name
            if one.name.endswith("0.3 V to 0.9 V"):
                spreads[name, "source" if "source" in one.name else "sink"] = one.value
    for side in ("source", "sink"):
        assert spreads["mirror_cascode", side] < 0.55 * spreads["mirror_plain", side]
        assert spreads["mirror_cascode", side] < 0.01
