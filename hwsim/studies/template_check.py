"""A template against its specification: lint, corners, yield over chips."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hwsim.characterization.characterize import characterize
from hwsim.characterization.devices import draw_deviations
from hwsim.characterization.measure import measure
from hwsim.characterization.point import Case, Point
from hwsim.circuits.datasheet import Conditions, Datasheet, Readings
from hwsim.circuits.figures import FIGURES, find_figure
from hwsim.circuits.hierarchy import transistor_count
from hwsim.circuits.lint import lint_template
from hwsim.circuits.lint_finding import Finding
from hwsim.circuits.lint_reader import read_text
from hwsim.circuits.roles import CONTRACTS
from hwsim.circuits.specification import Limits
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.spice import WorkerPool
from hwsim.studies.accuracy import Proportion, proportion
from hwsim.studies.template_verdict import Line, conditions_of, judge

Progress = Callable[[int, int], None]

NOMINAL = Point().conditions
"""Typical conditions; chips are drawn there."""

DECK_SECONDS = 60.0
"""What one deck may take; one that oscillates ends here."""

SEED = 1
"""Of the drawn chips, so that two runs agree."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured, and how long it may take.

    Attributes:
        static_only: operating points alone, which takes seconds; figures of transients are left
            out.
        chips: cells with drawn transistors; 0 for none.
        timeout_seconds: for one template on one technology.
    """

    static_only: bool = False
    chips: int = 0
    timeout_seconds: float = 900.0


@dataclass(frozen=True, slots=True)
class MonteCarlo:
    """Cells with drawn transistors at nominal conditions, held to the same limits.

    Attributes:
        share: of cells that hold all of them, with its 95 % interval.
        figures: that were looked at.
        failures: figure -> number of cells that miss its limits.
    """

    share: Proportion
    figures: tuple[str, ...]
    failures: Mapping[str, int]

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "chips": self.share.total,
            "yield": self.share.value,
            "interval": [self.share.low, self.share.high],
            "figures": list(self.figures),
            "failures": dict(self.failures),
        }


@dataclass(frozen=True, slots=True)
class TemplateCheck:
    """The verdict on one template on one technology.

    Attributes:
        template: its name.
        technology: its name.
        transistors: in all subcircuits of the template.
        seconds: that it took.
        findings: of the lint; nothing is simulated where there are any.
        lines: of the specification.
        monte_carlo: the drawn chips, where they were asked for.
        skipped: figures that `Effort.static_only` left out.
    """

    template: str
    technology: str
    transistors: int
    seconds: float
    findings: tuple[Finding, ...] = ()
    lines: tuple[Line, ...] = ()
    monte_carlo: MonteCarlo | None = None
    skipped: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong and every line holds; the yield is not judged."""
        return not self.findings and all(line.passed for line in self.lines)

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.template,
            "technology": self.technology,
            "pass": self.passed,
            "findings": [
                {"place": one.place, "what": one.what, "hint": one.hint} for one in self.findings
            ],
            "lines": [line.record() for line in self.lines],
            "skipped": list(self.skipped),
            "monte_carlo": self.monte_carlo.record() if self.monte_carlo else None,
            "transistors": self.transistors,
            "seconds": self.seconds,
        }


def check_template(
    template: Template,
    technology: Technology,
    effort: Effort,
    on_progress: Progress | None = None,
) -> TemplateCheck:
    """Lint a template, measure it, and hold it to its specification.

    Raises:
        InputError: a technology whose models are not there.
        SimulatorError: ngspice does not accept the circuit, or the time is up.
    """
    start = time.monotonic()
    findings = lint_template(template)
    if findings:
        taken = time.monotonic() - start
        return TemplateCheck(template.name, technology.name, 0, taken, findings)
    wanted, skipped = _wanted(template, effort)
    lines: tuple[Line, ...] = ()
    chips: MonteCarlo | None = None
    if wanted and effort.static_only:
        lines = judge(wanted, _static_readings(template, technology, wanted, effort), NOMINAL)
    elif template.kind in FIGURES:
        datasheet = characterize(
            template,
            technology,
            timeout_seconds=effort.timeout_seconds,
            on_progress=on_progress,
        )
        lines = judge(wanted, datasheet_readings(datasheet), datasheet.conditions)
        left = effort.timeout_seconds - (time.monotonic() - start)
        if effort.chips:
            chips = draw_chips(template, technology, datasheet, effort.chips, left)
    return TemplateCheck(
        template=template.name,
        technology=technology.name,
        transistors=template_transistors(template),
        seconds=time.monotonic() - start,
        lines=lines,
        monte_carlo=chips,
        skipped=skipped,
    )


def template_transistors(template: Template) -> int:
    """Transistors in all subcircuits; of a ladder, one of seven levels."""
    text = read_text(template.expand(**CONTRACTS[template.kind].variables))
    return sum(transistor_count(text, one.name) for one in template.subcircuits.values())


def datasheet_readings(datasheet: Datasheet) -> list[Readings]:
    """Everything a datasheet has measured, the nominal point first."""
    here = Readings(
        conditions=datasheet.conditions, figures=datasheet.nominal, absent=datasheet.absent
    )
    return [here, *datasheet.grid]


def draw_chips(
    template: Template,
    technology: Technology,
    datasheet: Datasheet,
    chips: int,
    timeout_seconds: float,
) -> MonteCarlo:
    """Measure cells with drawn transistors and count those that hold the specification.

    Args:
        template: the circuit.
        technology: has the spreads.
        datasheet: has the sizes of the transistors.
        chips: how many cells.
        timeout_seconds: for all of them.

    Raises:
        SimulatorError: the time is up.
    """
    generator = np.random.default_rng(SEED)
    cases = [
        Case(Point(), draw_deviations(datasheet.devices, technology, generator))
        for _ in range(chips)
    ]
    with WorkerPool(timeout_seconds=DECK_SECONDS) as pool:
        cells = measure(template, technology, cases, pool, timeout_seconds=timeout_seconds)
    static = {
        name: limits
        for name, limits in template.specification.items()
        if find_figure(template.kind, name).is_static
    }
    misses = [
        [name for name, limits in static.items() if not _holds(limits, cell, name)]
        for cell in cells
    ]
    count = Counter(name for names in misses for name in names)
    return MonteCarlo(
        share=proportion(sum(not names for names in misses), chips),
        figures=tuple(static),
        failures=dict(count.most_common()),
    )


def _holds(limits: Limits, cell: Readings, name: str) -> bool:
    return limits.hold(cell.figures.get(name, math.nan))


def _wanted(template: Template, effort: Effort) -> tuple[dict[str, Limits], tuple[str, ...]]:
    """Lines of the specification that are looked at, and the names of the others."""
    lines = dict(template.specification)
    if not effort.static_only:
        return lines, ()
    static = {
        name: one for name, one in lines.items() if find_figure(template.kind, name).is_static
    }
    return static, tuple(name for name in lines if name not in static)


def _static_readings(
    template: Template, technology: Technology, wanted: Mapping[str, Limits], effort: Effort
) -> list[Readings]:
    cases = [Case(_point(place)) for place in conditions_of(wanted, NOMINAL)]
    with WorkerPool(timeout_seconds=DECK_SECONDS) as pool:
        return measure(template, technology, cases, pool, timeout_seconds=effort.timeout_seconds)


def _point(place: Conditions) -> Point:
    return Point(place.corner, place.temperature, place.supply_voltage, place.unit_current)
