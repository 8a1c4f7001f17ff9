"""Trip points of the cells of drawn chips, measured on the transistors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hwsim.characterization.bench import Bench
from hwsim.characterization.cache import MeasurementCache
from hwsim.characterization.experiment import Findings
from hwsim.characterization.kinds import KINDS
from hwsim.characterization.laboratory import Job, Laboratory
from hwsim.characterization.point import Point
from hwsim.chips.alterations import alterations
from hwsim.chips.devices import ChipCircuit
from hwsim.chips.instances import StageInstances
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.testbench import Conditions
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, FqBmruCell, Stage
from hwsim.engines.chip_model import ChipModel
from hwsim.spice import Alterations, WorkerPool
from hwsim.studies.chip_statistics import Correlation, correlation

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredTrips:
    """A stage of cells, unit currents; NaN where a cell has no such trip point.

    Attributes:
        drawn_upper: of the cells as drawn, [unit].
        drawn_lower: [unit], negative of ladders.
        upper: [chip, unit].
        lower: [chip, unit].
    """

    drawn_upper: Floats
    drawn_lower: Floats
    upper: Floats
    lower: Floats


@dataclass(frozen=True, slots=True)
class _CellJob:
    """A cell with its biases on the bench of its template, as drawn and as each chip has it."""

    stage: Stage
    unit: int
    bench: Bench
    job: Job

    def trips(self, findings: Findings) -> tuple[float, float]:
        """Upper and lower trip point, unit currents."""
        asked = self.bench.settings["threshold"] * self.bench.unit
        figures = findings.figures
        if isinstance(self.stage.cell, CmruCell):
            up, down = figures.get("trip_up", np.nan), figures.get("trip_down", np.nan)
            return asked * up, -asked * down
        low = asked - self.bench.settings["width"] * self.bench.unit
        high_ratio = figures.get("threshold_high", np.nan)
        return asked * high_ratio, low * figures.get("threshold_low", np.nan)


def measure_trips(
    design: Design,
    circuits: CircuitSet,
    population: Population,
    conditions: Conditions,
    pool: WorkerPool,
    kept: Path | None = None,
) -> dict[str, MeasuredTrips]:
    """Measure every cell of every chip by itself, each transistor as that chip has it.

    A cell stands on the bench of its template at the sizes that the design gives it, with the bias
    and what rectifies its candidate; all of these deviate as in the chip. The figures so hold what
    `hwsim.chips.parameters.StageParameters` says in `upper` and `lower`.

    Args:
        design: the network.
        circuits: its technology and templates.
        population: which chips.
        conditions: corner and temperature.
        pool: runs the decks.
        kept: folder in which measurements are kept; None keeps nothing.

    Returns:
        By stage of cells.

    Raises:
        NgspiceMissing: there is no ngspice library.
    """
    circuit = ChipCircuit.of(design, circuits)
    chips = [alterations(design, circuits, population, k) for k in range(population.count)]
    operating = design.operating
    point = Point(
        conditions.corner, conditions.temperature, operating.supply_voltage, operating.unit_current
    )
    cells = list(_cell_jobs(design, circuits, circuit, chips, point))
    with Laboratory(cells[0].bench, pool, MeasurementCache(kept)) as laboratory:
        answers = laboratory.run([cell.job for cell in cells])
    found = {
        (cell.stage.name, cell.unit): [
            cell.trips(findings) for findings in (answer.drawn, *answer.variants)
        ]
        for cell, answer in zip(cells, answers, strict=True)
    }
    trips = {}
    for stage in design.cells:
        # [chip, unit, side], the first row as drawn
        table = np.array([found[stage.name, unit] for unit in range(stage.size)]).swapaxes(0, 1)
        upper, lower = table[..., 0], table[..., 1]
        trips[stage.name] = MeasuredTrips(upper[0], lower[0], upper[1:], lower[1:])
    return trips


def correlate_trips(
    model: ChipModel, measured: Mapping[str, MeasuredTrips]
) -> dict[str, Correlation]:
    """How far trip points are from those of the circuit as drawn: datasheets against transistors.

    Thresholds of one design differ by what they were compiled to, and would correlate by that
    alone; so what is compared is the relative deviation of each cell from itself as drawn.

    Args:
        model: of the chips.
        measured: of the same chips, by stage of cells.

    Returns:
        Of the ``upper`` and of the ``lower`` trip points, over chips and cells.
    """
    pairs: dict[str, list[tuple[Floats, Floats]]] = {"upper": [], "lower": []}
    for name, found in measured.items():
        stage = model.parameters.stages[name]
        for side, drawn, chips, predicted in (
            ("upper", found.drawn_upper, found.upper, stage.upper),
            ("lower", found.drawn_lower, found.lower, stage.lower),
        ):
            if predicted is not None:
                pairs[side].append(((chips / drawn - 1).ravel(), (predicted / drawn - 1).ravel()))
    return {
        side: correlation(
            np.concatenate([transistors for transistors, _ in both]),
            np.concatenate([datasheets for _, datasheets in both]),
        )
        for side, both in pairs.items()
    }


def _cell_jobs(
    design: Design,
    circuits: CircuitSet,
    circuit: ChipCircuit,
    chips: list[dict[str, float]],
    point: Point,
) -> Iterator[_CellJob]:
    for stage in design.cells:
        (static,) = KINDS[stage.kind].statics
        for unit in range(stage.size):
            bench = _bench(design, circuits, stage, unit)
            places = {
                circuit.reference.path: "xbias",
                **_places(circuit.stages[stage.name], unit),
            }
            variants = tuple(_on_bench(altered, places) for altered in chips)
            yield _CellJob(stage, unit, bench, Job(static.experiment(bench, point), variants))


def _bench(design: Design, circuits: CircuitSet, stage: Stage, unit: int) -> Bench:
    """The bench of a template, asking for what a unit of the design asks for."""
    settings: dict[str, float] = {"reference_units": design.reference_units}
    if isinstance(stage.cell, CmruCell):
        half = stage.cell.half_range
        settings |= {"stages": 2 * half, "half_range": half}
    if stage.cell is not None:
        settings |= {"threshold": stage.cell.threshold_units[unit]}
        settings |= {"level": stage.cell.level_units}
    if isinstance(stage.cell, FqBmruCell):
        settings |= {"width": stage.cell.width_units[unit]}
    template = circuits.templates[stage.kind]
    return Bench(template, circuits.technology, circuits.templates, settings)


def _places(instances: StageInstances, unit: int) -> dict[str, str]:
    """Instances of a chip that a trip point hangs on -> what they are on the bench."""
    places = {instances.cell(unit).path: "xcell"}
    if instances.takes_candidate:
        places[instances.rectifier(unit).path] = "xrelu"
        places[instances.candidate_copy(unit).path] = "xcandidate_copy"
        places[instances.candidate_diode(unit).path] = "xcandidate_diode"
    return places


def _on_bench(altered: Mapping[str, float], places: Mapping[str, str]) -> Alterations:
    """Those alterations of a chip that are of instances on the bench."""
    found = {}
    for target, value in altered.items():
        for path, place in places.items():
            start = f"@m.{path}."
            if target.startswith(start):
                found[f"@m.{place}.{target.removeprefix(start)}"] = value
    return found
