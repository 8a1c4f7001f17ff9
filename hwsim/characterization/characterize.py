"""A template on a technology, measured into its datasheet."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import hwsim
from hwsim.characterization.bench import Bench, bench_of
from hwsim.characterization.cache import MeasurementCache, cache_folder
from hwsim.characterization.devices import (
    draw_deviations,
    element_of,
    open_to_mismatch,
    transistor_paths,
)
from hwsim.characterization.experiment import Experiment, Findings
from hwsim.characterization.identity import Identity, identify
from hwsim.characterization.kinds import KINDS, Kind
from hwsim.characterization.laboratory import Job, Laboratory, Progress
from hwsim.characterization.measure import measure_in, readings
from hwsim.characterization.point import Case, Point
from hwsim.characterization.sensitivity import predictions, sensitivities, single_deviations
from hwsim.characterization.store import find_datasheet, keep_datasheet
from hwsim.circuits.datasheet import Datasheet, Device, Provenance, Readings
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.foundation.errors import SimulatorError
from hwsim.spice import Result, WorkerPool

NOMINAL = Point()
"""Where the nominal figures and the sensitivities are measured."""

HOT = Point(corner="ff", temperature=85.0)
"""Where most leaks: levels are held there."""

TEMPERATURES = (0.0, 27.0, 85.0)
SUPPLY_SPREAD = (0.9, 1.0, 1.1)
UNIT_CURRENTS = (1e-10, 1e-8)
"""Grid: every corner, temperature and supply at the nominal unit current, and these currents."""

DRAWS = 100
"""Cells on which the sensitivities are tried."""

SEED = 2026
"""Of those cells, so that a datasheet is the same whoever measures it."""

DECK_SECONDS = 60.0
"""What one deck may take; one that oscillates ends here."""


def characterize(
    template: Template,
    technology: Technology,
    *,
    workers: int | None = None,
    timeout_seconds: float = 1800.0,
    on_progress: Progress | None = None,
    use_cache: bool = True,
) -> Datasheet:
    """Measure a template, or find the datasheet of an equal one.

    Args:
        template: the circuit.
        technology: what it is made of.
        workers: ngspice processes; None for one a core.
        timeout_seconds: for all of it.
        on_progress: called with the number of finished decks and of those of this part.
        use_cache: take and leave measurements and datasheets in the user's cache.

    Returns:
        The datasheet; a figure that the circuit does not have is absent with a reason.

    Raises:
        InputError: a template or technology that cannot be read or measured.
        NgspiceMissing: there is no ngspice library.
        SimulatorError: ngspice does not accept the circuit, or the time is up.
    """
    bench = bench_of(template, technology)
    identity = identify(bench)
    if use_cache:
        known = find_datasheet(template, technology)
        if known is not None and known.provenance.content == identity.content:
            return known
    cache = MeasurementCache(cache_folder() if use_cache else None)
    deadline = time.monotonic() + timeout_seconds
    with (
        WorkerPool(workers, DECK_SECONDS) as pool,
        Laboratory(bench, pool, cache, deadline) as laboratory,
    ):
        datasheet = _Characterization(bench, identity, laboratory, on_progress).datasheet()
    if use_cache:
        keep_datasheet(datasheet)
    return datasheet


def grid_points(technology: Technology) -> list[Point]:
    """Where figures are measured beside the nominal point, the nominal point left out."""
    points = [
        Point(corner, temperature, NOMINAL.supply_voltage * factor)
        for corner in technology.corners
        for temperature in TEMPERATURES
        for factor in SUPPLY_SPREAD
    ]
    points += [Point(unit_current=current) for current in UNIT_CURRENTS]
    return [
        point
        for point in points
        if point != NOMINAL and point.supply_voltage in technology.supply_voltage
    ]


@dataclass(frozen=True, slots=True)
class _Characterization:
    """One run of `characterize` after its preparations."""

    bench: Bench
    identity: Identity
    laboratory: Laboratory
    on_progress: Progress | None

    @property
    def kind(self) -> Kind:
        """The experiments."""
        return KINDS[self.bench.template.kind]

    def datasheet(self) -> Datasheet:
        bench, name = self.bench, self.bench.template.kind
        every = self._devices()
        open_paths = open_to_mismatch(bench.template, list(every))
        devices = {path: every[path] for path in open_paths}
        generator = np.random.default_rng(SEED)
        draws = [draw_deviations(devices, bench.technology, generator) for _ in range(DRAWS)]
        cells = [{}, *single_deviations(open_paths), *draws]
        found = measure_in(
            self.laboratory, bench, [Case(NOMINAL, cell) for cell in cells], self.on_progress
        )
        nominal, grid = self._everywhere()
        figures = [each.figures for each in found]
        last = len(figures) - DRAWS
        sheet = Datasheet(
            template=bench.template.name,
            kind=name,
            technology=bench.technology.name,
            settings=dict(bench.settings),
            conditions=NOMINAL.conditions,
            nominal=dict(nominal.figures),
            absent=dict(nominal.absent),
            grid=grid,
            devices=devices,
            sensitivities=sensitivities(name, open_paths, figures[0], figures[1:last]),
            area=sum(each.width * each.length * each.units for each in every.values()),
            transistors=len(every),
            curves=dict(nominal.curves),
            provenance=self._provenance(),
        )
        tried = predictions(sheet, draws, figures[last:])
        return sheet.model_copy(update={"prediction": tried})

    def _everywhere(self) -> tuple[Findings, tuple[Readings, ...]]:
        """Everything at the nominal point, and the figures of the grid."""
        bench, kind = self.bench, self.kind
        points = grid_points(bench.technology)
        here = [*self._at(NOMINAL), *kind.nominal(bench, NOMINAL)]
        hold = kind.hold(bench, HOT)
        groups = [here, hold, *(self._at(point) for point in points)]
        jobs = [Job(experiment) for group in groups for experiment in group]
        answers = iter(self.laboratory.run(jobs, self.on_progress))
        found = [[next(answers).drawn for _ in group] for group in groups]
        nominal = _worst_of(found[1]) | _merged(found[0])
        grid = [
            readings(point, _merged(each)) for point, each in zip(points, found[2:], strict=True)
        ]
        return _with_decisions(nominal), tuple(grid)

    def _at(self, point: Point) -> list[Experiment]:
        return [self.kind.static(self.bench, point), *self.kind.everywhere(self.bench, point)]

    def _devices(self) -> dict[str, Device]:
        """Every transistor of the template with the sizes that ngspice gives it.

        Raises:
            SimulatorError: ngspice does not accept the circuit.
        """
        types = transistor_paths(self.bench.template, self.bench.text)
        elements = {path: element_of(self.kind.places, path) for path in types}
        experiment = _sizes(self.kind.static(self.bench, NOMINAL), elements)
        (answer,) = self.laboratory.run([Job(experiment)], self.on_progress)
        if answer.drawn.absent:
            raise SimulatorError(
                f"the circuit cannot be simulated: {next(iter(answer.drawn.absent.values()))}",
                where=str(self.bench.template.circuit_file),
            )
        size = answer.drawn.figures
        return {
            path: Device(
                type=types[path],
                width=size[f"{path} w"],
                length=size[f"{path} l"],
                units=size[f"{path} m"],
            )
            for path in types
        }

    def _provenance(self) -> Provenance:
        identity, bench = self.identity, self.bench
        return Provenance(
            content=identity.content,
            template=identity.template,
            technology=identity.technology,
            models=identity.models,
            testbench=identity.testbench,
            ngspice=identity.ngspice,
            hwsim=hwsim.__version__,
            command=f"hwsim template characterize {bench.template.name} "
            f"--technology {bench.technology.name}",
        )


def _sizes(experiment: Experiment, elements: Mapping[str, str]) -> Experiment:
    """The same circuit, asked for the sizes of its transistors."""
    # `.end` and `.ends` begin alike: the ends of subcircuits stay.
    circuit = [
        line
        for line in experiment.text.splitlines()
        if not line.startswith(".dc") and line.strip() != ".end"
    ]
    wanted = {f"{path} {name}": f"@{elements[path]}[{name}]" for path in elements for name in "wlm"}
    saves = [f".save {vector}" for vector in wanted.values()]

    def read(result: Result) -> Findings:
        return Findings(
            {name: float(result.vector(vector, "op")[0]) for name, vector in wanted.items()}
        )

    text = "\n".join([*circuit, *saves, ".op", ".end"]) + "\n"
    return Experiment(text, tuple(wanted), read, ("op",))


def _merged(findings: Sequence[Findings]) -> Findings:
    total = Findings()
    for each in findings:
        total = total | each
    return _with_decisions(total)


def _worst_of(findings: Sequence[Findings]) -> Findings:
    """Of a figure that several runs measure: absent when it is absent in one."""
    total = _merged(findings)
    absent = {name: why for each in findings for name, why in each.absent.items()}
    figures = {name: value for name, value in total.figures.items() if name not in absent}
    return Findings(figures, absent, total.curves)


def _with_decisions(findings: Findings) -> Findings:
    """The slower direction of a ladder as its decision charge."""
    names = ("decision_charge_up", "decision_charge_down")
    both = [findings.figures[name] for name in names if name in findings.figures]
    if len(both) < len(names):
        return findings
    return findings | Findings({"decision_charge": max(both)})
