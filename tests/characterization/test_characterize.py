"""From a template to its datasheet: what is measured once, what again, and what cannot be."""

import pytest

from hwsim.characterization import characterize as module
from hwsim.characterization import grid, laboratory
from hwsim.characterization.cache import VARIABLE, cache_folder
from hwsim.characterization.characterize import characterize, characterize_for_network
from hwsim.characterization.grid import grid_points
from hwsim.characterization.laboratory import Tally
from hwsim.characterization.store import find_datasheet, keep_datasheet
from hwsim.circuits.datasheet import Datasheet, datasheet_json
from hwsim.circuits.figures import find_figure
from hwsim.circuits.specification import Limits
from hwsim.circuits.template import load_template
from hwsim.foundation.errors import InputError, SimulatorError

pytestmark = pytest.mark.spice


@pytest.fixture
def small(monkeypatch):
    """The corners alone as a grid, and few draws."""
    monkeypatch.setattr(grid, "TEMPERATURES", (85.0,))
    monkeypatch.setattr(grid, "SUPPLY_SPREAD", (1.1,))
    monkeypatch.setattr(grid, "UNIT_CURRENTS", ())
    monkeypatch.setattr(module, "DRAWS", 12)
    monkeypatch.setattr(module, "RUNS", 2)


@pytest.fixture
def ran(monkeypatch):
    """Figures of the decks that are run, as they come."""
    figures = []
    deck = laboratory._Chunk.deck

    def write(chunk, path):
        figures.append(set(chunk.experiment.figures))
        return deck(chunk, path)

    monkeypatch.setattr(laboratory._Chunk, "deck", write)
    return figures


@pytest.fixture
def tallied(technology):
    """Measure a template with one worker and say how much was run."""

    def measure(template, how=characterize):
        tallies = []
        how(template, technology, workers=1, on_tally=tallies.append)
        return tallies[-1]

    return measure


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
def test_an_edit_of_a_cell_runs_its_decks_and_one_beside_it_none(edited, tallied, ran):
    first = tallied(edited("fq_bmru_9t", ("l=10u", "l=9u")))
    assert first.known == 0
    ran.clear()
    unused = (
        ".subckt fq",
        ".subckt nobody a b\nXn a b a a nfet w=1u l=1u\n.ends nobody\n.subckt fq",
    )
    spare = edited("fq_bmru_9t", ("l=10u", "l=9u"), unused)
    assert tallied(spare) == Tally(run=0, known=first.run)
    assert ran == []
    assert tallied(edited("fq_bmru_9t", ("l=10u", "l=8u"))) == first


@pytest.mark.usefixtures("small")
def test_an_edit_of_a_source_leaves_the_sink_alone(edited, tallied, ran):
    own = (
        ("Xdiode line line vdd vdd", "Xdiode line  line vdd vdd"),
        ("w=1u l=1u m", "w=1.1u l=1u m"),
    )
    first = tallied(edited("mirror_cascode", *own))
    assert any("gain_sink" in figures for figures in ran)
    ran.clear()
    longer = (
        "Xmirror  drain gate      vdd   vdd pfet w={w_unit} l={l_unit}",
        "Xmirror  drain gate      vdd   vdd pfet w={w_unit} l={1.2*l_unit}",
    )
    second = tallied(edited("mirror_cascode", *own, longer))
    assert second.run + second.known == first.run
    assert 0.4 * first.run < second.run < 0.6 * first.run
    names = set().union(*ran)
    assert {"gain_source", "noise_source", "tail_charge_source"} <= names
    assert not any("sink" in name or name.startswith("diode_n") for name in names)


@pytest.mark.usefixtures("small")
def test_words_and_specifications_run_nothing(edited, tallied, request):
    own = ("m={units}", "m={2*units}")
    first = tallied(edited("mirror_plain", own))
    request.getfixturevalue("no_simulator")
    commented = edited("mirror_plain", own, ("* source: current", "* a source is a current"))
    told = commented.model_copy(
        update={"specification": {"gain_sink": Limits(min=0.5)}, "description": "another"}
    )
    assert tallied(told) == Tally()
    for kept in (cache_folder() / "datasheets").rglob("*.json"):
        kept.unlink()
    assert tallied(told) == Tally(run=0, known=first.run)


@pytest.mark.usefixtures("small")
def test_what_a_network_needs_is_a_part_of_the_whole(edited, technology, tallied):
    longer = edited("fq_bmru_9t", ("l=10u", "l=9u"))
    part = characterize_for_network(longer, technology, workers=1)
    assert part.provenance.scope == "network"
    assert part.grid == ()
    assert part.prediction == {}
    assert find_datasheet(longer, technology) is None
    keep_datasheet(part)
    assert find_datasheet(longer, technology) is None
    again = tallied(longer, characterize_for_network)
    assert again.run == 0
    whole = tallied(longer)
    assert whole.known == again.known
    assert whole.run > 0
    full = characterize(longer, technology)
    assert full.provenance.content != part.provenance.content
    assert part.sensitivities == full.sensitivities
    assert part.nominal.items() <= full.nominal.items()
    assert full.nominal.keys() - part.nominal.keys() == {"retention", "function_drawn"}
    assert characterize_for_network(longer, technology) == full


def test_a_tally_is_told_in_a_line():
    assert Tally(12, 164).told == "12 measurements run, 164 known"
    assert "nothing was measured" in Tally().told


def test_a_network_takes_the_datasheet_that_ships(technology, request):
    request.getfixturevalue("no_simulator")
    found = characterize_for_network(load_template("mirror_plain"), technology)
    assert found.provenance.scope == "full"


@pytest.mark.parametrize(
    ("replaced", "by", "line"),
    [
        ("w={w_unit}", "w={w_none}", "Xinput "),
        ("Xinput ", "Vloop1 state vss 1\nVloop2 state vss 2\nXinput ", "Vloop1 "),
        ("Xinput ", "Mx state vdd vss vss nomodel w=1u l=1u\nXinput ", "Mx "),
        ("Xinput ", "Rtiny state feedback 1e-30\nXinput ", ".subckt "),
    ],
)
def test_a_circuit_that_cannot_be_simulated_is_named(edited, technology, replaced, by, line):
    broken = edited("fq_bmru_9t", (replaced, by))
    lines = broken.circuit_file.read_text().splitlines()
    number = next(i for i, text in enumerate(lines, 1) if text.startswith(line))
    with pytest.raises(InputError, match="the circuit cannot be simulated: ngspice ") as caught:
        characterize(broken, technology, workers=1)
    assert caught.value.where == f"{broken.circuit_file}, line {number}"


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
