"""The transistors against the behavioural chip, and what is kept of a run."""

import functools
import re
from pathlib import Path

import numpy as np
import pytest

from hwsim.circuits.circuit_set import CircuitSet, load_circuits
from hwsim.circuits.testbench import Conditions
from hwsim.data.sequences import Sequences
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.engines.result_store import ResultStore
from hwsim.foundation.errors import InputError, SimulatorError
from hwsim.spice import ConvergenceError
from hwsim.spice import pool as pool_module

TENSORS = {
    "input.weight": [[1.0, 0.3], [-0.4, 0.9]],
    "input.bias": [0.1, 0.2],
    "blocks.0.candidate.weight": [[0.8, -0.5], [-0.6, 0.9]],
    "blocks.0.candidate.bias": [0.0, 0.1],
    "blocks.0.cell.alpha": [0.25, 0.3],
    "blocks.0.cell.beta": [0.4, 0.5],
    "blocks.0.output.weight": [[0.8, -0.4], [0.3, 0.7]],
    "blocks.0.output.bias": [0.1, -0.1],
    "readout.weight": [[0.9, -0.5], [-0.7, 0.8]],
    "readout.bias": [0.1, 0.0],
}
LOW = {"blocks.0.cell.beta_low": [0.15, 0.2]}

# inputs that leave every candidate well away from its trip points, and move the cells both ways
STEPS = np.array([[2.0, 0.2], [-0.2, 2.0], [2.0, -1.5], [-1.5, -0.5]])


@pytest.fixture(scope="module")
def tiny(network, compiled, cell_kind):
    tensors = TENSORS | (LOW if cell_kind == "fq_bmru" else {})
    return compiled(network(cell_kind, tensors=tensors))


@pytest.fixture(scope="module")
def circuits(tiny):
    return load_circuits(tiny)


@pytest.fixture(scope="module")
def sequences(network):
    """Raw data that becomes `STEPS`; the second sequence is the first step alone."""
    header = network().header.normalisation
    values = STEPS * np.array(header.scale) + np.array(header.mean)
    return Sequences(
        np.stack([values, values]), np.array([4, 1]), np.array([0, 1]), ("class 0", "class 1")
    )


@pytest.fixture(scope="module")
def finished(tiny, circuits, sequences, tmp_path_factory):
    """A finished run: trace, results folder and the progress that was told."""
    results = tmp_path_factory.mktemp("run") / "results"
    told = []
    engine = NgspiceEngine(circuits, results, workers=1, on_progress=told.append)
    return engine.run(tiny, sequences), results, told


@pytest.fixture
def _no_workers(monkeypatch):
    def refuse():
        raise AssertionError("a worker was started")

    monkeypatch.setattr(pool_module, "WorkerProcess", refuse)


@pytest.mark.spice
def test_the_transistors_do_what_the_behavioural_chip_does(tiny, sequences, finished):
    trace, _, _ = finished
    want = BehaviouralEngine().run(tiny, sequences)
    states = want.stages["cells_1"].state
    assert {tuple(np.unique(states[0, :, k])) for k in range(2)} >= {(0, 1)}, "the cells must move"
    mask = want.mask
    np.testing.assert_array_equal(trace.stages["cells_1"].state[mask], states[mask])
    assert trace.violations == ()
    np.testing.assert_array_equal(trace.decisions(tiny.readout), want.decisions(tiny.readout))
    for name, stage in trace.stages.items():
        got, expected = stage.current, want.stages[name].current
        if tiny.stage(name).kind in ("relu", "fq_bmru"):
            got = np.maximum(got, 0)
        assert np.abs(got - expected)[mask].max() < 0.1e-9, name


@pytest.mark.spice
def test_the_analytic_power_is_that_of_the_transistors(tiny, sequences, finished):
    trace, _, _ = finished
    want = BehaviouralEngine().run(tiny, sequences)
    got, estimate = trace.supply_power(1.2), want.supply_power(1.2)
    np.testing.assert_allclose(estimate, got, rtol=0.15)
    assert set(trace.supply_current) == set(want.supply_current)


@pytest.mark.spice
def test_progress_grows_to_the_end(finished):
    _, _, told = finished
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


@pytest.mark.spice
def test_a_finished_run_leaves_its_readings_and_no_decks(finished):
    _, results, _ = finished
    assert len(list(results.glob("*.npz"))) == 2
    assert not [path for path in results.iterdir() if path.is_dir()]


@pytest.mark.spice
@pytest.mark.usefixtures("_no_workers")
def test_what_is_finished_is_not_run_again(tiny, circuits, sequences, finished):
    trace, results, _ = finished
    again = NgspiceEngine(circuits, results).run(tiny, sequences)
    for name, stage in trace.stages.items():
        np.testing.assert_array_equal(again.stages[name].current, stage.current)
    # in another order and company, too
    swapped = NgspiceEngine(circuits, results).run(tiny, sequences.take([1, 0]))
    np.testing.assert_array_equal(swapped.outputs[0, 0], trace.outputs[1, 0])


@pytest.mark.spice
@pytest.mark.parametrize("what", ["conditions", "design", "data"])
@pytest.mark.usefixtures("_no_workers")
def test_another_deck_is_another_result(tiny, circuits, sequences, finished, what):
    _, results, _ = finished
    design, conditions = tiny, Conditions()
    if what == "conditions":
        conditions = Conditions(temperature=28.0)
    elif what == "design":
        operating = tiny.operating.model_copy(update={"supply_voltage": 1.21})
        design = tiny.model_copy(update={"operating": operating})
    else:
        sequences = Sequences(sequences.values * 1.001, sequences.lengths, None, sequences.classes)
    with pytest.raises(AssertionError, match="a worker was started"):
        NgspiceEngine(circuits, results, conditions).run(design, sequences)


def with_mirror_text(circuits, tmp_path, text):
    """The circuits with a mirror template that holds `text` before its own."""
    mirror = circuits.templates["mirror"]
    own = (mirror.folder / "template.spice").read_text()
    (tmp_path / "template.spice").write_text(text + own)
    changed = mirror.model_copy(update={"folder": tmp_path})
    return CircuitSet(circuits.technology, {**circuits.templates, "mirror": changed})


@pytest.mark.spice
def test_an_interrupted_run_keeps_what_is_finished(
    tiny, circuits, sequences, tmp_path, monkeypatch
):
    submitted = []
    submit = pool_module.WorkerProcess.submit

    def interrupt_the_second(worker, deck):
        submitted.append(deck)
        if len(submitted) == 2:
            raise KeyboardInterrupt
        submit(worker, deck)

    monkeypatch.setattr(pool_module.WorkerProcess, "submit", interrupt_the_second)
    results = tmp_path / "results"
    with pytest.raises(KeyboardInterrupt):
        NgspiceEngine(circuits, results, workers=1).run(tiny, sequences)
    assert len(list(results.glob("*.npz"))) == 1

    trace = NgspiceEngine(circuits, results, workers=1).run(tiny, sequences)
    assert len(submitted) == 3
    assert len(trace) == 2


@pytest.mark.spice
def test_equal_sequences_are_run_once(tiny, circuits, sequences, tmp_path):
    twice = sequences.take([1, 1])
    trace = NgspiceEngine(circuits, tmp_path, workers=2).run(tiny, twice)
    np.testing.assert_array_equal(trace.outputs[0], trace.outputs[1])
    assert len(list(tmp_path.glob("*.npz"))) == 1


@pytest.mark.spice
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Xnone a b missing\n", "missing"),
        # two ideal sources in one loop have no solution
        (
            ".subckt loop a\nVa a 0 1\nVb a 0 2\n.ends\nXloop knot loop\n",
            "no solution|singular|Simulation",
        ),
    ],
)
def test_a_deck_that_fails_is_named_and_kept(tiny, circuits, sequences, tmp_path, line, words):
    results = tmp_path / "results"
    (tmp_path / "template").mkdir()
    broken = with_mirror_text(circuits, tmp_path / "template", f"* broken\n{line}")
    with pytest.raises(SimulatorError, match=words) as caught:
        NgspiceEngine(broken, results, workers=1).run(tiny, sequences)
    deck = Path(caught.value.where)
    assert str(caught.value).startswith(str(deck))
    assert deck.is_relative_to(results)
    assert deck.name == "testbench.spice"
    assert deck.is_file()
    assert (deck.parent / "network.spice").is_file()
    assert caught.value.exit_code == 3


@pytest.mark.usefixtures("_no_workers")
def test_conditions_are_checked_before_anything_is_run(tiny, circuits, sequences, tmp_path):
    engine = NgspiceEngine(circuits, tmp_path / "results", Conditions(corner="xx"))
    with pytest.raises(InputError, match="unknown corner 'xx'"):
        engine.run(tiny, sequences)
    assert not (tmp_path / "results").exists()


def test_data_of_other_channels_is_refused(tiny, circuits, recordings, tmp_path):
    with pytest.raises(InputError, match="the data has 3 channels, the network 2 inputs"):
        NgspiceEngine(circuits, tmp_path).run(tiny, recordings(channels=3))


def reluctant(refusals, steps):
    """Workers that find no solution a few times, and note the longest step of each deck."""

    class Reluctant(pool_module.WorkerPool):
        left = refusals

        def run(self, decks, on_progress):
            for position, deck in enumerate(decks):
                if deck is None:
                    return
                line = re.search(r"^\.tran.*$", deck.path.read_text(), re.MULTILINE)[0]
                steps.append(float(line.removesuffix(" uic").split()[-1]))
                if type(self).left:
                    type(self).left -= 1
                    yield position, ConvergenceError("no solution", deck=deck)
                else:
                    told = functools.partial(
                        lambda place, _, part: on_progress(place, part), position
                    )
                    ((_, found),) = super().run(iter([deck]), told)
                    yield position, found

    return Reluctant


@pytest.mark.spice
def test_what_finds_no_solution_is_run_again_in_other_ways(
    tiny, circuits, sequences, finished, tmp_path, monkeypatch
):
    steps = []
    monkeypatch.setattr("hwsim.engines.ngspice.WorkerPool", reluctant(1, steps))
    trace = NgspiceEngine(circuits, tmp_path, workers=1).run(tiny, sequences.take([0]))
    longest = tiny.operating.step / 20
    np.testing.assert_allclose(steps, [longest, longest / 2])
    expected = finished[0].stages["cells_1"].state[:1, : trace.mask.shape[1]]
    np.testing.assert_array_equal(trace.stages["cells_1"].state[trace.mask], expected[trace.mask])
    told = "network: as written, steps halved"
    assert trace.attempts == (f"sequence 0: {told}",)
    (kept,) = tmp_path.glob("*.npz")
    assert ResultStore(tmp_path).load(kept.stem).attempts == (told,)


@pytest.mark.usefixtures("_no_workers")
def test_the_attempts_end_somewhere(tiny, circuits, sequences, tmp_path, monkeypatch):
    steps = []
    monkeypatch.setattr("hwsim.engines.ngspice.WorkerPool", reluctant(99, steps))
    with pytest.raises(SimulatorError, match="no solution"):
        NgspiceEngine(circuits, tmp_path, workers=1).run(tiny, sequences.take([0]))
    np.testing.assert_allclose(steps, tiny.operating.step / 20 / np.array([1, 2, 4, 2, 2]))
    (deck,) = tmp_path.glob("deck_*/testbench.spice")
    assert " uic\n" in deck.read_text()
