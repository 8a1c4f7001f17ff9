"""A network part by part against the network in one deck, and what is kept of it."""

import dataclasses

import numpy as np
import pytest

from hwsim.chips.population import Population
from hwsim.circuits.attempts import Attempt, finer_steps
from hwsim.circuits.circuit_set import load_circuits
from hwsim.data.sequences import Sequences
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.spice import WorkerDied
from hwsim.spice import pool as pool_module

pytestmark = pytest.mark.spice


@pytest.fixture(scope="module")
def tiny(network, compiled, cell_kind):
    return compiled(network(cell_kind, units=2, seed=2))


@pytest.fixture(scope="module")
def circuits(tiny):
    return load_circuits(tiny)


@pytest.fixture(scope="module")
def sequences(recordings):
    return recordings(lengths=(3, 1), seed=5)


@pytest.fixture(scope="module")
def whole(tiny, circuits, sequences, tmp_path_factory):
    results = tmp_path_factory.mktemp("whole")
    return NgspiceEngine(circuits, results, workers=2).run(tiny, sequences)


@pytest.fixture(scope="module")
def parted(tiny, circuits, sequences, tmp_path_factory):
    """A finished run in parts, its folder, and the progress that was told."""
    results, told = tmp_path_factory.mktemp("parted"), []
    engine = NgspiceEngine(circuits, results, workers=2, partition="stage", on_progress=told.append)
    return engine.run(tiny, sequences), results, told


@pytest.fixture
def submitted(monkeypatch):
    """The decks that are handed to workers."""
    decks = []
    submit = pool_module.WorkerProcess.submit

    def noted(worker, deck):
        decks.append(deck)
        submit(worker, deck)

    monkeypatch.setattr(pool_module.WorkerProcess, "submit", noted)
    return decks


def relative(found, wanted, mask):
    """Rms difference over rms."""
    difference = np.sqrt(((found - wanted)[mask] ** 2).mean())
    return difference / np.sqrt((wanted[mask] ** 2).mean())


def same(one, other):
    """Whether two traces are one, waveforms and all."""
    mask = one.mask
    for name, stage in one.stages.items():
        np.testing.assert_array_equal(other.stages[name].current[mask], stage.current[mask])
        if stage.state is not None:
            np.testing.assert_array_equal(other.stages[name].state[mask], stage.state[mask])
    for part, current in one.supply_current.items():
        np.testing.assert_array_equal(other.supply_current[part], current)


def agrees(found, whole, tiny):
    mask = whole.mask
    for name, stage in whole.stages.items():
        assert relative(found.stages[name].current, stage.current, mask) < 0.005, name
        if stage.state is not None:
            np.testing.assert_array_equal(found.stages[name].state[mask], stage.state[mask])
    np.testing.assert_array_equal(found.decisions(tiny.readout), whole.decisions(tiny.readout))
    power = found.supply_power(1.2), whole.supply_power(1.2)
    np.testing.assert_allclose(*power, rtol=0.005)
    for part, current in whole.supply_current.items():
        mean = found.supply_current[part][mask].mean()
        assert mean == pytest.approx(current[mask].mean(), rel=0.02), part
    assert found.violations == whole.violations == ()
    assert found.attempts == ()


def test_stages_do_what_the_network_does(tiny, whole, parted):
    assert np.abs(whole.stages["cells_1"].state[whole.mask]).sum() > 0, "the cells must move"
    agrees(parted[0], whole, tiny)


def test_cells_do_what_the_network_does(tiny, circuits, sequences, whole, tmp_path, monkeypatch):
    monkeypatch.setattr("hwsim.circuits.partition.part.GROUP", 1)
    engine = NgspiceEngine(circuits, tmp_path, workers=2, partition="cell")
    agrees(engine.run(tiny, sequences), whole, tiny)
    units = sum(stage.size for stage in tiny.stages)
    # the reference once, each part once a recording
    assert len(list((tmp_path / "parts").glob("*.run"))) == 1 + 2 * units


def test_waveforms_are_those_of_the_network(tiny, whole, parted):
    for wanted, found in zip(whole.waveforms, parted[0].waveforms, strict=True):
        np.testing.assert_array_equal(found.time, wanted.time)
        for stage in tiny.stages[1:]:
            either = found.current[stage.name], wanted.current[stage.name]
            assert either[0].shape == either[1].shape
            # between two points of the solver a picture is as good as its straight lines
            assert np.sqrt(((either[0] - either[1]) ** 2).mean()) < 0.02 * np.abs(either[1]).max()


def test_progress_grows_to_the_end(parted):
    assert parted[2] == sorted(parted[2])
    assert parted[2][-1] == pytest.approx(1.0)
    assert len(set(parted[2])) > 4


def test_a_finished_run_leaves_no_decks_and_is_not_run_again(
    tiny, circuits, sequences, parted, submitted
):
    trace, results, _ = parted
    assert not list(results.glob("deck_*"))
    same(NgspiceEngine(circuits, results, partition="stage").run(tiny, sequences), trace)
    assert not submitted


def test_parts_that_are_there_make_the_recording_again(
    tiny, circuits, sequences, parted, submitted
):
    trace, results, _ = parted
    for path in results.glob("*.npz"):
        path.unlink()
    same(NgspiceEngine(circuits, results, partition="stage").run(tiny, sequences), trace)
    assert not submitted


def test_a_damaged_part_alone_is_simulated_again(tiny, circuits, sequences, parted, submitted):
    trace, results, _ = parted
    for path in results.glob("*.npz"):
        path.unlink()
    damaged = max((results / "parts").glob("*.run"), key=lambda path: path.stat().st_size)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    same(NgspiceEngine(circuits, results, partition="stage").run(tiny, sequences), trace)
    assert len(submitted) == 1


def test_an_interrupted_run_loses_only_the_decks_that_ran(
    tiny, circuits, sequences, parted, tmp_path, monkeypatch
):
    decks = []
    submit = pool_module.WorkerProcess.submit

    def interrupt_the_fourth(worker, deck):
        decks.append(deck)
        if len(decks) == 4:
            raise KeyboardInterrupt
        submit(worker, deck)

    monkeypatch.setattr(pool_module.WorkerProcess, "submit", interrupt_the_fourth)
    engine = NgspiceEngine(circuits, tmp_path, workers=1, partition="stage")
    with pytest.raises(KeyboardInterrupt):
        engine.run(tiny, sequences)
    assert len(list((tmp_path / "parts").glob("*.run"))) == 3
    assert not list(tmp_path.glob("deck_*"))
    same(engine.run(tiny, sequences), parted[0])
    assert len(decks) == 1 + 1 + 2 * len(tiny.stages)  # the fourth twice


def test_a_killed_worker_is_replaced_once_and_nothing_finished_is_lost(
    tiny, circuits, sequences, parted, tmp_path, monkeypatch
):
    count, killed = [], []
    submit = pool_module.WorkerProcess.submit

    def kill(worker, deck):
        submit(worker, deck)
        count.append(deck)
        if len(count) in killed:
            worker._process.kill()

    monkeypatch.setattr(pool_module.WorkerProcess, "submit", kill)
    engine = NgspiceEngine(circuits, tmp_path, workers=1, partition="stage")
    killed += [3, 4]
    with pytest.raises(WorkerDied):
        engine.run(tiny, sequences)
    assert len(list((tmp_path / "parts").glob("*.run"))) == 2
    killed += [6]
    same(engine.run(tiny, sequences), parted[0])
    # the third, whose two workers died, and then the fourth, of which one did
    assert len(count) == 1 + 2 * len(tiny.stages) + 3


def test_a_drawn_chip_is_the_same_chip_in_parts(tiny, circuits, sequences, tmp_path):
    population = Population(seed=2, count=1)
    one = sequences.take([0])
    engine = NgspiceEngine(circuits, tmp_path, workers=2, population=population)
    (whole,) = engine.run_chips(tiny, one)
    (found,) = dataclasses.replace(engine, partition="stage").run_chips(tiny, one)
    agrees(found, whole, tiny)
    drawn = dataclasses.replace(engine, partition="stage", population=None).run(tiny, one)
    assert relative(drawn.outputs, whole.outputs, whole.mask) > 0.01, "mismatch must show"


def test_halved_steps_change_nothing_that_counts(
    tiny, circuits, sequences, parted, tmp_path, monkeypatch
):
    halved = Attempt("halved", lambda deck: finer_steps(deck, 1))
    monkeypatch.setattr("hwsim.engines.transients.attempts_at", lambda _deck: (halved,))
    engine = NgspiceEngine(circuits, tmp_path, workers=2, partition="stage")
    finer = engine.run(tiny, sequences.take([0]))
    mask = finer.mask
    for name, stage in finer.stages.items():
        found = parted[0].stages[name]
        length = mask.shape[1]
        assert relative(found.current[:1, :length], stage.current, mask) < 0.002, name
        if stage.state is not None:
            np.testing.assert_array_equal(found.state[:1, :length][mask], stage.state[mask])


def test_equal_recordings_share_their_parts(tiny, circuits, sequences, tmp_path, submitted):
    values = sequences.values[[1, 1]].copy()
    # the second differs in its second step, which is not valid
    values[1, 1:] += 1.0
    twice = Sequences(values, np.array([1, 1]), None, sequences.classes)
    trace = NgspiceEngine(circuits, tmp_path, workers=2, partition="stage").run(tiny, twice)
    np.testing.assert_array_equal(trace.outputs[0], trace.outputs[1])
    assert len(submitted) == 1 + len(tiny.stages)


@pytest.mark.parametrize(("wrong", "attempts"), [(1, 2), (99, 3)])
def test_what_no_ladder_can_do_is_simulated_again_in_finer_steps(
    network, compiled, recordings, tmp_path, monkeypatch, wrong, attempts
):
    design = compiled(network(units=1, seed=2))
    found = iter([("cells_1[0]: odd",)] * wrong)
    monkeypatch.setattr(
        "hwsim.engines.partition.parted_network.undecided_latches", lambda *_: next(found, ())
    )
    engine = NgspiceEngine(load_circuits(design), tmp_path, workers=1, partition="stage")
    trace = engine.run(design, recordings(lengths=(1,)))
    tried = ", ".join(("as written", "steps halved", "steps quartered")[:attempts])
    assert trace.attempts == (f"sequence 0: cells_1[0]: {tried}",)
    assert trace.violations == (("sequence 0: cells_1[0]: odd",) if wrong > 2 else ())
    assert not list(tmp_path.glob("deck_*"))
