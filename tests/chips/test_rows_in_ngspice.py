"""Currents of drawn chips in ngspice against what their parameters say: mirrors, lines, levels."""

import numpy as np
import pytest

from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.parameters import chip_parameters
from hwsim.chips.population import Population
from hwsim.circuits import nodes
from hwsim.circuits.circuit_set import load_circuits
from hwsim.design.wiring import Line, LineEnd, native_polarity, parts

pytestmark = pytest.mark.spice

CHIPS = Population(seed=7, count=8)
INPUTS = (0.8, -0.5)


@pytest.fixture(scope="module")
def small(request, network, compiled, cell_kind):
    """Two units of everything; ladders of another length than that of the datasheet."""
    checkpoint = network(cell_kind, half_range=2, seed=3)
    return compiled(checkpoint, templates={"mirror": request.param})


def row_mirrors(design):
    """Rows of mirrors on line ends: stage, unit, end, and the instance in ngspice."""
    for stage in design.stages[1:]:
        for unit in range(stage.size):
            for connection in stage.connections:
                source = design.stage(connection.source)
                taps = parts(source) if connection.tap == "signed" else ("plus",)
                for index, units in enumerate(connection.units[unit]):
                    for part in taps if units else ():
                        push = (units > 0) == (part == "plus")
                        end = LineEnd(Line(source.name, part, index), "p" if push else "n")
                        name = f"xnetwork.x{stage.name}.xrow{unit}_{source.name}{index}_{part}"
                        yield stage, unit, end, name


def line_currents(design, parameters, chip, sums, level):
    """Current of every line end from measured sums of the units that drive it, unit currents."""
    currents = {}
    for stage in design.stages[:-1]:
        found = parameters.stages[stage.name]
        for unit in range(stage.size):
            for part in parts(stage):
                sign = 1 if part == "plus" else -1
                if stage.cell is None:
                    value = max(sign * sums[stage.name][unit], 0.0)
                else:
                    middle = found.levels.shape[2] // 2 if stage.kind == "cmru" else 0
                    value = max(sign * found.levels[chip, unit, middle + level], 0.0)
                if part in found.keep_parts:
                    value += found.keep[chip, unit, found.keep_parts.index(part)]
                line = Line(stage.name, part, unit)
                native = native_polarity(stage, part)
                currents[LineEnd(line, native)] = value
                if line in found.turned:
                    turned = value * found.turn_gain[chip, found.turned.index(line)]
                    currents[LineEnd(line, "p" if native == "n" else "n")] = turned
    return currents


def is_open(stage, unit, sums):
    """Whether mirrors have room: a rectifier does not hold a node that is pulled down."""
    return stage.kind not in ("relu", "fq_bmru") or sums[stage.name][unit] > 0.05


@pytest.mark.parametrize(
    ("small", "level"),
    [("mirror_cascode", 1), ("mirror_cascode", -2), ("mirror_plain", 1)],
    indirect=["small"],
)
def test_mirrors_of_a_chip_carry_what_its_parameters_say(small, bench, held, level):
    """Deviations of every mirror's current, from the sums that its lines really carry."""
    level = level if small.cells[0].kind == "cmru" else 1
    unit_current = small.operating.unit_current
    mirrors = list(row_mirrors(small))
    probes = [f"@m.{name}.xmirror.m1[id]" for *_, name in mirrors]
    rows = [nodes.row_current(stage, unit) for stage in small.stages for unit in range(stage.size)]
    lines = [f"Vlevel level 0 {level}", *held(small), f".save {' '.join(probes + rows)}", ".op"]
    lines += [f"Vphi2{end} phi2{end} 0 {volts}" for end, volts in (("", 0), ("b", 1.2))][
        : 2 if small.cells[0].kind == "cmru" else 0
    ]
    results = bench(small, CHIPS, lines, INPUTS)
    circuits = load_circuits(small)
    sheets = datasheets_of(circuits)
    told = [
        (chip_parameters(small, sheets, circuits=circuits), 0),
        *(
            (chip_parameters(small, sheets, CHIPS, circuits=circuits), k)
            for k in range(CHIPS.count)
        ),
    ]
    sums = [
        {
            stage.name: [
                result.vector(nodes.row_current(stage, unit), "op")[0] / unit_current
                for unit in range(stage.size)
            ]
            for stage in small.stages
        }
        for result in results
    ]
    measured, expected = [], []
    for result, its_sums, (parameters, chip) in zip(results, sums, told, strict=True):
        currents = line_currents(small, parameters, chip, its_sums, level)
        measured.append([abs(result.vector(probe, "op")[0]) / unit_current for probe in probes])
        expected.append(
            [
                abs(found.gain[chip, unit, found.ends.index(end)]) * currents[end]
                for stage, unit, end, _ in mirrors
                for found in (parameters.stages[stage.name],)
            ]
        )
    measured, expected = np.array(measured), np.array(expected)
    alive = (expected[0] > 0.02) & [is_open(stage, unit, sums[0]) for stage, unit, *_ in mirrors]
    assert alive.sum() > 10
    np.testing.assert_allclose(measured[0, alive], expected[0, alive], rtol=0.04)
    # of each mirror, the change from the circuit as drawn over its own spread
    moved = np.log(measured[1:, alive] / measured[0, alive])
    foreseen = np.log(expected[1:, alive] / expected[0, alive])
    assert moved.std() > 0.02
    missed = ((moved - foreseen) ** 2).sum(axis=0) / (moved**2).sum(axis=0)
    assert missed.max() < 0.02
