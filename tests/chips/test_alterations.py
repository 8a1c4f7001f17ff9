"""A chip as ngspice takes it, and how far its transistors are from their drawing."""

import numpy as np
import pytest
from scipy import stats

from hwsim.chips.alterations import alterations, chip_deviations
from hwsim.chips.devices import chip_devices, device_spreads
from hwsim.chips.population import Population
from hwsim.circuits.alteration_script import script_text
from hwsim.foundation.errors import InputError

CHIPS = Population(seed=5, count=3, first=7)


def test_every_transistor_is_altered_by_its_deviation(shipped_one, circuits):
    deviations = chip_deviations(shipped_one, circuits, CHIPS, 1)
    altered = alterations(shipped_one, circuits, CHIPS, 1)
    devices = chip_devices(shipped_one, circuits)
    assert len(altered) == 2 * len(devices)
    for each in devices:
        sign = 1 if each.type == "nfet" else -1  # a weaker P device has a lower threshold
        deviation = deviations[each.path]
        assert altered[f"@m.{each.path}.m1[delvto]"] == sign * deviation.dvth
        assert altered[f"@m.{each.path}.m1[mulu0]"] == 1 + deviation.dbeta


def test_deviations_have_the_spread_of_the_technology(shipped_one, circuits):
    spreads = device_spreads(chip_devices(shipped_one, circuits), circuits.technology)
    drawn = chip_deviations(shipped_one, circuits, CHIPS, 0)
    for side, field in ((0, "dvth"), (1, "dbeta")):
        relative = [getattr(drawn[path], field) / both[side] for path, both in spreads.items()]
        assert stats.kstest(relative, "norm").pvalue > 0.01


def test_a_chip_is_the_same_in_every_population_that_holds_it(shipped_one, circuits):
    want = alterations(shipped_one, circuits, CHIPS, 2)
    assert alterations(shipped_one, circuits, Population(5, 1, first=9), 0) == want
    assert alterations(shipped_one, circuits, Population(5, 100), 9) == want
    assert alterations(shipped_one, circuits, CHIPS, 1) != want
    assert alterations(shipped_one, circuits, Population(6, 3, first=7), 2) != want


def test_the_scale_is_on_all_deviations(shipped_one, circuits):
    full = chip_deviations(shipped_one, circuits, Population(5, 1), 0)
    half = chip_deviations(shipped_one, circuits, Population(5, 1, mismatch_scale=0.5), 0)
    none = chip_deviations(shipped_one, circuits, Population(5, 1, mismatch_scale=0.0), 0)
    for path, one in full.items():
        assert (half[path].dvth, half[path].dbeta) == pytest.approx((one.dvth / 2, one.dbeta / 2))
        assert (none[path].dvth, none[path].dbeta) == (0, 0)


def test_another_template_leaves_the_other_transistors_as_they_were(shipped_design):
    """Two templates are compared on the same chips."""
    from hwsim.circuits.circuit_set import load_circuits

    drawn = []
    for ladder in ("cmru_ladder", "cmru_ladder_matched"):
        design = shipped_design("saturating_cmru", cmru=ladder)
        drawn.append(chip_deviations(design, load_circuits(design), CHIPS, 0))
    one, two = drawn
    rows = [path for path in one if ".xrow" in path]
    assert len(rows) > 300
    np.testing.assert_array_equal(
        [one[path].dvth for path in rows], [two[path].dvth for path in rows]
    )
    larger = "xnetwork.xcells_1.xcell_0.xabove"
    assert two[larger].dvth == pytest.approx(one[larger].dvth / 2)


def test_a_script_tells_ngspice_the_same_numbers():
    value = -0.0012345678901234567
    text = script_text({"@m.xa.m1[delvto]": value})
    assert text == f"*ng_script\nalter @m.xa.m1[delvto] = {value!r}\n"


def test_a_chip_that_is_not_there_is_refused(shipped_one, circuits):
    with pytest.raises(InputError, match="no chip 3 in a population of 3"):
        alterations(shipped_one, circuits, CHIPS, 3)
