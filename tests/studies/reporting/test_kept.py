"""What ngspice has finished is found, what it has not is not, and nothing is simulated."""

import numpy as np
import pytest

from hwsim.chips.population import Population
from hwsim.circuits.testbench import Conditions
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.studies.reporting.kept import KeptResults, sample_counts
from hwsim.studies.samples import evenly_spaced


@pytest.fixture
def export(small_export, network, compiled, tmp_path):
    return small_export(tmp_path / "export", compiled(network("fq_bmru", units=3)))


@pytest.fixture
def sequences(recordings):
    return recordings(lengths=(2, 1, 3, 2))


def test_nothing_finished_is_nothing(export, sequences):
    kept = KeptResults(export, sequences, Conditions())
    assert kept.as_drawn() is None
    assert kept.chips(1) is None
    assert not export.results.exists()


def test_finished_recordings_are_found_where_they_lie_in_the_data(export, sequences, finish):
    finish(export, sequences.take([1, 3]))
    kept = KeptResults(export, sequences, Conditions()).as_drawn()
    assert kept.indices == (1, 3)
    assert kept.trace.engine == "ngspice"
    assert kept.trace.lengths.tolist() == [1, 2]
    assert len(kept.trace.waveforms) == 2


@pytest.mark.spice
def test_the_engine_and_this_room_call_a_result_by_one_name(export, sequences):
    some = sequences.take([1])
    population = Population(5, 1)
    drawn = NgspiceEngine(export.circuits, export.results, workers=1).run(export.design, some)
    engine = NgspiceEngine(export.circuits, export.results, workers=1, population=population)
    (chip,) = engine.run_chips(export.design, some)
    results = KeptResults(export, sequences, Conditions())
    found, chips = results.as_drawn(), results.chips(5)
    assert (found.indices, chips.indices) == ((1,), (1,))
    for stage in drawn.stages:
        kept = found.trace.stages[stage].current[0, :1]
        np.testing.assert_array_equal(kept, drawn.stages[stage].current[0, :1])
        kept = chips.traces[0].stages[stage].current[0, :1]
        np.testing.assert_array_equal(kept, chip.stages[stage].current[0, :1])


@pytest.mark.parametrize("other", [Conditions(corner="ff"), Conditions(temperature=85.0)])
def test_other_conditions_are_other_results(export, sequences, finish, other):
    finish(export, sequences, other)
    assert KeptResults(export, sequences, Conditions()).as_drawn() is None
    assert KeptResults(export, sequences, other).as_drawn().indices == (0, 1, 2, 3)


def test_another_design_has_other_results(
    export, sequences, finish, small_export, network, compiled, tmp_path
):
    finish(export, sequences)
    other = small_export(tmp_path / "other", compiled(network("fq_bmru", units=3, seed=9)))
    export.results.rename(other.results)
    assert KeptResults(other, sequences, Conditions()).as_drawn() is None


def test_a_damaged_result_counts_as_absent(export, sequences, finish):
    finish(export, sequences.take([0]))
    (path,) = export.results.glob("*.npz")
    path.write_bytes(path.read_bytes()[:100])
    assert KeptResults(export, sequences, Conditions()).as_drawn() is None


def test_chips_are_taken_where_all_have_the_same_recordings(export, sequences, finish):
    """Chip 0 has run one recording more than the others, and chip 3 none."""
    population = Population(7, 5)
    finish(export, sequences, population=population, chip=0)
    for chip in (1, 2, 4):
        finish(export, sequences.take([0, 2]), population=population, chip=chip)
    kept = KeptResults(export, sequences, Conditions()).chips(7)
    assert (kept.population.seed, kept.population.count) == (7, 3)
    assert kept.indices == (0, 2)
    assert [trace.lengths.tolist() for trace in kept.traces] == [[2, 3]] * 3
    assert KeptResults(export, sequences, Conditions()).chips(8) is None


@pytest.mark.parametrize("counts", [(4,), (32,), (32, 8), (9, 7)])
def test_sample_counts_lead_to_all_recordings_that_they_were_run_with(recordings, counts):
    sequences = recordings(lengths=(1,) * 90)
    indices = sorted({index for count in counts for index in evenly_spaced(sequences, count)})
    found = sample_counts(sequences, indices)
    again = {index for count in found for index in evenly_spaced(sequences, count)}
    assert again == set(indices)
    assert len(found) <= len(counts) + 1


def test_recordings_that_no_number_covers_are_left_out(recordings):
    assert sample_counts(recordings(lengths=(1,) * 90), [0, 1, 2]) == ()
