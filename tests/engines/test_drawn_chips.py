"""Chips with mismatch in ngspice: which chip they are, and what is kept of them."""

from dataclasses import replace

import numpy as np
import pytest

from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.parameters import chip_parameters
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import load_circuits
from hwsim.data.sequences import Sequences
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.engines.transients import CHIP, Transient
from hwsim.foundation.errors import InputError, SimulatorError
from hwsim.spice import pool as pool_module

CHIPS = Population(seed=3, count=6)


@pytest.fixture(scope="module")
def tiny(network, compiled):
    return compiled(network("fq_bmru", units=1))


@pytest.fixture(scope="module")
def circuits(tiny):
    return load_circuits(tiny)


@pytest.fixture(scope="module")
def sequences():
    """One step, in which currents of both signs flow."""
    return Sequences(np.array([[[2.0, -1.0]]]), np.array([1]), np.array([0]), ("0", "1"))


@pytest.fixture(scope="module")
def engine(circuits, tmp_path_factory):
    return NgspiceEngine(circuits, tmp_path_factory.mktemp("chips") / "results", workers=2)


@pytest.fixture(scope="module")
def drawn(tiny, sequences, engine):
    """The traces of the circuit as drawn and of the chips."""
    return engine.run(tiny, sequences), replace(engine, population=CHIPS).run_chips(tiny, sequences)


@pytest.fixture
def _no_workers(monkeypatch):
    def refuse():
        raise AssertionError("a worker was started")

    monkeypatch.setattr(pool_module, "WorkerProcess", refuse)


def sums(tiny, parameters, chip, sequences):
    """Sum currents of the hidden stage from the lines of the inputs, A."""
    stage, source = parameters.stages["hidden"], parameters.stages["input"]
    signed = tiny.inputs.apply(sequences.values)[0, 0]
    values = []
    for end in stage.ends:
        line = end.line
        value = max(signed[line.unit] * (1 if line.part == "plus" else -1), 0.0)
        native = "n" if line.part == "plus" else "p"
        if end.polarity != native:
            value *= source.turn_gain[chip, source.turned.index(line)]
        values.append(value)
    total = stage.gain[chip] @ values + stage.bias_push[chip] - stage.bias_pull[chip]
    return total * tiny.operating.unit_current


@pytest.mark.spice
def test_a_chip_is_the_same_in_ngspice_and_in_numpy(tiny, circuits, sequences, drawn):
    nominal, chips = drawn
    sheets = datasheets_of(circuits)
    plain = chip_parameters(tiny, sheets, circuits=circuits)
    told = chip_parameters(tiny, sheets, CHIPS, circuits=circuits)
    moved = [
        trace.stages["hidden"].current[0, 0] - nominal.stages["hidden"].current[0, 0]
        for trace in chips
    ]
    want = [
        sums(tiny, told, chip, sequences) - sums(tiny, plain, 0, sequences)
        for chip in range(CHIPS.count)
    ]
    assert np.std(moved) > 3e-12
    np.testing.assert_allclose(moved, want, atol=0.1 * np.std(moved))


@pytest.mark.spice
@pytest.mark.usefixtures("drawn", "_no_workers")
def test_a_chip_is_found_again_in_any_batch(tiny, sequences, engine, drawn):
    _, chips = drawn
    alone = replace(engine, population=Population(CHIPS.seed, 1, first=4))
    again = alone.run(tiny, sequences)
    np.testing.assert_array_equal(again.outputs, chips[4].outputs)
    np.testing.assert_array_equal(
        replace(engine, population=CHIPS, chip=4).run(tiny, sequences).outputs, again.outputs
    )


@pytest.mark.spice
@pytest.mark.usefixtures("drawn", "_no_workers")
def test_without_mismatch_every_chip_is_the_circuit_as_drawn(tiny, sequences, engine, drawn):
    nominal, _ = drawn
    equal = replace(engine, population=Population(9, 3, mismatch_scale=0.0))
    for trace in equal.run_chips(tiny, sequences):
        np.testing.assert_array_equal(trace.outputs, nominal.outputs)


@pytest.mark.spice
@pytest.mark.usefixtures("drawn", "_no_workers")
@pytest.mark.parametrize("other", [Population(4, 1), Population(3, 1, mismatch_scale=0.5)])
def test_another_chip_is_another_result(tiny, sequences, engine, other):
    with pytest.raises(AssertionError, match="a worker was started"):
        replace(engine, population=other).run(tiny, sequences)


@pytest.mark.spice
def test_a_deck_that_fails_is_kept_with_its_chip(tiny, sequences, engine, tmp_path, monkeypatch):
    """What is in the folder makes plain ngspice run the same chip."""
    write = Transient.deck

    def with_a_fault(transient, folder, halvings=0):
        broken = {name: f"{text}\nXnone a missing\n" for name, text in transient.files.items()}
        return write(
            replace(transient, files={**broken, CHIP: transient.files[CHIP]}), folder, halvings
        )

    monkeypatch.setattr(Transient, "deck", with_a_fault)
    results = tmp_path / "results"
    with pytest.raises(SimulatorError):
        replace(engine, results=results, population=CHIPS).run(tiny, sequences)
    (script,) = results.glob(f"deck_*/{CHIP}")
    lines = script.read_text().splitlines()
    assert lines[0] == "*ng_script"
    assert all(line.startswith("alter @m.xnetwork.") for line in lines[1:])
    assert len(lines) > 100


@pytest.mark.usefixtures("_no_workers")
@pytest.mark.parametrize(("population", "chip"), [(CHIPS, CHIPS.count), (CHIPS, -1), (None, 1)])
def test_a_chip_that_is_not_there_is_refused(tiny, sequences, engine, tmp_path, population, chip):
    results = tmp_path / "results"
    absent = replace(engine, results=results, population=population, chip=chip)
    with pytest.raises(InputError, match=f"no chip {chip}"):
        absent.run(tiny, sequences)
    assert not results.exists()
