"""Two templates in the same chips: what is counted, and what is marked."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.chips.population import Population
from hwsim.cli.output import json_value
from hwsim.data.tasks import load_task
from hwsim.engines.chip_runs import run_chips
from hwsim.engines.ideal import IdealEngine
from hwsim.foundation.assets import shipped
from hwsim.foundation.errors import InputError
from hwsim.studies.network_verdict import judge
from hwsim.studies.samples import evenly_spaced

CHIPS = Population(seed=3, count=12, mismatch_scale=2.0)


@pytest.fixture(scope="module")
def comparators(compiled):
    path = shipped("models") / "japanese_vowels_fq_bmru_d8.safetensors"
    return compiled(load_checkpoint(path))


@pytest.fixture(scope="module")
def sequences():
    everything = load_task("japanese_vowels")[1].test
    return everything.take(list(evenly_spaced(everything, 40)))


@pytest.fixture(scope="module")
def verdict(comparators, swapped, sequences):
    both = swapped(comparators, "fq_bmru_9t"), swapped(comparators, "fq_bmru_matched")
    return judge(*both, sequences, CHIPS)


def line(verdict, start):
    return next(each for each in verdict.lines if each.name.startswith(start))


def test_a_template_does_not_differ_from_itself(comparators, swapped, sequences):
    own = swapped(comparators, "fq_bmru_9t")
    found = judge(own, own, sequences, CHIPS)
    assert not any(each.differs for each in found.lines)
    assert all(each.first == each.second for each in found.lines)
    assert found.first.accuracy.tolist() == found.second.accuracy.tolist()


def test_figures_are_those_of_the_chips(verdict, comparators, swapped, sequences):
    own = swapped(comparators, "fq_bmru_matched")
    reference = IdealEngine().run(own.design, sequences)
    runs = run_chips(
        own.design, sequences, own.circuits, CHIPS, datasheets=own.datasheets, reference=reference
    )
    right = (runs.decisions == sequences.labels).mean(axis=1)
    assert verdict.second.accuracy.tolist() == right.tolist()
    assert verdict.second.agreement.tolist() == runs.state_agreement.tolist()
    np.testing.assert_allclose(verdict.second.power, runs.supply_power)
    seconds = sequences.lengths.mean() * own.design.operating.step
    np.testing.assert_allclose(verdict.second.energy, verdict.second.power * seconds)
    assert line(verdict, "accuracy, median").second == pytest.approx(np.median(right))
    assert line(verdict, "accuracy, 5th").second == pytest.approx(np.quantile(right, 0.05))
    wanted = np.median(runs.supply_power)
    assert line(verdict, "supply power").second == pytest.approx(wanted)


def test_a_good_chip_lacks_a_point_of_the_first_nominal_one(verdict):
    nominal = verdict.first.nominal_accuracy
    assert verdict.needed == math.ceil(round((nominal - 0.01) * verdict.samples, 9))
    good = np.mean(verdict.second.accuracy * verdict.samples > verdict.needed - 0.5)
    found = line(verdict, "yield")
    assert found.second == pytest.approx(good)
    low, high = found.second_interval
    assert low <= found.second <= high
    assert high - low > 0.05
    assert 0 < found.second < 1


def test_what_a_circuit_does_otherwise_is_marked(comparators, swapped, sequences):
    own = swapped(comparators, "fq_bmru_9t")
    high, supply = own.sheet.nominal["threshold_high"], own.sheet.nominal["supply_on"]
    other = swapped(comparators, "fq_bmru_9t", threshold_high=1.3 * high, supply_on=1.2 * supply)
    found = judge(own, other, sequences, replace(CHIPS, mismatch_scale=0.5))
    states, power = line(found, "states as ideal"), line(found, "supply power")
    assert states.differs
    assert states.low <= states.second - states.first <= states.high < 0
    assert power.differs
    assert 0 < power.low <= power.second - power.first
    assert not any(each.differs for each in found.lines if each.test == "exact")


def test_what_the_simulator_may_have_rounded_is_not_marked(comparators, swapped, sequences):
    own = swapped(comparators, "fq_bmru_9t")
    supply = own.sheet.nominal["supply_on"]
    other = swapped(comparators, "fq_bmru_9t", supply_on=1.002 * supply)
    power = line(judge(own, other, sequences, replace(CHIPS, count=3)), "supply power")
    assert power.low > 0
    assert not power.differs


def test_areas_are_exact(verdict):
    area, count = line(verdict, "gate area, every fq_bmru"), line(verdict, "transistors, every")
    assert area.differs
    assert area.second > area.first
    assert area.test == "exact"
    assert not count.differs


def test_the_record_is_json(verdict):
    record = json.loads(json.dumps(json_value(verdict.record()), allow_nan=False))
    assert record["chips"] == CHIPS.count
    assert record["test"]["level"] == 0.01
    assert len(record["lines"]) == len(verdict.lines)


def test_progress_goes_once_from_nothing_to_all(comparators, swapped, sequences):
    own, told = swapped(comparators, "fq_bmru_9t"), []
    judge(own, own, sequences, Population(seed=1, count=2), on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_samples_without_labels_are_refused(comparators, swapped, sequences):
    own = swapped(comparators, "fq_bmru_9t")
    with pytest.raises(InputError, match="no labels"):
        judge(own, own, replace(sequences, labels=None), CHIPS)
