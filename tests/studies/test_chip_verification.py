"""The same chips in both engines, and trip points from datasheets and from transistors."""

import json
from dataclasses import replace

import numpy as np
import pytest

from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.testbench import Conditions
from hwsim.cli.output import json_value
from hwsim.data.sequences import Sequences
from hwsim.engines.chip_model import chip_model
from hwsim.engines.effects import Effects
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.foundation.errors import InputError
from hwsim.report.chip_tables import chip_tables
from hwsim.spice import WorkerPool
from hwsim.studies.chip_verification import verify_chips
from hwsim.studies.measured_trips import correlate_trips, measure_trips

CHIPS = Population(seed=5, count=2)
MANY = Population(seed=5, count=8)


@pytest.fixture(scope="module")
def tiny(network, compiled, cell_kind):
    return compiled(network(cell_kind, seed=4))


@pytest.fixture(scope="module")
def circuits(tiny):
    return load_circuits(tiny)


@pytest.fixture(scope="module")
def sequences(recordings):
    return recordings(lengths=(3, 2))


@pytest.fixture(scope="module")
def pool():
    with WorkerPool(1, timeout_seconds=60.0) as shared:
        yield shared


@pytest.fixture(scope="module")
def engine(circuits, tmp_path_factory):
    results = tmp_path_factory.mktemp("chips") / "results"
    return NgspiceEngine(circuits, results, workers=1, population=CHIPS)


@pytest.fixture(scope="module")
def found(tiny, circuits, sequences, engine):
    model = chip_model(tiny, circuits, CHIPS, effects=Effects(step_noise=1.0))
    return verify_chips(tiny, sequences, 2, model, engine)


@pytest.mark.spice
def test_the_chips_are_the_same_in_both_engines(found):
    shares = found.shares
    assert shares["states_equal"].whole.value > 0.9
    assert shares["single_steps_equal"].whole.value > 0.9
    assert found.output_error.value < 0.15
    assert found.power_ratio.value == pytest.approx(1, abs=0.15)
    assert found.violations == []


@pytest.mark.spice
def test_every_sample_of_every_chip_counts(found, tiny, sequences):
    steps, cells = int(sequences.lengths.sum()), tiny.cells[0].size
    shares = found.shares
    assert shares["decisions_equal"].whole.total == CHIPS.count * len(sequences)
    assert shares["states_equal"].whole.total == CHIPS.count * steps * cells
    assert shares["single_steps_equal"].whole.total == CHIPS.count * steps * cells
    assert [chip.number for chip in found.chips] == [0, 1]


@pytest.mark.spice
def test_another_chip_of_the_model_is_found_out(tiny, circuits, sequences, engine, found):
    strangers = Population(seed=6, count=2)
    wrong = verify_chips(tiny, sequences, 2, chip_model(tiny, circuits, strangers), engine)
    assert wrong.output_error.value > 2 * found.output_error.value
    assert wrong.noise == ()
    assert {side: each.difference for side, each in wrong.trips.items()} != {
        side: each.difference for side, each in found.trips.items()
    }


@pytest.mark.spice
def test_the_record_and_the_tables_say_the_same(found):
    record = json.loads(json.dumps(json_value(found.record()), allow_nan=False))
    assert record["chips"] == 2
    assert len(record["by_chip"]) == 2
    assert record["states_equal"]["hits"] <= record["states_equal"]["total"]
    assert record["accuracy"]["kolmogorov_smirnov"]["told_apart"] is False
    assert set(record["trip_points"]) == {"upper", "lower", "unmeasured"}
    assert record["power_ratio"]["worst_chip"] in (0, 1)
    assert set(record["noise"]) == {"cells_1"}
    text = [part for part in chip_tables(found) if isinstance(part, str)]
    assert any("not told apart at 5 %" in line for line in text)


@pytest.mark.spice
def test_trip_points_of_datasheets_follow_those_of_the_transistors(tiny, circuits, pool):
    measured = measure_trips(tiny, circuits, MANY, Conditions(), pool)
    (name,) = measured
    trips, expected = measured[name], chip_model(tiny, circuits).parameters.stages[name]
    np.testing.assert_allclose(trips.drawn_upper, expected.upper[0], rtol=0.03)
    np.testing.assert_allclose(trips.drawn_lower, expected.lower[0], rtol=0.06)
    right = correlate_trips(chip_model(tiny, circuits, MANY), measured)
    others = replace(MANY, first=MANY.count)
    wrong = correlate_trips(chip_model(tiny, circuits, others), measured)
    for side in ("upper", "lower"):
        assert right[side].pairs == MANY.count * 2
        assert right[side].low > 0.9, side
        assert right[side].difference < right[side].spread / 2, side
        assert wrong[side].value < 0.8, side


@pytest.mark.spice
def test_bad_input_runs_nothing(tiny, circuits, sequences, engine, monkeypatch):
    def refuse(*_arguments):
        raise AssertionError("something was simulated")

    monkeypatch.setattr(NgspiceEngine, "run_chips", refuse)
    model = chip_model(tiny, circuits, CHIPS)
    with pytest.raises(InputError, match="3 samples asked of a data set of 2"):
        verify_chips(tiny, sequences, 3, model, engine)
    bare = Sequences(sequences.values, sequences.lengths, None, sequences.classes)
    with pytest.raises(InputError, match="no labels"):
        verify_chips(tiny, bare, 1, model, engine)
    with pytest.raises(InputError, match="population"):
        verify_chips(tiny, sequences, 1, model, replace(engine, population=None))
