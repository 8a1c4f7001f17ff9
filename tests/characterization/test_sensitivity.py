"""Finite differences, and how well they predict, on cells whose figures are formulas."""

import math

import numpy as np
import pytest

from hwsim.characterization.point import Deviation, Point
from hwsim.characterization.sensitivity import (
    group_deviation,
    groups_of,
    has_effect,
    predictions,
    sensitivities,
    single_deviations,
)
from hwsim.circuits.datasheet import Datasheet, Device, Provenance

PATHS = ("xa", "xb", "xs.xc")
SLOPES = {"xa": (-27.0, 1.0), "xb": (13.0, -0.5), "xs.xc": (0.0, 0.0)}


def measured(cell):
    """A gain that is exponential in threshold voltages, as weak inversion makes it."""
    log = sum(
        SLOPES[path][0] * each.dvth + SLOPES[path][1] * math.log1p(each.dbeta)
        for path, each in cell.items()
    )
    return {"gain": 1.02 * math.exp(log), "off_current": 1e-13}


@pytest.fixture
def found():
    return sensitivities(
        "relu", PATHS, measured({}), [measured(cell) for cell in single_deviations(PATHS)]
    )


def datasheet(found):
    parts = dict.fromkeys(("content", "template", "technology", "testbench", "ngspice"), "x")
    return Datasheet(
        template="toy",
        kind="relu",
        technology="none",
        settings={},
        conditions=Point().conditions,
        nominal=measured({}),
        devices={path: Device(type="nfet", width=1e-6, length=1e-6) for path in PATHS},
        sensitivities=found,
        area=3e-12,
        transistors=3,
        provenance=Provenance(**parts, hwsim="0", command="none"),
    )


def test_differences_find_the_slopes(found):
    assert set(found) == {"gain"}
    for path in ("xa", "xb"):
        assert found["gain"][path].dvth == pytest.approx(SLOPES[path][0], rel=1e-3)
        assert found["gain"][path].dbeta == pytest.approx(SLOPES[path][1], rel=1e-2)
    assert "xs.xc" not in found["gain"]


def test_sensitivities_predict_what_they_were_taken_from(found):
    generator = np.random.default_rng(0)
    draws = [
        {path: Deviation(*(generator.standard_normal(2) * (2e-3, 5e-3))) for path in PATHS}
        for _ in range(50)
    ]
    tried = predictions(datasheet(found), draws, [measured(draw) for draw in draws])
    assert tried["gain"].r2 > 0.999
    assert tried["gain"].rms_error < 0.02


def test_wrong_sensitivities_are_found_out(found):
    wrong = {"gain": {"xa": found["gain"]["xb"], "xb": found["gain"]["xa"]}}
    generator = np.random.default_rng(0)
    draws = [{path: Deviation(generator.normal() * 2e-3) for path in PATHS} for _ in range(50)]
    tried = predictions(datasheet(wrong), draws, [measured(draw) for draw in draws])
    assert tried["gain"].r2 < 0.5


def test_transistors_that_move_nothing_are_found_as_a_group():
    (group,) = groups_of(PATHS)
    assert group == ["xs.xc"]
    assert not has_effect("relu", measured({}), measured(group_deviation(group)))
    assert has_effect("relu", measured({}), measured(group_deviation(["xa", "xb"])))
    assert has_effect("relu", measured({}), {})
