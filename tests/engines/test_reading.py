import numpy as np
import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.netlist import supply_parts
from hwsim.circuits.nodes import row_current, supply_current
from hwsim.circuits.testbench import state_vectors
from hwsim.engines.reading import join_readings, read_sequence

STEPS = 4
HIGH = 1.2


def latches(stage, unit, template, levels):
    """Voltages of a sound ladder, [step] each."""
    names = state_vectors(stage, unit, template)
    set_stages = np.asarray(levels) + stage.cell.half_range
    return {name: HIGH * (set_stages > index) for index, name in enumerate(names)}


@pytest.fixture(scope="module")
def ladder(network, compiled):
    return compiled(network(units=2))


@pytest.fixture(scope="module")
def templates(ladder):
    return load_circuits(ladder).templates


@pytest.fixture
def resting(ladder, templates):
    """Ladders whose level moves as it may: both begin and stay at 0."""
    stage = ladder.cells[0]
    return {
        name: values
        for unit in range(stage.size)
        for name, values in latches(stage, unit, templates["cmru"], [0] * STEPS).items()
    }


def test_currents_are_those_of_their_step(design, circuits, staircase):
    run = staircase(design, circuits.templates, STEPS)
    reading = read_sequence(design, circuits.templates, run.vectors, STEPS, seconds=1.5)
    for stage in design.stages:
        for unit in range(stage.size):
            want = run.values[row_current(stage, unit)]
            np.testing.assert_allclose(reading.current[stage.name][:, unit], want)
    assert reading.seconds == 1.5


def test_supply_currents_leave_the_supply_and_are_means_of_their_step(design, circuits, staircase):
    run = staircase(design, circuits.templates, STEPS)
    name = supply_current("hidden")
    time, step = run.vectors["time"], design.operating.step
    # -2 nA for the first half of each step, 0 for the rest; ngspice counts currents into a source
    run.vectors[name] = np.where(time / step % 1 < 0.5, -2e-9, 0.0)
    reading = read_sequence(design, circuits.templates, run.vectors, STEPS, seconds=0)
    np.testing.assert_allclose(reading.supply_current["hidden"], 1e-9, rtol=0.02)
    other = run.values[supply_current("logits")]
    mean = reading.supply_current["logits"][1:]
    np.testing.assert_allclose(mean, -other[1:], rtol=0.05)
    assert set(reading.supply_current) == set(supply_parts(design))


def test_supply_charge_on_an_uneven_grid_is_whole(ladder, templates, staircase, resting):
    """Time points crowd around clock edges: a mean of samples would be wrong."""
    run = staircase(ladder, templates, STEPS, resting)
    time = run.vectors["time"]
    keep = (time % ladder.operating.step < 1e-3) | (np.arange(len(time)) % 20 == 0)
    name = supply_current("hidden")
    vectors = {key: value[keep] for key, value in run.vectors.items()}
    vectors[name] = -1e-6 * vectors["time"]
    reading = read_sequence(ladder, templates, vectors, STEPS, seconds=0)
    middle = (np.arange(STEPS) + 0.5) * ladder.operating.step
    np.testing.assert_allclose(reading.supply_current["hidden"], 1e-6 * middle, rtol=1e-9)


def test_candidates_of_a_ladder_are_read_at_the_write(ladder, templates, staircase, resting):
    run = staircase(ladder, templates, STEPS, resting)
    stage = ladder.cells[0]
    time, step = run.vectors["time"], ladder.operating.step
    before_write = time / step % 1 < ladder.operating.write_fraction + 1e-3
    run.vectors[row_current(stage, 0)] = np.where(before_write, 3e-9, 7e-9)
    reading = read_sequence(ladder, templates, run.vectors, STEPS, seconds=0)
    np.testing.assert_allclose(reading.current[stage.name][:, 0], 3e-9)


def test_levels_are_counted_from_the_middle_of_the_ladder(ladder, templates, staircase, resting):
    stage, levels = ladder.cells[0], [-1, -2, -3, -2]
    given = resting | latches(stage, 1, templates["cmru"], levels)
    reading = read_sequence(
        ladder, templates, staircase(ladder, templates, STEPS, given).vectors, STEPS, seconds=0
    )
    np.testing.assert_array_equal(reading.state[stage.name][:, 1], levels)
    np.testing.assert_array_equal(reading.state[stage.name][:, 0], 0)
    assert reading.violations == ()


def test_a_ladder_that_is_no_thermometer_is_reported(ladder, templates, staircase, resting):
    stage = ladder.cells[0]
    names = state_vectors(stage, 1, templates["cmru"])
    broken = {names[2]: np.zeros(STEPS), names[3]: np.full(STEPS, HIGH)}
    run = staircase(ladder, templates, STEPS, resting | broken)
    reading = read_sequence(ladder, templates, run.vectors, STEPS, seconds=0)
    assert reading.violations == ("cells_1[1]: the ladder is not a thermometer code",)


def test_two_levels_in_one_step_are_reported(ladder, templates, staircase, resting):
    given = resting | latches(ladder.cells[0], 0, templates["cmru"], [0, 1, 3, 3])
    run = staircase(ladder, templates, STEPS, given)
    reading = read_sequence(ladder, templates, run.vectors, STEPS, seconds=0)
    assert reading.violations == ("cells_1[0]: 2 levels in step 2",)


def test_a_ladder_that_does_not_begin_in_its_middle_is_reported(
    ladder, templates, staircase, resting
):
    given = resting | latches(ladder.cells[0], 0, templates["cmru"], [-3, -3, -3, -3])
    run = staircase(ladder, templates, STEPS, given)
    reading = read_sequence(ladder, templates, run.vectors, STEPS, seconds=0)
    assert reading.violations == ("cells_1[0]: 3 levels in step 0",)


def test_a_comparator_is_on_above_half_the_supply(network, compiled, staircase):
    design = compiled(network("fq_bmru", units=2))
    templates = load_circuits(design).templates
    stage = design.cells[0]
    (name,) = state_vectors(stage, 1, templates["fq_bmru"])
    run = staircase(design, templates, STEPS, {name: np.array([0.1, 0.61, 1.19, 0.59])})
    reading = read_sequence(design, templates, run.vectors, STEPS, seconds=0)
    np.testing.assert_array_equal(reading.state[stage.name], [[0, 0], [0, 1], [0, 1], [0, 0]])
    assert reading.violations == ()


def test_a_waveform_covers_the_sequence(ladder, templates, staircase, resting):
    run = staircase(ladder, templates, STEPS, resting)
    waveform = read_sequence(ladder, templates, run.vectors, STEPS, seconds=0).waveform
    assert waveform.time[0] == 0
    assert waveform.time[-1] == pytest.approx(STEPS * ladder.operating.step)
    for stage in ladder.stages:
        assert waveform.current[stage.name].shape == (len(waveform.time), stage.size)
    want = run.values[row_current(ladder.stages[1], 0)]
    middle = waveform.time / ladder.operating.step % 1
    inside = (middle > 0.3) & (middle < 0.7)
    steps = (waveform.time[inside] / ladder.operating.step).astype(int)
    np.testing.assert_allclose(waveform.current["hidden"][inside, 0], want[steps])


def test_readings_join_to_a_trace_with_nothing_behind_their_ends(
    ladder, templates, staircase, resting
):
    stage = ladder.cells[0]
    names = state_vectors(stage, 0, templates["cmru"])
    short = staircase(ladder, templates, 2, {k: v[:2] for k, v in resting.items()})
    bad = staircase(ladder, templates, STEPS, resting | {names[5]: np.full(STEPS, HIGH)})
    readings = [
        read_sequence(ladder, templates, short.vectors, 2, seconds=1),
        read_sequence(ladder, templates, bad.vectors, STEPS, seconds=2),
    ]
    trace = join_readings(ladder, readings, np.array([2, STEPS]), STEPS)
    assert trace.engine == "ngspice"
    assert trace.stages["hidden"].current.shape == (2, STEPS, 2)
    assert trace.stages["hidden"].state is None
    np.testing.assert_array_equal(
        trace.stages["hidden"].current[0, :2], readings[0].current["hidden"]
    )
    assert not trace.stages["hidden"].current[0, 2:].any()
    assert not trace.supply_current["logits"][0, 2:].any()
    assert trace.supply_current["logits"][1].any()
    assert trace.violations == tuple(f"sequence 1: {text}" for text in readings[1].violations)
    assert len(trace.waveforms) == 2
