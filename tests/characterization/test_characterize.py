"""From a template to its datasheet: what is measured once, what again, and what cannot be."""

import pytest

from hwsim.characterization import characterize as module
from hwsim.characterization.cache import VARIABLE
from hwsim.characterization.characterize import characterize, grid_points
from hwsim.characterization.store import find_datasheet
from hwsim.circuits.datasheet import Datasheet, datasheet_json
from hwsim.circuits.figures import find_figure
from hwsim.circuits.template import load_template
from hwsim.foundation.errors import InputError, SimulatorError

pytestmark = pytest.mark.spice


@pytest.fixture
def small(monkeypatch):
    """The corners alone as a grid, and few draws."""
    monkeypatch.setattr(module, "TEMPERATURES", (85.0,))
    monkeypatch.setattr(module, "SUPPLY_SPREAD", (1.1,))
    monkeypatch.setattr(module, "UNIT_CURRENTS", ())
    monkeypatch.setattr(module, "DRAWS", 12)
    monkeypatch.setattr(module, "RUNS", 2)


@pytest.fixture
def no_simulator(monkeypatch):
    def refuse(*_arguments):
        raise AssertionError("a deck was run")

    monkeypatch.setattr("hwsim.spice.pool.WorkerProcess", refuse)


def test_the_grid_covers_corners_temperatures_supplies_and_currents(technology):
    points = grid_points(technology)
    assert {point.corner for point in points} == {"tt", "ff", "ss", "fs", "sf"}
    assert {point.temperature for point in points} == {0.0, 27.0, 85.0}
    assert {round(point.supply_voltage, 3) for point in points} == {1.08, 1.2, 1.32}
    assert {point.unit_current for point in points} == {1e-10, 1e-9, 1e-8}


@pytest.mark.usefixtures("small")
def test_a_changed_template_is_measured_once(edited, technology, request):
    longer = edited("mirror_plain", ("Xmirror out", "Xmirror  out"), ("m={units}", "m={2*units}"))
    seen = []
    sheet = characterize(
        longer, technology, workers=1, on_progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1][0] == seen[-1][1]
    assert sheet.prediction["gain_source"].r2 > 0.99
    assert sheet.transistors == 4
    assert len(sheet.grid) == len(grid_points(technology))
    assert all(each.figures["gain_sink"] > 0.9 for each in sheet.grid)
    assert Datasheet.model_validate_json(datasheet_json(sheet)) == sheet
    for figure in sheet.nominal:
        find_figure(sheet.kind, figure)
    request.getfixturevalue("no_simulator")
    assert characterize(longer, technology) == sheet
    assert find_datasheet(longer, technology) == sheet


@pytest.mark.usefixtures("small")
def test_an_edit_runs_again_what_depends_on_it(edited, technology, monkeypatch):
    ran = []
    deck = module.Laboratory._deck
    monkeypatch.setattr(
        module.Laboratory, "_deck", lambda *given: ran.append(given[2]) or deck(*given)
    )
    characterize(edited("fq_bmru_9t", ("l=10u", "l=9u")), technology, workers=1)
    everything = len(ran)
    ran.clear()
    unused = (
        ".subckt fq",
        ".subckt nobody a b\nXn a b a a nfet w=1u l=1u\n.ends nobody\n.subckt fq",
    )
    spare = edited("fq_bmru_9t", ("l=10u", "l=9u"), unused)
    characterize(spare, technology, workers=1)
    assert ran == []
    characterize(edited("fq_bmru_9t", ("l=10u", "l=8u")), technology, workers=1)
    assert len(ran) == everything


@pytest.mark.parametrize(
    ("replaced", "by"),
    [("w={w_unit}", "w={w_none}"), ("Xinput ", "Vloop1 state vss 1\nVloop2 state vss 2\nXinput ")],
)
def test_a_circuit_that_cannot_be_simulated_is_named(edited, technology, replaced, by):
    with pytest.raises(InputError, match=r"fq_bmru_9t.template\.spice: the circuit cannot be"):
        characterize(edited("fq_bmru_9t", (replaced, by)), technology, workers=1)


@pytest.mark.usefixtures("small")
def test_a_cell_that_is_stuck_has_a_datasheet_that_says_so(edited, technology):
    stuck = edited("fq_bmru_9t", (".ends", "Rstuck state vss 1k\n.ends"))
    sheet = characterize(stuck, technology, workers=1)
    assert "never switches" in sheet.absent["threshold_high"]
    assert "has not switched" in sheet.absent["rise_charge"]
    assert sheet.nominal["function"] < 1


def test_time_that_is_up_ends_the_work(edited, technology):
    other = edited("mirror_plain", ("m={units}", "m={3*units}"))
    with pytest.raises(SimulatorError, match="out of time"):
        characterize(other, technology, workers=1, timeout_seconds=1e-3)


def test_a_cache_that_cannot_be_written_is_named(edited, technology, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    other = edited("mirror_plain", ("m={units}", "m={4*units}"))
    with pytest.raises(InputError, match="cannot make the folder"):
        characterize(other, technology, workers=1)


def test_kinds_without_a_bench_are_refused(technology):
    with pytest.raises(InputError, match="is not measured"):
        characterize(load_template("bias_reference"), technology)
