"""Trip points of the cells of drawn chips in ngspice against what their parameters say."""

import numpy as np
import pytest

from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.parameters import chip_parameters
from hwsim.chips.population import Population
from hwsim.circuits import nodes
from hwsim.circuits.circuit_set import load_circuits

pytestmark = pytest.mark.spice

CHIPS = Population(seed=11, count=8)
SERVO = 1e3
"""Unit currents per volt with which a servo drives a cell to where it decides."""


@pytest.fixture(scope="module")
def tiny(network, compiled, cell_kind):
    """One cell, with a threshold of its own."""
    return compiled(network(cell_kind, units=1, half_range=1))


def servo(design, error):
    """A current into the summing node beside that of the row, so that `error` becomes 0 V."""
    (stage,) = design.cells
    unit = design.operating.unit_current
    asked = stage.cell.threshold_units[0] / design.reference_units * unit
    node = f"xnetwork.x{stage.name}.sum_0"
    return f"Bservo 0 {node} I=v(sign)*({asked:.9g}+{SERVO * unit:.9g}*({error}))"


def ladder_trips(design, bench, held):
    """Candidates at which the strobes of either direction are at half the supply."""
    (stage,) = design.cells
    cell = f"xnetwork.x{stage.name}.xcell_0"
    half = design.operating.supply_voltage / 2
    lines = [
        "Vlevel level 0 0",
        *held(design),
        f"Vphi2 phi2 0 {2 * half}",
        "Vphi2b phi2b 0 0",
        "Vsign sign 0 1",
        servo(design, f"{half}-u(v(sign))*v({cell}.up)-u(-v(sign))*v({cell}.down)"),
        ".dc Vsign -1 1 2",
    ]
    results = bench(design, CHIPS, lines, (0.0, 0.0), "dc")
    row = nodes.row_current(stage, 0)
    found = np.array([result.vector(row, "dc") for result in results])
    return found[:, 1], found[:, 0]


def comparator_trips(design, bench):
    """Ends of the falling part of the candidate over the state that it holds."""
    (stage,) = design.cells
    state = f"xnetwork.x{stage.name}.xcell_0.state"
    supply = design.operating.supply_voltage
    lines = [
        "Vsign sign 0 1",
        "Vwanted wanted 0 0",
        servo(design, f"v(wanted)-v({state})"),
        f".dc Vwanted 0 {supply} {supply / 240}",
    ]
    results = bench(design, CHIPS, lines, (0.0, 0.0), "dc")
    curves = np.array([result.vector(nodes.row_current(stage, 0), "dc") for result in results])
    peaks = np.maximum.accumulate(curves, axis=1)
    down = np.argmax(peaks - curves, axis=1)
    chips = np.arange(len(curves))
    return peaks[chips, down], curves[chips, down]


def test_cells_of_a_chip_trip_where_its_parameters_say(tiny, bench, held):
    (stage,) = tiny.cells
    circuits = load_circuits(tiny)
    sheets = datasheets_of(circuits)
    plain = chip_parameters(tiny, sheets, circuits=circuits).stages[stage.name]
    told = chip_parameters(tiny, sheets, CHIPS, circuits=circuits).stages[stage.name]
    ladder = stage.kind == "cmru"
    found = ladder_trips(tiny, bench, held) if ladder else comparator_trips(tiny, bench)
    for measured, nominal, drawn in (
        (found[0], plain.upper, told.upper),
        (found[1], plain.lower, told.lower),
    ):
        current = measured / tiny.operating.unit_current
        assert current[0] == pytest.approx(nominal[0, 0], rel=0.02)
        moved = current[1:] - current[0]
        foreseen = drawn[:, 0] - nominal[0, 0]
        assert moved.std() > 0.04 * abs(current[0])
        assert ((moved - foreseen) ** 2).sum() < 0.01 * (moved**2).sum()
