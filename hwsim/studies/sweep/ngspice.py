"""Jobs at transistor level: the chips of a block in ngspice, a transient a sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwsim.chips.population import Population
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.partition.part import Partition
from hwsim.engines.ngspice import NgspiceEngine, Progress
from hwsim.engines.trace import Integers, Trace
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.spice import program_version
from hwsim.studies.power import measure_power
from hwsim.studies.sweep.job import ChipRows, Job
from hwsim.studies.sweep.material import Material
from hwsim.studies.sweep.parameters import PARAMETERS
from hwsim.studies.sweep.point import Point

BLOCK = 4
"""Chips of a job: enough transients for a few cores, and every one that is finished is kept."""


def _unwatched(_chips: float) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True, eq=False)
class NgspiceEvaluator:
    """Runs jobs in ngspice, which knows no noise from step to step.

    Attributes:
        material: what to run.
        results: folder in which finished transients are kept.
        workers: ngspice processes; None for one a core.
        timeout_seconds: for one sample of one chip.
        on_progress: called with what is finished of a job, in chips.
        partition: what one deck holds.
    """

    material: Material
    results: Path
    workers: int | None = None
    timeout_seconds: float = 1800.0
    on_progress: Progress = _unwatched
    partition: Partition = "none"

    @property
    def block(self) -> int:
        """Chips of a job."""
        return BLOCK

    @property
    def subject(self) -> Mapping[str, str]:
        """See `Evaluator.subject`; other versions of ngspice have other last digits."""
        netlists = [
            f"{name}\n{text}".encode()
            for _, each in sorted(self.material.networks.items())
            for name, text in sorted(write_netlist(each.design, each.circuits).files.items())
        ]
        parts = {} if self.partition == "none" else {"partition": self.partition}
        return {
            "engine": "ngspice",
            **parts,
            "simulator": program_version() or "",
            "netlist": content_hash(*netlists),
            **self.material.hashes(),
        }

    def check(self, points: Sequence[Point]) -> None:
        """Refuse points with noise, of which a transient of ngspice has none.

        Raises:
            InputError: a point with noise.
        """
        for name in ("noise", "input-noise"):
            if any(getattr(point, PARAMETERS[name].field) for point in points):
                raise InputError(f"ngspice has no {name}", hint="the behavioural engine has")

    def __call__(self, job: Job) -> ChipRows:
        """See `Evaluator`.

        Raises:
            InputError: conditions that cannot be run, or ngspice is missing.
            SimulatorError: a deck failed; it is kept.
        """
        design = self.material.design(job.point)
        engine = NgspiceEngine(
            circuits=self.material.circuits(job.point),
            results=self.results,
            conditions=job.point.conditions,
            workers=self.workers,
            timeout_seconds=self.timeout_seconds,
            on_progress=lambda fraction: self.on_progress(fraction * job.count),
            partition=self.partition,
            population=Population(
                job.seed, job.count, first=job.first, mismatch_scale=job.point.mismatch
            ),
        )
        traces = engine.run_chips(design, self.material.sequences)
        decided = [trace.decisions(design.readout) == self.material.labels for trace in traces]
        return ChipRows(
            accuracy=tuple(float(right.mean()) for right in decided),
            state_agreement=tuple(self._agreement(trace, job.point) for trace in traces),
            power=tuple(measure_power(design, trace).total for trace in traces),
        )

    def _agreement(self, trace: Trace, point: Point) -> float:
        """Fraction of cell x step that equals the ideal network."""
        reference = self.material.reference(point)
        equal = [
            np.equal(_states(trace, stage), _states(reference, stage))[trace.mask].ravel()
            for stage in reference.stages
        ]
        return float(np.concatenate(equal).mean())


def _states(trace: Trace, stage: str) -> Integers:
    state = trace.stages[stage].state
    if state is None:
        raise InputError(f"the trace of {trace.engine} has no states of {stage}")
    return state
