"""Two datasheets side by side, and where a spread comes from."""

import math

import numpy as np
import pytest

from hwsim.circuits.datasheet import Conditions, Datasheet, Device, Provenance, Sensitivity
from hwsim.circuits.mismatch import Mismatch, Pelgrom
from hwsim.foundation.errors import InputError
from hwsim.studies.template_comparison import compare_datasheets, spread, spread_shares

PELGROM = Pelgrom(a_vth=5e-9, a_beta=1e-8)
MISMATCH = Mismatch(source="made up", nfet=PELGROM, pfet=PELGROM)


def sheet(name="one", figures=None, units=1, **changes):
    pair = {
        "xinput": Device(type="pfet", width=1e-6, length=4e-6, units=units),
        "xlevel": Device(type="nfet", width=1e-6, length=1e-6),
    }
    fields = {
        "template": name,
        "kind": "fq_bmru",
        "technology": "generic180",
        "settings": {"threshold": 64},
        "conditions": Conditions(
            corner="tt", temperature=27, supply_voltage=1.2, unit_current=1e-9
        ),
        "nominal": figures or {"threshold_high": 0.99, "threshold_low": 1.02},
        "devices": pair,
        "sensitivities": {
            "threshold_high": {"xinput": Sensitivity(dvth=25.0, dbeta=1.0)},
            "threshold_low": {
                "xinput": Sensitivity(dvth=25.0),
                "xlevel": Sensitivity(dvth=-25.0),
            },
        },
        "area": 5e-12,
        "transistors": 2,
        "provenance": Provenance(
            content="", template="", technology="", testbench="", ngspice="", hwsim="", command=""
        ),
    }
    return Datasheet(**fields | changes)


def rows(first, second):
    return {row.name: row for row in compare_datasheets(first, second, MISMATCH).rows}


def test_a_spread_is_that_of_drawn_chips():
    rng = np.random.default_rng(0)
    datasheet = sheet()
    sigma = MISMATCH.spread("pfet", 1e-6, 4e-6, 1)
    draws = rng.normal(0, sigma.vth, 20_000), rng.normal(0, sigma.beta, 20_000)
    values = 0.99 * np.exp(25.0 * draws[0] + draws[1])
    assert spread(datasheet, "threshold_high", MISMATCH) == pytest.approx(values.std(), rel=0.03)


def test_four_times_the_area_is_half_the_spread():
    small, large = sheet(), sheet("four", units=4)
    one, other = (spread(each, "threshold_high", MISMATCH) for each in (small, large))
    assert other == pytest.approx(one / 2)
    assert rows(small, large)["spread of threshold_high"].differs


def test_the_shares_of_a_spread_add_up_and_the_largest_comes_first():
    shares = spread_shares(sheet(), "threshold_low", MISMATCH)
    assert list(shares) == ["xlevel", "xinput"]
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["xlevel"] == pytest.approx(0.8)


def test_what_the_simulator_cannot_tell_apart_is_not_marked():
    nearly = sheet("two", {"threshold_high": 0.99 * 1.004, "threshold_low": 1.02 * 1.04})
    found = rows(sheet(), nearly)
    assert not found["threshold_high"].differs
    assert found["threshold_low"].differs
    assert found["threshold_low"].change == pytest.approx(0.04)
    assert not found["gate area"].differs


def test_what_a_short_datasheet_does_not_ask_is_not_compared():
    short = sheet("two", {"threshold_high": 0.99}).provenance.model_copy(
        update={"scope": "network"}
    )
    both = sheet(), sheet("two", {"threshold_high": 0.99}, provenance=short)
    assert "threshold_low" not in rows(*both)
    silent = sheet(
        "two", {"threshold_high": 0.99}, provenance=short, absent={"threshold_low": "never clears"}
    )
    assert rows(sheet(), silent)["threshold_low"].differs


def test_a_figure_that_only_one_has_is_a_difference():
    row = rows(sheet(), sheet("two", {"threshold_high": 0.99}))["threshold_low"]
    assert row.differs
    assert math.isnan(row.second)
    assert math.isnan(row.record()["change"])


@pytest.mark.parametrize(
    ("changes", "what"),
    [({"technology": "other"}, "technology"), ({"settings": {"threshold": 8}}, "settings")],
)
def test_what_was_measured_differently_is_not_compared(changes, what):
    with pytest.raises(InputError, match=f"differ in their {what}"):
        compare_datasheets(sheet(), sheet("two", **changes), MISMATCH)
