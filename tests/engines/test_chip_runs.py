"""Many chips: the same as one by one, whatever the batch, the workers and the arrays."""

import dataclasses

import numpy as np
import pytest

from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.testbench import Conditions
from hwsim.engines import chip_runs, compiled_pass
from hwsim.engines.arrays import arrays_on
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.engines.chip_runs import chips_at_once, run_chips
from hwsim.engines.effects import EVERY_EFFECT, NOTHING_ELSE, Effects
from hwsim.engines.ideal import IdealEngine
from hwsim.foundation.errors import InputError

CHIPS = Population(seed=3, count=5)
NOISY = Effects(step_noise=3.0, input_noise=0.02)


@pytest.fixture(scope="module", params=["saturating_cmru", "fq_bmru"])
def subject(request, network, compiled, recordings):
    design = compiled(network(request.param, channels=3, units=4, classes=3))
    sequences = recordings(channels=3, lengths=(25, 12, 40, 7), classes=2)
    return design, load_circuits(design), sequences


@pytest.mark.parametrize("effects", [NOTHING_ELSE, EVERY_EFFECT, NOISY])
def test_chips_are_those_that_run_one_by_one(subject, effects):
    design, circuits, sequences = subject
    reference = IdealEngine().run(design, sequences)
    found = run_chips(design, sequences, circuits, CHIPS, effects=effects, reference=reference)
    model = chip_model(design, circuits, CHIPS, effects=effects)
    for chip in range(CHIPS.count):
        trace = BehaviouralEngine(model, CHIPS, chip).run(design, sequences)
        np.testing.assert_allclose(found.logits[chip], trace.logits(design.readout), rtol=1e-9)
        np.testing.assert_array_equal(found.decisions[chip], trace.decisions(design.readout))
        equal = trace.stages["cells_1"].state == reference.stages["cells_1"].state
        assert found.state_agreement[chip] == pytest.approx(equal[trace.mask].mean())
        charge = trace.supply_power(design.operating.supply_voltage) * trace.lengths
        assert found.supply_power[chip] == pytest.approx(charge.sum() / trace.lengths.sum())


@pytest.mark.parametrize("how", ["workers", "batch", "arrays", "torch", "alone"])
def test_results_do_not_depend_on_how_they_are_computed(subject, monkeypatch, how):
    design, circuits, sequences = subject
    expected = run_chips(design, sequences, circuits, CHIPS, effects=NOISY).decisions
    options = {"workers": {"workers": 1}, "arrays": {"form": "arrays"}}.get(how, {})
    if how == "torch":
        options = {"arrays": arrays_on("cpu")}
    if how == "batch":
        monkeypatch.setattr(chip_runs, "GAINS", 2 * chip_runs.GAINS // chips_at_once(design))
    if how == "alone":
        found = np.concatenate(
            [
                run_chips(design, sequences, circuits, CHIPS.chip(i), effects=NOISY).decisions
                for i in range(CHIPS.count)
            ]
        )
    else:
        found = run_chips(design, sequences, circuits, CHIPS, effects=NOISY, **options).decisions
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("effects", [NOTHING_ELSE, EVERY_EFFECT, NOISY])
@pytest.mark.parametrize("over", ["mean", "last"])
def test_both_forms_have_the_same_results(subject, monkeypatch, effects, over):
    design, circuits, sequences = subject
    readout = design.readout.model_copy(update={"over": over})
    design = design.model_copy(update={"readout": readout})
    reference = IdealEngine().run(design, sequences)
    monkeypatch.setattr(compiled_pass, "CURRENTS", 2000)  # few steps at once
    monkeypatch.setattr(compiled_pass, "SAMPLES", 3)
    monkeypatch.setattr(compiled_pass, "CHIPS", 2)
    arrays, compiled = (
        run_chips(
            design,
            sequences,
            circuits,
            CHIPS,
            effects=effects,
            form=form,
            reference=reference,
        )
        for form in ("arrays", "compiled")
    )
    np.testing.assert_array_equal(compiled.decisions, arrays.decisions)
    np.testing.assert_array_equal(compiled.state_agreement, arrays.state_agreement)
    np.testing.assert_allclose(compiled.logits, arrays.logits, rtol=1e-9)
    np.testing.assert_allclose(compiled.supply_power, arrays.supply_power, rtol=1e-7)


@pytest.mark.parametrize("effect", ["tails", "output_resistance", "leakage", "settling"])
def test_each_effect_can_be_switched_off_alone(subject, effect):
    design, circuits, sequences = subject
    nominal = BehaviouralEngine(chip_model(design, circuits)).run(design, sequences)
    without = dataclasses.replace(EVERY_EFFECT, **{effect: False})
    found = BehaviouralEngine(chip_model(design, circuits, effects=without)).run(design, sequences)
    same = all(
        np.array_equal(found.stages[name].current, nominal.stages[name].current)
        for name in found.stages
    )
    assert same == (effect == "settling" and design.cells[0].kind == "cmru")


def test_chips_without_mismatch_are_the_nominal_one(subject):
    design, circuits, sequences = subject
    equal = Population(seed=8, count=2, mismatch_scale=0.0)
    nominal = BehaviouralEngine(chip_model(design, circuits)).run(design, sequences)
    found = run_chips(design, sequences, circuits, equal)
    for chip in range(2):
        np.testing.assert_allclose(found.logits[chip], nominal.logits(design.readout), rtol=1e-9)


def test_conditions_move_what_the_datasheets_say(subject):
    design, circuits, sequences = subject
    cold = chip_model(design, circuits, conditions=Conditions("ss", 0.0))
    warm = chip_model(design, circuits, conditions=Conditions("ff", 85.0))
    # junctions leak more when they are warm
    assert warm.parameters.leakage_sink > 3 * cold.parameters.leakage_sink
    with pytest.raises(InputError, match="outside"):
        chip_model(design, circuits, conditions=Conditions("tt", 200.0))
    assert len(BehaviouralEngine(warm).run(design, sequences)) == len(sequences)


def test_step_noise_grows_with_its_amount(subject):
    design, circuits, sequences = subject
    one = Population(seed=1, count=1)
    quiet = run_chips(design, sequences, circuits, one).logits
    distances = []
    for amount in (0.0, 1.0, 300.0):
        loud = run_chips(design, sequences, circuits, one, effects=Effects(step_noise=amount))
        distances.append(np.abs(loud.logits - quiet).max())
    assert distances[0] == 0.0
    assert distances[1] <= distances[2]
    assert distances[2] > 0.0


@pytest.mark.parametrize("name", ["step_noise", "input_noise"])
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_an_amount_that_is_none_is_refused(name, value):
    with pytest.raises(InputError, match=name.replace("_", " ")):
        Effects(**{name: value})


def test_following_judges_each_step_from_the_state_that_was(subject):
    design, circuits, sequences = subject
    engine = BehaviouralEngine(chip_model(design, circuits))
    own = engine.run(design, sequences)
    followed = engine.follow(design, sequences, own)
    mask = own.mask
    states = followed.stages["cells_1"].state[mask]
    np.testing.assert_array_equal(states, own.stages["cells_1"].state[mask])
    other = dataclasses.replace(own, stages=dict(own.stages))
    moved = own.stages["cells_1"].state.copy()
    moved[:, 3:] = 1 - moved[:, 3:] if design.cells[0].kind == "fq_bmru" else -moved[:, 3:]
    other.stages["cells_1"] = dataclasses.replace(own.stages["cells_1"], state=moved)
    steps = engine.follow(design, sequences, other).stages["cells_1"].state
    before = np.concatenate([np.zeros_like(moved[:, :1]), moved[:, :-1]], axis=1)
    assert np.abs(steps - before)[mask].max() <= 1
    assert (steps[mask] != states).any()
