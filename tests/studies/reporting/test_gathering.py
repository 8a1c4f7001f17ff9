"""A dossier holds what is known, says what is not, and runs no simulator."""

import json
from dataclasses import replace

import numpy as np
import pytest

from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.export import Export
from hwsim.circuits.testbench import Conditions
from hwsim.cli.output import json_value
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.engines.chip_runs import run_chips
from hwsim.engines.effects import Effects
from hwsim.engines.ideal import IdealEngine
from hwsim.foundation.errors import InputError
from hwsim.spice import WorkerPool
from hwsim.studies.power import measure_power
from hwsim.studies.power_check import PowerCase, PowerCheck
from hwsim.studies.power_check_store import FILE, write_check
from hwsim.studies.reporting import gathering as room
from hwsim.studies.reporting.chip_survey import Draw
from hwsim.studies.reporting.dossier import Scope
from hwsim.studies.reporting.gathering import gather

LENGTHS = (4, 3, 5, 2, 4)


@pytest.fixture
def sequences(recordings):
    return recordings(lengths=LENGTHS)


@pytest.fixture
def scope(sequences, write_data, tmp_path):
    return Scope(str(write_data(tmp_path / "own.npz", sequences)), draw=Draw(chips=4))


@pytest.fixture
def export(small_export, compiled, network, tmp_path):
    return small_export(tmp_path / "export", compiled(network("fq_bmru", units=3)))


@pytest.fixture(autouse=True)
def _no_simulator(monkeypatch):
    def refuse(*_args, **_options):
        pytest.fail("a report ran ngspice")

    monkeypatch.setattr(WorkerPool, "run", refuse)


def test_engines_are_those_that_ran_on_the_recordings_that_they_ran(
    small_export, design, scope, sequences, finish, tmp_path
):
    export = small_export(tmp_path / "export", design)
    finish(export, sequences.take([1, 4]))
    engines = gather(export, scope).engines
    assert list(engines.runs) == ["ideal", "behavioural", "ngspice"]
    assert engines.common == (1, 4)
    decided = IdealEngine().run(export.design, sequences).decisions(export.design.readout)
    assert engines.runs["ideal"].accuracy.hits == int((decided == sequences.labels).sum())
    assert engines.runs["ngspice"].accuracy.total == 2
    pair = engines.agreement["ngspice", "behavioural"]
    assert (pair.decisions, pair.states, pair.equal_decisions.total) == (1.0, 1.0, 2)
    assert engines.agreement["behavioural", "ideal"].equal_decisions.total == len(LENGTHS)
    # The made-up results repeat the behavioural engine, so nothing differs from it.
    assert engines.single_steps.agreement == 1.0
    assert engines.power_error == pytest.approx(0.0, abs=1e-12)


def test_power_is_of_the_recordings_that_all_engines_ran(export, scope, sequences, finish):
    finish(export, sequences.take([1, 4]))
    power = gather(export, scope).engines.power["behavioural"]
    chip = BehaviouralEngine(chip_model(export.design, export.circuits))
    wanted = measure_power(export.design, chip.run(export.design, sequences.take([1, 4])))
    assert power.total == pytest.approx(wanted.total, rel=1e-12)
    assert power.energy_per_inference == pytest.approx(wanted.energy_per_inference, rel=1e-12)


def test_a_state_that_differs_is_counted_once_and_as_a_step_error(export, scope, sequences, finish):
    finish(export, sequences.take([2]), flipped=[("cells_1", 4, 0)])
    engines = gather(export, scope).engines
    states = engines.agreement["ngspice", "behavioural"].equal_states
    assert states.total - states.hits == 1
    assert len(engines.single_steps.errors) == 1


def test_what_was_not_run_is_said_with_the_command_that_runs_it(export, scope):
    found = {each.topic: each for each in gather(export, scope).absent}
    assert set(found) == {"ngspice", "chips", "power"}
    assert found["ngspice"].command.startswith(f"hwsim verify {export.folder} --samples 5 --data ")
    assert "--chips 20 --samples 5" in found["chips"].command
    assert "no finished recording at tt, 27 °C" in found["ngspice"].why


def test_results_of_another_design_are_told_from_none(
    export, scope, sequences, finish, small_export, network, compiled, tmp_path
):
    other = small_export(tmp_path / "other", compiled(network("fq_bmru", units=2, seed=4)))
    finish(other, sequences)
    other.results.rename(export.results)
    dossier = gather(export, scope)
    assert "ngspice" not in dossier.engines.runs
    why = next(each.why for each in dossier.absent if each.topic == "ngspice")
    assert why.startswith("none of the 5 finished simulations in results/ is of this design")


def test_a_template_without_a_datasheet_leaves_the_rest(
    export, scope, sequences, finish, monkeypatch
):
    finish(export, sequences.take([0]))
    find = room.find_datasheet

    def all_but_mirrors(template, technology):
        return None if template.kind == "mirror" else find(template, technology)

    for place in ("hwsim.studies.reporting.gathering", "hwsim.chips.datasheets"):
        monkeypatch.setattr(f"{place}.find_datasheet", all_but_mirrors)
    dossier = gather(export, scope)
    assert list(dossier.engines.runs) == ["ideal", "ngspice"]
    assert dossier.engines.single_steps is None
    assert (dossier.survey, dossier.chips) == (None, None)
    assert dossier.datasheets["mirror"] is None
    assert set(dossier.engines.trips) == {"cells_1"}
    said = {each.topic: each for each in dossier.absent}
    command = "hwsim template characterize mirror_cascode --technology generic180"
    assert said["templates"].command == command
    assert "behavioural engine" in said["chips"].what
    assert dossier.engines.best_power.engine == "ngspice"


def test_a_missing_pdk_is_no_end_of_a_report(compiled, network, scope, tmp_path, monkeypatch):
    """Without the foundry's models nobody can say which results would be of this design."""
    monkeypatch.delenv("PDK_ROOT", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    design = compiled(network("fq_bmru", units=3), technology="gf180mcuD")
    dossier = gather(Export(tmp_path, design, load_circuits(design)), scope)
    assert "behavioural" in dossier.engines.runs
    (absent,) = (each for each in dossier.absent if each.topic == "ngspice")
    assert absent.what == "Results of ngspice could not be looked for"
    assert "gf180mcuD" in absent.why


def test_chips_of_the_survey_are_those_of_the_behavioural_engine(export, scope, sequences):
    survey = gather(export, scope).survey
    found = run_chips(
        export.design,
        sequences,
        export.circuits,
        Population(1, 4),
        effects=Effects(step_noise=1.0),
    )
    wanted = np.mean(found.decisions == sequences.labels, axis=1)
    np.testing.assert_array_equal(survey.results.accuracy[0], wanted)
    np.testing.assert_allclose(survey.results.power[0], found.supply_power, rtol=1e-12)
    groups = [(point.point.mismatch, chips) for point, chips in survey.groups]
    assert groups == [(0.5, 1), (1.0, 4), (2.0, 1)]
    reached = int(np.count_nonzero(wanted >= survey.above))
    assert survey.summary.good.hits == reached


def test_a_second_report_runs_no_chip_again(export, scope, monkeypatch):
    first = gather(export, scope).survey

    def refuse(*_args, **_options):
        pytest.fail("chips were run again")

    monkeypatch.setattr("hwsim.studies.sweep.behavioural.run_chips", refuse)
    second = gather(export, scope).survey
    np.testing.assert_array_equal(first.results.accuracy, second.results.accuracy)
    np.testing.assert_array_equal(first.results.power, second.results.power)


def test_a_good_chip_is_as_accurate_as_asked(export, scope):
    asked = replace(scope, draw=Draw(chips=4, above=0.0))
    assert gather(export, asked).survey.summary.good.value == 1.0
    with pytest.raises(InputError, match=r"above: an accuracy of 1\.5"):
        Draw(above=1.5)


def test_the_same_chips_on_both_engines(export, scope, sequences, finish):
    population = Population(1, 2)
    for chip in range(2):
        finish(export, sequences.take([0, 3]), population=population, chip=chip)
    chips = gather(export, scope).chips
    assert (chips.population.count, chips.indices) == (2, (0, 3))
    assert chips.shares["states_equal"].over_chips.value == 1.0
    assert chips.power_ratio.value == pytest.approx(1.0)


def test_a_check_of_power_is_read_where_it_is_of_this_design(export, scope):
    energies = {"reference": 1e-9, "cells_1": 2e-9}
    case = PowerCase(
        sample=0, corner="tt", temperature=27.0, steps=4, model=energies, ngspice=energies
    )
    export.results.mkdir()
    write_check(export, PowerCheck(cases=(case,)))
    dossier = gather(export, scope)
    assert dossier.power_check.mean == 0.0
    assert "power" not in {each.topic for each in dossier.absent}


def test_a_damaged_check_of_power_is_said_and_no_more(export, scope):
    export.results.mkdir()
    (export.results / FILE).write_text("{")
    dossier = gather(export, scope)
    assert dossier.power_check is None
    (absent,) = (each for each in dossier.absent if each.topic == "power")
    assert "is no check of power" in absent.why


def test_conditions_that_the_technology_does_not_have_are_refused(export, scope):
    with pytest.raises(InputError, match="unknown corner 'zz'"):
        gather(export, replace(scope, conditions=Conditions(corner="zz")))


def test_other_conditions_stand_in_the_commands(export, scope):
    other = replace(scope, conditions=Conditions("ff", 85.0))
    commands = {each.topic: each.command for each in gather(export, other).absent}
    assert "--corner ff --temperature 85" in commands["ngspice"]
    assert "--corner ff --temperature 85" in commands["chips"]
    assert "--corner" not in commands["power"]  # a check chooses them itself


def test_the_record_is_plain(export, scope, sequences, finish):
    finish(export, sequences.take([1]))
    dossier = gather(export, scope)
    record = json.loads(json.dumps(json_value(dossier.record()), allow_nan=False))
    assert record["transistors"] == dossier.census.chip_transistors
    assert record["engines"]["ngspice"]["samples"] == 1
    assert record["chips"]["by_mismatch"][1]["chips"] == 4
    assert [each["topic"] for each in record["not_run"]] == ["chips", "power"]
    assert len(record["provenance"]["design_sha256"]) == 64
