"""A template on a technology, measured into its datasheet."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import hwsim
from hwsim.characterization.bench import Bench, bench_of
from hwsim.characterization.cache import MeasurementCache, cache_folder
from hwsim.characterization.devices import (
    alterations,
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
from hwsim.characterization.point import Case, Deviation, Point
from hwsim.characterization.sensitivity import (
    group_deviation,
    groups_of,
    has_effect,
    predictions,
    sensitivities,
    single_deviations,
)
from hwsim.characterization.store import find_datasheet, keep_datasheet
from hwsim.circuits.datasheet import Datasheet, Device, Provenance, Readings
from hwsim.circuits.figures import FIGURES
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.foundation.errors import InputError
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

RUNS = 10
"""Of those cells, how many are run through a whole sequence. Transistors that only switch have no
effect on trip points and levels; that they still switch is seen here."""

LONGEST_REASON = 240
"""Characters of what ngspice says that a message quotes."""

DECK_SECONDS = 120.0
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
        InputError: a template or technology that cannot be read, or a circuit that ngspice does
            not accept or finds no operating point of.
        NgspiceMissing: there is no ngspice library.
        SimulatorError: the time is up.
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
        """Run everything; what fails at the nominal point is not tried elsewhere."""
        bench, name = self.bench, self.bench.template.kind
        every = self._devices()
        open_paths = open_to_mismatch(bench.template, list(every))
        devices = {path: every[path] for path in open_paths}
        generator = np.random.default_rng(SEED)
        draws = [draw_deviations(devices, bench.technology, generator) for _ in range(DRAWS)]
        nominal = self._nominal()
        nominal = nominal | self._drawn_function(nominal, every, draws[:RUNS])
        drawn, movable = self._movable(nominal, open_paths)
        singles = single_deviations(movable)
        cells = self._cells(nominal, [*singles, *draws])
        sheet = Datasheet(
            template=bench.template.name,
            kind=name,
            technology=bench.technology.name,
            settings=dict(bench.settings),
            conditions=NOMINAL.conditions,
            nominal=_in_order(name, nominal.figures),
            absent=dict(nominal.absent),
            grid=self._grid(nominal),
            devices=devices,
            sensitivities=sensitivities(name, movable, drawn, cells[: len(singles)]),
            area=sum(each.width * each.length * each.units for each in every.values()),
            transistors=len(every),
            curves=dict(nominal.curves),
            provenance=self._provenance(),
        )
        tried = predictions(sheet, draws, cells[len(singles) :])
        return sheet.model_copy(update={"prediction": tried})

    def _movable(
        self, nominal: Findings, paths: Sequence[str]
    ) -> tuple[Mapping[str, float], list[str]]:
        """Static figures as drawn, and the transistors that may change them.

        All transistors of a latch or a strobe are moved at once: where nothing follows, none of
        them is tried alone.
        """
        groups = groups_of(paths)
        drawn, *moved = self._cells(nominal, [{}, *map(group_deviation, groups)])
        still = {
            path
            for group, figures in zip(groups, moved, strict=True)
            if not has_effect(self.bench.template.kind, drawn, figures)
            for path in group
        }
        return drawn, [path for path in paths if path not in still]

    def _cells(
        self, nominal: Findings, cells: Sequence[Mapping[str, Deviation]]
    ) -> list[Mapping[str, float]]:
        """Static figures of cells with deviations."""
        if _failed(self.kind.static(self.bench, NOMINAL), nominal):
            return [{} for _ in cells]
        cases = [Case(NOMINAL, cell) for cell in cells]
        found = measure_in(self.laboratory, self.bench, cases, self.on_progress)
        return [each.figures for each in found]

    def _nominal(self) -> Findings:
        """Everything at the nominal point, times over the overdrive, and what is held when hot."""
        bench, kind = self.bench, self.kind
        here = self._findings([*self._at(NOMINAL), *kind.nominal(bench, NOMINAL)])
        if any(_failed(experiment, here) for experiment in self._at(NOMINAL)):
            return here
        paces = self._findings(kind.paces(bench, NOMINAL))
        jobs = [Job(experiment) for experiment in kind.hold(bench, HOT)]
        held = _worst_of([each.drawn for each in self.laboratory.run(jobs, self.on_progress)])
        return held | Findings(curves=paces.curves) | here

    def _grid(self, nominal: Findings) -> tuple[Readings, ...]:
        """Figures over corner, temperature, supply voltage and unit current."""
        points = grid_points(self.bench.technology)
        works = [not _failed(each, nominal) for each in self._at(NOMINAL)]
        groups = [
            [each for each, wanted in zip(self._at(point), works, strict=True) if wanted]
            for point in points
        ]
        jobs = [Job(experiment) for group in groups for experiment in group]
        answers = iter(self.laboratory.run(jobs, self.on_progress))
        return tuple(
            readings(point, _merged([next(answers).drawn for _ in group]))
            for point, group in zip(points, groups, strict=True)
        )

    def _findings(self, experiments: Sequence[Experiment]) -> Findings:
        jobs = [Job(experiment) for experiment in experiments]
        return _merged([each.drawn for each in self.laboratory.run(jobs, self.on_progress)])

    def _drawn_function(
        self,
        nominal: Findings,
        every: Mapping[str, Device],
        draws: Sequence[Mapping[str, Deviation]],
    ) -> Findings:
        """Whether cells with mismatch do what they are for."""
        if self.kind.function is None or "function" not in nominal.figures:
            return Findings()
        types = {path: device.type for path, device in every.items()}
        altered = tuple(alterations(self.kind.places, types, draw) for draw in draws)
        job = Job(self.kind.function(self.bench, NOMINAL), altered)
        (answer,) = self.laboratory.run([job], self.on_progress)
        parts = [each.figures.get("function") for each in answer.variants]
        failed = [each.absent["function"] for each in answer.variants if each.absent]
        if failed:
            return Findings(absent={"function_drawn": failed[0]})
        return Findings({"function_drawn": float(np.mean([part or 0.0 for part in parts]))})

    def _at(self, point: Point) -> list[Experiment]:
        return [self.kind.static(self.bench, point), *self.kind.everywhere(self.bench, point)]

    def _devices(self) -> dict[str, Device]:
        """Every transistor of the template with the sizes that ngspice gives it.

        Raises:
            InputError: ngspice does not accept the circuit, or finds no operating point.
        """
        types = transistor_paths(self.bench.template, self.bench.text)
        elements = {path: element_of(self.kind.places, path) for path in types}
        experiment = _sizes(self.kind.static(self.bench, NOMINAL), elements)
        (answer,) = self.laboratory.run([Job(experiment)], self.on_progress)
        if answer.drawn.absent:
            reason = next(iter(answer.drawn.absent.values()))
            raise InputError(
                f"the circuit cannot be simulated: {textwrap.shorten(reason, LONGEST_REASON)}",
                where=str(self.bench.template.circuit_file),
                hint="`hwsim template check` names the lines that look wrong",
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


def _in_order(kind: str, figures: Mapping[str, float]) -> dict[str, float]:
    """Figures in the order of the table, steps by their number."""
    known = list(FIGURES[kind])

    def place(name: str) -> tuple[int, int]:
        family, _, number = name.rpartition("_")
        if name in known:
            return known.index(name), 0
        return known.index(family), int(number)

    return {name: figures[name] for name in sorted(figures, key=place)}


def _failed(experiment: Experiment, findings: Findings) -> bool:
    """Whether an experiment gave nothing at all."""
    return set(experiment.figures) <= set(findings.absent)


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
