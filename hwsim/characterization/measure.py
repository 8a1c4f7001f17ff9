"""Measure cells of a template: any number of them, each at its point with its own transistors."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hwsim.characterization.bench import Bench, bench_of
from hwsim.characterization.cache import MeasurementCache
from hwsim.characterization.devices import alterations, transistor_paths
from hwsim.characterization.experiment import Findings
from hwsim.characterization.kinds import KINDS
from hwsim.characterization.laboratory import Job, Laboratory, Progress
from hwsim.characterization.point import Case, Point
from hwsim.circuits.datasheet import Readings
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.spice import WorkerPool


def measure(
    template: Template,
    technology: Technology,
    cases: Sequence[Case],
    pool: WorkerPool,
    on_progress: Progress | None = None,
    timeout_seconds: float = 600.0,
) -> list[Readings]:
    """Static figures of cells, in operating points: a few to a hundred milliseconds a cell.

    Args:
        template: the circuit.
        technology: what it is made of.
        cases: where, and with which deviations; those of one point share a deck.
        pool: runs the decks.
        on_progress: called with the number of finished decks and of all.
        timeout_seconds: for all of it.

    Returns:
        Readings of each case, in their order; a cell that does not work lacks figures and says why.

    Raises:
        InputError: a template that cannot be measured, or a deviation of no transistor of it.
        NgspiceMissing: there is no ngspice library.
        SimulatorError: the time is up.
    """
    bench = bench_of(template, technology)
    deadline = time.monotonic() + timeout_seconds
    with Laboratory(bench, pool, MeasurementCache(None), deadline) as laboratory:
        return measure_in(laboratory, bench, cases, on_progress)


def measure_in(
    laboratory: Laboratory,
    bench: Bench,
    cases: Sequence[Case],
    on_progress: Progress | None = None,
) -> list[Readings]:
    """`measure` in a laboratory that stands already."""
    kind = KINDS[bench.template.kind]
    types = transistor_paths(bench.template, bench.text)
    by_point: dict[Point, list[int]] = {}
    for index, case in enumerate(cases):
        by_point.setdefault(case.point, []).append(index)
    parts = [(point, static) for point in by_point for static in kind.statics]
    jobs = [
        Job(
            static.experiment(bench, point),
            tuple(
                alterations(static.places, types, cases[index].deviations)
                for index in by_point[point]
            ),
        )
        for point, static in parts
    ]
    found = [Findings() for _ in cases]
    for (point, _), answer in zip(parts, laboratory.run(jobs, on_progress), strict=True):
        for index, findings in zip(by_point[point], answer.variants, strict=True):
            found[index] = found[index] | findings
    return [readings(case.point, each) for case, each in zip(cases, found, strict=True)]


def readings(point: Point, findings: Findings) -> Readings:
    """Findings at a point as a datasheet holds them."""
    return Readings(
        conditions=point.conditions,
        figures=dict(findings.figures),
        absent=dict(findings.absent),
    )
