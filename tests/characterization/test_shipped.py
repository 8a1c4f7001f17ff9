"""The datasheets that ship are of the templates that ship, and good enough to stand on."""

import math

import pytest

from hwsim.characterization.kinds import KINDS
from hwsim.characterization.store import find_datasheet, shipped_path
from hwsim.circuits.figures import FIGURES
from hwsim.circuits.search_path import template_names
from hwsim.circuits.template import load_template

NAMES = [name for name in template_names() if load_template(name).kind in KINDS]
DECISIVE = {
    "cmru": ("trip_up", "trip_down", "step_1", "step_6", "level"),
    "bmru": ("trip_up", "trip_down", "step_1"),
    "fq_bmru": ("threshold_high", "threshold_low", "width", "level"),
    "mirror": ("gain_source", "gain_sink"),
    "splitter": ("gain_plus", "gain_minus"),
    "relu": ("gain",),
}


@pytest.fixture(params=NAMES)
def sheet(request, technology):
    """A shipped datasheet; `python scripts/make_datasheets.py` measures those that are stale."""
    found = find_datasheet(load_template(request.param), technology)
    assert found is not None, "stale: python scripts/make_datasheets.py"
    assert shipped_path(request.param, technology.name).is_file()
    return found


def test_its_sensitivities_predict_spice(sheet):
    for figure in DECISIVE[sheet.kind]:
        tried = sheet.prediction[figure]
        assert tried.draws == 100
        assert tried.r2 >= 0.95
        assert tried.rms_error <= 0.15


def test_it_has_every_figure_of_its_kind(sheet):
    assert sheet.absent == {}
    wanted = {name for name in FIGURES[sheet.kind] if name != "step"}
    assert wanted <= set(sheet.nominal)
    assert all(math.isfinite(value) for value in sheet.nominal.values())


def test_the_circuit_works_at_every_point_of_the_grid(sheet):
    assert len(sheet.grid) == 46
    for each in sheet.grid:
        assert each.absent == {}
        assert each.figures.get("function", 1.0) == 1.0
