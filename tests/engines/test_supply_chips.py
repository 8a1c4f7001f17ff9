"""The supply of chips as their datasheets describe them: groups, leakage, sums of many."""

from dataclasses import replace

import numpy as np
import pytest

from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.testbench import Conditions
from hwsim.design.wiring import REFERENCE
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model, plain_model
from hwsim.engines.chip_runs import run_chips
from hwsim.engines.supply import SupplyModel
from hwsim.engines.supply_figures import CellFigures, SupplyFigures, supply_figures
from hwsim.engines.supply_groups import GROUPS, total_of
from hwsim.engines.supply_leakage import excess_of

CHIPS = Population(seed=5, count=3)
HOT = Conditions("ff", 85.0)


@pytest.fixture(scope="module", params=["saturating_cmru", "fq_bmru"])
def subject(request, network, compiled):
    design = compiled(network(request.param, channels=3, units=4, classes=3))
    return design, load_circuits(design)


def signals_of(design, shape, seed=1):
    """Sums and states that a network might have, [*shape, unit]."""
    rng = np.random.default_rng(seed)
    sums = {stage.name: rng.normal(0, 0.7, (*shape, stage.size)) for stage in design.stages}
    states = {}
    for stage in design.stages:
        low, high = (-3, 4) if stage.kind == "cmru" else (0, 2)
        drawn = rng.integers(low, high, (*shape, stage.size))
        states[stage.name] = None if stage.cell is None else drawn
    return sums, states


@pytest.mark.parametrize("conditions", [None, Conditions(), HOT])
def test_charges_are_the_sums_of_currents(subject, conditions):
    design, circuits = subject
    if conditions is None:
        model, count = plain_model(design), 1
    else:
        model, count = chip_model(design, circuits, CHIPS, conditions), CHIPS.count
    sums, states = signals_of(design, (count, 6, 5))
    # The inputs are one array for all chips, as they are where chips run.
    inputs = design.stages[0].name
    sums[inputs] = np.broadcast_to(sums[inputs][:1], sums[inputs].shape)
    valid = np.random.default_rng(2).random((6, 5)) < 0.7
    found = SupplyModel(design, model).charges(sums, states, valid)
    for chip in range(count):
        one = SupplyModel(design, model.take(slice(chip, chip + 1)))
        currents = one.currents(
            {name: np.swapaxes(each[chip], 0, 1) for name, each in sums.items()},
            {
                name: None if each is None else np.swapaxes(each[chip], 0, 1)
                for name, each in states.items()
            },
        )
        wanted = sum(current[valid.T].sum() for current in currents.values())
        assert found[chip] == pytest.approx(wanted, rel=1e-10)


def test_some_chips_of_a_batch_are_those_chips(subject):
    design, circuits = subject
    model = chip_model(design, circuits, CHIPS, HOT)
    supply = SupplyModel(design, model)
    sums, states = signals_of(design, (3, 4, 2))
    valid = np.ones((4, 2), dtype=bool)
    whole = supply.charges(sums, states, valid)
    part = supply.charges(
        {name: each[1:] for name, each in sums.items()},
        {name: None if each is None else each[1:] for name, each in states.items()},
        valid,
        slice(1, 3),
    )
    np.testing.assert_allclose(part, whole[1:], rtol=1e-12)


def test_groups_add_up_to_parts_and_none_is_negative(subject):
    design, circuits = subject
    supply = SupplyModel(design, chip_model(design, circuits, conditions=HOT))
    sums, states = signals_of(design, (2, 5))
    groups, currents = supply.groups(sums, states), supply.currents(sums, states)
    assert list(groups) == list(currents) == [REFERENCE, *(s.name for s in design.stages)]
    for part, found in groups.items():
        assert set(found) <= set(GROUPS)
        np.testing.assert_allclose(total_of(found), currents[part], rtol=1e-12)
        assert all(np.min(current) > -1e-12 for current in found.values())


def test_leakage_grows_with_temperature_and_from_slow_to_fast(subject):
    design, circuits = subject
    sheets = datasheets_of(circuits)
    sums, states = signals_of(design, (2, 5))

    def leakage(corner, temperature):
        at = sheets["mirror"].conditions
        at = at.model_copy(update={"corner": corner, "temperature": temperature})
        model = replace(plain_model(design), supply=supply_figures(design, sheets, at))
        groups = SupplyModel(design, model).groups(sums, states)
        return sum(found.get("leakage", np.zeros(1)).sum() for found in groups.values())

    for corner in ("ss", "tt", "ff"):
        found = [leakage(corner, temperature) for temperature in (0.0, 27.0, 45.0, 64.0, 85.0)]
        assert np.all(np.diff(found) > 0)
    for temperature in (0.0, 27.0, 85.0):
        found = [leakage(corner, temperature) for corner in ("ss", "tt", "ff")]
        assert np.all(np.diff(found) > 0)


def test_small_currents_cost_more_when_hot(network, compiled, recordings):
    design = compiled(network(units=4), unit_current=1e-10, step=5e-2)
    circuits, sequences = load_circuits(design), recordings()
    one = Population(0, 1, mismatch_scale=0.0)

    def power(temperature):
        hot = Conditions("ff", temperature)
        return run_chips(
            design, sequences, circuits, one, conditions=hot, form="arrays"
        ).supply_power[0]

    found = [power(temperature) for temperature in (27.0, 64.0, 85.0)]
    assert np.all(np.diff(found) > 0)


def with_figures(design, **figures):
    """The integer circuit of a design with some supply figures."""
    return SupplyModel(design, replace(plain_model(design), supply=SupplyFigures(**figures)))


def nothing(design):
    """No signal anywhere for one step."""
    sums = {stage.name: np.zeros((1, 1, stage.size)) for stage in design.stages}
    states = {
        stage.name: None if stage.cell is None else np.zeros((1, 1, stage.size), dtype=np.int64)
        for stage in design.stages
    }
    return sums, states


def test_idle_turn_arounds_leak_as_their_diodes_are_large(network, compiled):
    design = compiled(network("fq_bmru"))
    stage = design.stages[0]
    sums, states = nothing(design)
    found = with_figures(design, idle={"n": 1e-3, "p": 0.0}).groups(sums, states)
    turned = [
        line
        for line in plain_model(design).turned
        if line.line.stage == stage.name and line.polarity == "p"
    ]
    wanted = len(turned) * 1e-3 * stage.diode_units
    assert found[stage.name]["leakage"] == pytest.approx(wanted)
    # with a current through one of them, it leaks less
    sums[stage.name][..., 0] = 0.5
    lines = sum(end.line.unit == 0 for end in turned)
    less = lines * (1e-3 * stage.diode_units - excess_of(0.5, 1e-3 * stage.diode_units))
    busy = with_figures(design, idle={"n": 1e-3, "p": 0.0}).groups(sums, states)
    assert busy[stage.name]["leakage"] == pytest.approx(wanted - less)


def test_idle_sources_leak_into_outputs(network, compiled):
    design = compiled(network())
    outputs = design.stages[-1]
    sums, states = nothing(design)
    idle = {"n": 0.0, "p": 1e-3}
    found = with_figures(design, idle=idle).groups(sums, states)[outputs.name]["leakage"]
    units = sum(
        units
        for connection in outputs.connections
        for row in connection.units
        for units in row
        if units > 0 or design.stage(connection.source).kind not in ("relu", "fq_bmru")
    )
    assert units > 0
    assert found == pytest.approx(1e-3 * units)


def test_a_ladder_leaks_by_its_level_and_pays_for_steps(network, compiled):
    design = compiled(network(units=2))
    own = CellFigures(rest=1e-3, top=4e-3, bottom=7e-3, transition=2e-3 * design.operating.step)
    stage = design.cells[0]
    sums, states = nothing(design)
    sums = {name: np.zeros((1, 5, each.shape[-1])) for name, each in sums.items()}
    levels = np.array([1, 3, 3, 0, -3])
    states = {
        name: None if each is None else np.tile(levels[None, :, None], (1, 1, stage.size))
        for name, each in states.items()
    }
    found = with_figures(design, cells={stage.name: own}).groups(sums, states)[stage.name]
    np.testing.assert_allclose(
        found["leakage"][0], stage.size * np.array([2e-3, 4e-3, 4e-3, 1e-3, 7e-3])
    )
    np.testing.assert_allclose(found["switching"][0], stage.size * 2e-3 * np.array([1, 2, 0, 3, 3]))


def test_a_set_comparator_draws_what_its_datasheet_says(network, compiled):
    design = compiled(network("fq_bmru", units=2))
    stage, cell = design.cells[0], design.cells[0].cell
    own = CellFigures(rest=3e-3, held=1.1)
    sums, states = nothing(design)
    clear = with_figures(design, cells={stage.name: own}).groups(sums, states)[stage.name]
    assert clear["leakage"] == pytest.approx(3e-3 * stage.size)
    sums[stage.name] += 5.0
    states[stage.name] += 1
    held = with_figures(design, cells={stage.name: own}).groups(sums, states)[stage.name]
    assert held["leakage"] == pytest.approx(0.0)
    width = sum(cell.width_units) / design.reference_units
    threshold = sum(cell.threshold_units) / design.reference_units
    assert held["memory"] == pytest.approx(1.1 * width)
    assert held["comparators"] == pytest.approx(5.0 * stage.size + 1.1 * threshold)


def test_the_clock_is_known_with_datasheets_alone(subject, recordings):
    design, circuits = subject
    sequences = recordings(channels=3, classes=2)
    assert BehaviouralEngine().run(design, sequences).clock_energy is None
    found = BehaviouralEngine(chip_model(design, circuits)).run(design, sequences).clock_energy
    if design.cells[0].kind == "cmru":
        assert 4 * 1e-14 < found < 4 * 1e-12
    else:
        assert found == 0.0
