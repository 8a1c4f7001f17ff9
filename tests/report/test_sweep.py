"""A sweep as a picture and as a table: of every number of parameters, with and without a yield."""

import io

import numpy as np
import pytest
from matplotlib import image
from rich.console import Console

from hwsim.report.sweep_figure import sweep_picture
from hwsim.report.sweep_tables import sweep_table
from hwsim.studies.sweep.job import Sweep
from hwsim.studies.sweep.point import Point
from hwsim.studies.sweep.points import points_of
from hwsim.studies.sweep.results import Results
from hwsim.studies.sweep.variation import parse_variation
from hwsim.studies.sweep.verdict import Verdict

NOMINAL = Point(1.0, 1.0, 0.0, 27.0, 1.2, "tt", 5, 1e-9, 5e-3, 3, "cmru_ladder")
CHIPS = 10


def results(words, sobol=None, power=2e-7):
    variations = [parse_variation(word) for word in words]
    points = points_of(variations, NOMINAL, sobol)
    sweep = Sweep(points, tuple(each.parameter.name for each in variations), CHIPS, 1, 20)
    ramp = np.tile(np.linspace(0.1, 1.0, CHIPS), (len(points), 1))
    return Results(sweep, "behavioural", ramp, 0.8 * ramp, power * ramp)


def drawn(table, width=80):
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("words", "sobol", "above"),
    [
        ([], None, 0.8),
        (["temperature=27"], None, None),
        (["unit-current=0.1nA:10nA:5:log"], None, 0.8),
        (["bits=3,4,5"], None, None),
        (["corner=tt,ss"], None, None),
        (["vdd=1:1.8"], 5, None),
        (["mismatch=0:2:20", "temperature=0,27"], None, None),
        (["corner=tt,ss", "mismatch=0,1"], None, 0.8),
        (["mismatch=0:2", "temperature=0:85"], 6, 0.8),
        (["mismatch=0,1", "temperature=0,27", "corner=tt,ff", "bits=4,5"], None, None),
    ],
)
def test_any_sweep_is_one_picture(words, sobol, above):
    found = results(words, sobol)
    picture = sweep_picture(Verdict.of(found, 0.97, above))
    pixels = image.imread(io.BytesIO(picture))
    assert 0.005 < np.mean(pixels[..., 0] < 0.5) < 0.8


def test_the_same_sweep_is_the_same_picture():
    found = results(["mismatch=0,1"])
    one, other = (sweep_picture(Verdict.of(found, 0.9)) for _ in range(2))
    assert one == other


def test_a_line_has_median_percentiles_and_yield():
    found = results(["mismatch=0,1", "vdd=1.1V,1.2V"])
    text = drawn(sweep_table(Verdict.of(found, 0.97, 0.8)), width=100)
    lines = [line for line in text.splitlines() if "1.1 V" in line]
    assert len(lines) == 2
    # Ramp of ten chips from 0.1 to 1: half of it, and 5 % and 95 % of the way.
    for cell in ("55.0 (14.5-95.5)", "44.0 (11.6-76.4)", "110 (29-191)"):
        assert cell in lines[0]
    # Three of ten chips: Wilson 10.78 to 60.32 %.
    assert "30 (11-60)" in lines[0]
    assert "median (5th to 95th percentile) of 10 chips" in text
    assert "power nW" in text


def test_without_a_wanted_accuracy_there_is_no_yield():
    found = results(["mismatch=0,1"])
    assert "yield" not in drawn(sweep_table(Verdict.of(found, 0.97)))


@pytest.mark.parametrize(
    ("power", "unit"), [(2e-3, "power mW"), (2e-15, "power pW"), (0.0, "power W"), (3.0, "power W")]
)
def test_power_is_in_a_fitting_unit(power, unit):
    found = results([], power=power)
    assert unit in drawn(sweep_table(Verdict.of(found, 0.97)))


def test_one_parameter_and_a_yield_fit_a_terminal():
    found = results(["mismatch=0,1"])
    text = drawn(sweep_table(Verdict.of(found, 0.97, 0.1)))
    rows = [line for line in text.splitlines() if line.startswith("│")]
    assert len(rows) == 2
