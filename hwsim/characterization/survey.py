"""What is measured of one template, in the order in which one part leads to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hwsim.characterization.bench import Bench
from hwsim.characterization.devices import alterations
from hwsim.characterization.experiment import Experiment, Findings, merged, worst_of
from hwsim.characterization.grid import HOT, NOMINAL, grid_points
from hwsim.characterization.kinds import KINDS, Kind
from hwsim.characterization.laboratory import Job, Laboratory, Progress
from hwsim.characterization.measure import measure_in, readings
from hwsim.characterization.point import Case, Deviation
from hwsim.characterization.sensitivity import (
    group_deviation,
    groups_of,
    has_effect,
    sensitivities,
    single_deviations,
)
from hwsim.characterization.sizes import measure_devices
from hwsim.circuits.datasheet import Device, Readings, Sensitivity


@dataclass(frozen=True, slots=True)
class Survey:
    """Measurements of one template in one laboratory.

    Attributes:
        bench: the template and what stands around it.
        laboratory: runs the experiments, each once.
        on_progress: called with the number of finished measurements and of those of this part.
    """

    bench: Bench
    laboratory: Laboratory
    on_progress: Progress | None = None

    @property
    def kind(self) -> Kind:
        """The experiments."""
        return KINDS[self.bench.template.kind]

    def devices(self) -> dict[str, Device]:
        """Every transistor with its size.

        Raises:
            InputError: ngspice does not accept the circuit, or finds no operating point.
        """
        return measure_devices(self.laboratory, self.bench, self.on_progress)

    def nominal(self) -> Findings:
        """Figures at the nominal point; those of retention and of cells with mismatch are not."""
        kind, bench = self.kind, self.bench
        return self._found([*kind.at(bench, NOMINAL), *kind.nominal(bench, NOMINAL)])

    def beyond(self, nominal: Findings) -> Findings:
        """Times over the overdrive, and what is held when hot, of a circuit that works."""
        kind, bench = self.kind, self.bench
        if any(each.failed(nominal) for each in kind.at(bench, NOMINAL)):
            return Findings()
        paces = self._found(kind.paces(bench, NOMINAL))
        held = worst_of(self._drawn(kind.hold(bench, HOT)))
        return held | Findings(curves=paces.curves)

    def function_drawn(
        self, every: Mapping[str, Device], draws: Sequence[Mapping[str, Deviation]]
    ) -> Findings:
        """Whether cells with mismatch do what they are for."""
        if self.kind.function is None:
            return Findings()
        types = {path: device.type for path, device in every.items()}
        (static,) = self.kind.statics
        altered = tuple(alterations(static.places, types, draw) for draw in draws)
        job = Job(self.kind.function(self.bench, NOMINAL), altered)
        (answer,) = self.laboratory.run([job], self.on_progress)
        failed = [each.absent["function"] for each in answer.variants if each.absent]
        if failed:
            return Findings(absent={"function_drawn": failed[0]})
        parts = [each.figures["function"] for each in answer.variants]
        return Findings({"function_drawn": float(np.mean(parts))})

    def sensitivities(
        self, nominal: Findings, paths: Sequence[str]
    ) -> dict[str, dict[str, Sensitivity]]:
        """Of every predicted figure to the transistors of the given paths.

        All transistors of a latch or a strobe are moved at once: where nothing follows, none of
        them is tried alone.
        """
        name = self.bench.template.kind
        groups = groups_of(paths)
        drawn, *moved = self.cells(nominal, [{}, *map(group_deviation, groups)])
        still = {
            path
            for group, figures in zip(groups, moved, strict=True)
            if not has_effect(name, drawn, figures)
            for path in group
        }
        movable = [path for path in paths if path not in still]
        singles = self.cells(nominal, single_deviations(movable))
        return sensitivities(name, movable, drawn, singles)

    def cells(
        self, nominal: Findings, deviations: Sequence[Mapping[str, Deviation]]
    ) -> list[Mapping[str, float]]:
        """Static figures of cells with deviations; none of a circuit that has none as drawn."""
        statics = [each.experiment(self.bench, NOMINAL) for each in self.kind.statics]
        if any(each.failed(nominal) for each in statics):
            return [{} for _ in deviations]
        cases = [Case(NOMINAL, each) for each in deviations]
        found = measure_in(self.laboratory, self.bench, cases, self.on_progress)
        return [each.figures for each in found]

    def grid(self, nominal: Findings) -> tuple[Readings, ...]:
        """Figures over corner, temperature, supply voltage and unit current.

        What fails at the nominal point is not tried elsewhere.
        """
        kind, bench = self.kind, self.bench
        points = grid_points(bench.technology)
        works = [not each.failed(nominal) for each in kind.at(bench, NOMINAL)]
        groups = [
            [each for each, wanted in zip(kind.at(bench, point), works, strict=True) if wanted]
            for point in points
        ]
        answers = iter(self._drawn([each for group in groups for each in group]))
        return tuple(
            readings(point, kind.derive(merged([next(answers) for _ in group])))
            for point, group in zip(points, groups, strict=True)
        )

    def _found(self, experiments: Sequence[Experiment]) -> Findings:
        return self.kind.derive(merged(self._drawn(experiments)))

    def _drawn(self, experiments: Sequence[Experiment]) -> list[Findings]:
        jobs = [Job(experiment) for experiment in experiments]
        return [each.drawn for each in self.laboratory.run(jobs, self.on_progress)]
