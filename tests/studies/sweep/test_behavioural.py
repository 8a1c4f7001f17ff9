"""Jobs on the behavioural engine: what a block finds is what its chips do, whoever runs it."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import load_circuits
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.engines.effects import Effects
from hwsim.engines.ideal import IdealEngine
from hwsim.foundation.errors import InputError
from hwsim.studies.agreement import compare_traces
from hwsim.studies.power import measure_power
from hwsim.studies.sweep.behavioural import BehaviouralEvaluator
from hwsim.studies.sweep.build import own_build
from hwsim.studies.sweep.job import Job, run_job
from hwsim.studies.sweep.material import Material
from hwsim.studies.sweep.point import nominal_point
from hwsim.studies.sweep.recompile import Circuit
from hwsim.studies.sweep.source import source_hash

SEED = 3


def gathered(sequences, *designs):
    networks = {own_build(each): Circuit(each, load_circuits(each)) for each in designs}
    return Material.gather(networks, own_build(designs[0]), sequences)


@pytest.fixture(scope="module")
def sequences(recordings):
    return recordings(lengths=(7, 4, 5, 9, 8, 6))


@pytest.fixture(scope="module")
def material(design, sequences):
    return gathered(sequences, design)


@pytest.fixture(scope="module")
def evaluator(material):
    return BehaviouralEvaluator.of(material)


@pytest.fixture(scope="module")
def nominal(design):
    return nominal_point(design, noise=1.0)


def test_a_chip_of_a_block_is_the_chip_of_the_engine(design, sequences, evaluator, nominal):
    """Figures as the other studies take them, from a trace of the one chip."""
    point = nominal.changed({"temperature": 85.0, "corner": "ff", "mismatch": 2.0})
    rows = evaluator(Job(point, SEED, first=4, count=3))
    effects = Effects(step_noise=1.0)
    population = Population(SEED, 3, first=4, mismatch_scale=2.0)
    circuits = load_circuits(design)
    model = chip_model(design, circuits, population, point.conditions, effects)
    ideal = IdealEngine().run(design, sequences)
    for chip in range(3):
        trace = BehaviouralEngine(model, population, chip).run(design, sequences)
        right = trace.decisions(design.readout) == sequences.labels
        assert rows.accuracy[chip] == right.mean()
        agreement = compare_traces(design, trace, ideal).states
        assert rows.state_agreement[chip] == pytest.approx(agreement)
        assert rows.power[chip] == pytest.approx(measure_power(design, trace).total)


def test_a_chip_is_the_same_in_any_block(evaluator, nominal):
    together = evaluator(Job(nominal, SEED, first=0, count=4))
    alone = [evaluator(Job(nominal, SEED, first=chip, count=1)) for chip in range(4)]
    assert together.accuracy == tuple(rows.accuracy[0] for rows in alone)
    assert together.state_agreement == tuple(rows.state_agreement[0] for rows in alone)


def test_another_process_finds_the_same(evaluator, nominal):
    job = Job(nominal, SEED, first=0, count=2)
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as executor:
        there = executor.submit(run_job, evaluator, job, source_hash()).result()
    assert there == evaluator(job)


@pytest.mark.parametrize(
    "change",
    [
        {"mismatch": 0.0},
        {"noise": 300.0},
        {"input_noise": 0.5},
        {"temperature": 85.0},
        {"vdd": 1.1},
        {"corner": "ss"},
        {"unit_current": 2e-9},
        {"step": 1e-3},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_parameter_reaches_the_chips(evaluator, nominal, change):
    here = evaluator(Job(nominal, SEED, first=0, count=2))
    there = evaluator(Job(nominal.changed(change), SEED, first=0, count=2))
    assert (here.power, here.state_agreement) != (there.power, there.state_agreement)


def test_without_mismatch_and_noise_chips_are_alike(evaluator, nominal):
    point = nominal.changed({"mismatch": 0.0, "noise": 0.0})
    rows = evaluator(Job(point, SEED, first=0, count=2))
    assert len({rows.accuracy, rows.accuracy[::-1]}) == 1
    assert len(set(rows.power)) == 1


def test_a_point_has_the_network_of_its_bits(design, compiled, network, cell_kind, sequences):
    other = compiled(network(cell_kind, units=3), bits=3)
    material = gathered(sequences, design, other)
    point = nominal_point(design, noise=0.0)
    assert material.design(point.changed({"bits": 3})).stages == other.stages
    assert material.design(point) == design


def test_what_decides_a_result_is_in_the_subject(evaluator, sequences, design, material):
    subject = evaluator.subject
    assert pickle.loads(pickle.dumps(evaluator)).subject == subject  # noqa: S301

    def changed(**changes):
        return replace(evaluator, material=replace(material, **changes)).subject

    moved = design.model_copy(
        update={"operating": design.operating.model_copy(update={"write_fraction": 0.5})}
    )
    networks = {own_build(moved): Circuit(moved, load_circuits(moved))}
    assert changed(networks=networks)["design"] != subject["design"]
    fewer = sequences.take([0, 1])
    assert changed(sequences=fewer)["data"] != subject["data"]
    assert changed(labels=1 - material.labels)["data"] != subject["data"]
    kind = design.cells[0].kind
    (found,) = evaluator.datasheets.values()
    other = found[kind].model_copy(update={"area": 2 * found[kind].area})
    sheets = {own_build(design): {**found, kind: other}}
    assert replace(evaluator, datasheets=sheets).subject["datasheets"] != subject["datasheets"]


def test_conditions_that_were_not_measured_are_refused_before_a_job(evaluator, nominal):
    evaluator.check([nominal, nominal.changed({"temperature": 50.0})])
    points = [nominal, nominal.changed({"vdd": 1.5}), nominal.changed({"vdd": 1.1})]
    with pytest.raises(InputError, match=r"supply voltage of 1\.5 V is outside what was measured"):
        evaluator.check(points)


def test_every_corner_is_checked_by_itself(evaluator, nominal):
    points = [nominal.changed({"corner": "ff"}), nominal.changed({"vdd": 1.7, "corner": "ss"})]
    with pytest.raises(InputError, match="supply voltage of"):
        evaluator.check(points)


def test_data_without_labels_has_no_accuracy(design, sequences):
    unlabelled = replace(sequences, labels=None)
    with pytest.raises(InputError, match="no labels"):
        gathered(unlabelled, design)


def test_what_goes_along_with_a_job_is_small(evaluator, sequences):
    """Currents of the reference stay here."""
    (reference,) = evaluator.material.references.values()
    assert all(stage.current.size == 0 for stage in reference.stages.values())
    assert np.array_equal(reference.lengths, sequences.lengths)
