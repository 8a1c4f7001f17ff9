"""The transistors of a template, their places in a deck, their deviations."""

import numpy as np
import pytest

from hwsim.characterization.devices import (
    alterations,
    draw_cells,
    draw_deviations,
    open_to_mismatch,
    transistor_paths,
)
from hwsim.characterization.kinds import KINDS
from hwsim.characterization.point import Deviation
from hwsim.circuits.datasheet import Device
from hwsim.circuits.template import load_template
from hwsim.circuits.transistors import count_transistors
from hwsim.foundation.errors import InputError


def test_a_ladder_has_all_its_transistors(bench):
    ladder = bench("cmru_ladder")
    paths = transistor_paths(ladder.template, ladder.text)
    assert len(paths) == 18 + 15 * 6
    assert paths["xstage3.xlatch_p1"] == "pfet"
    assert paths["xstrobe.xinv_n"] == "nfet"
    assert len(paths) == count_transistors({"cell": ladder.text}, top="cmru_ladder")


def test_circuits_of_a_mirror_are_told_apart_by_their_key(bench):
    mirror = bench("mirror_cascode")
    paths = transistor_paths(mirror.template, mirror.text)
    assert set(paths) == {
        "source.xmirror",
        "source.xcascode",
        "sink.xmirror",
        "sink.xcascode",
        "diode_p.xdiode",
        "diode_n.xdiode",
    }
    source, sink = (static.places for static in KINDS["mirror"].statics)
    moved = {"source.xmirror": Deviation(0.01, 0.1)}
    assert alterations(source, paths, moved) == {
        "@m.xsource.xmirror.m1[delvto]": -0.01,
        "@m.xsource.xmirror.m1[mulu0]": 1.1,
    }
    assert alterations(sink, paths, moved) == {}


def test_a_positive_deviation_weakens_either_type():
    types = {"xa": "nfet", "xb": "pfet"}
    changes = alterations({"unit": "xcell"}, types, dict.fromkeys(types, Deviation(0.002)))
    assert changes["@m.xcell.xa.m1[delvto]"] == 0.002
    assert changes["@m.xcell.xb.m1[delvto]"] == -0.002


def test_a_deviation_of_no_transistor_is_refused():
    with pytest.raises(InputError, match="no transistor 'xnone'"):
        alterations({"unit": "xcell"}, {"xa": "nfet"}, {"xnone": Deviation(0.001)})


def test_patterns_choose_transistors(bench):
    template = load_template("cmru_ladder")
    text = bench("cmru_ladder").text
    paths = list(transistor_paths(template, text))
    chosen = template.model_copy(update={"mismatch": ("Xlevel*", "xstage1.*")})
    found = open_to_mismatch(chosen, paths)
    assert len(found) == 6 + 12
    with pytest.raises(InputError, match="names no transistor"):
        open_to_mismatch(template.model_copy(update={"mismatch": ("xnone*",)}), paths)


def test_draws_have_the_spread_of_pelgrom(technology):
    devices = {
        f"x{index}": Device(type="nfet", width=1e-6, length=5e-6, units=4) for index in range(2000)
    }
    drawn = draw_deviations(devices, technology, np.random.default_rng(1))
    spread = technology.mismatch.spread("nfet", 1e-6, 5e-6, 4)
    assert np.std([each.dvth for each in drawn.values()]) == pytest.approx(spread.vth, rel=0.06)
    assert np.std([each.dbeta for each in drawn.values()]) == pytest.approx(spread.beta, rel=0.06)


def test_cells_have_the_spread_of_pelgrom_and_devices_streams_of_their_own(technology):
    one, other = (Device(type="nfet", width=1e-6, length=5e-6, units=units) for units in (1, 4))
    cells = draw_cells({"xa": one, "xb": one}, technology, 4000, seed=3)
    spread = technology.mismatch.spread("nfet", 1e-6, 5e-6)
    drawn = np.array([[cell["xa"].dvth, cell["xb"].dvth, cell["xa"].dbeta] for cell in cells])
    np.testing.assert_allclose(drawn.std(axis=0), [spread.vth] * 2 + [spread.beta], rtol=0.05)
    assert np.abs(np.corrcoef(drawn.T) - np.eye(3)).max() < 0.06
    changed = draw_cells({"xnew": one, "xa": other, "xb": one}, technology, 5, seed=3)
    assert [cell["xb"] for cell in changed] == [cell["xb"] for cell in cells[:5]]
    assert changed[0]["xa"].dvth == pytest.approx(cells[0]["xa"].dvth / 2)
