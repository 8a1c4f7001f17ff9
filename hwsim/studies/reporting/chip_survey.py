"""Drawn chips for a report: a small sweep over mismatch, kept in the results of the export."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass

from hwsim.circuits.export import Export
from hwsim.circuits.testbench import Conditions
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.studies.sweep.behavioural import BehaviouralEvaluator
from hwsim.studies.sweep.executors import threads
from hwsim.studies.sweep.job import Sweep
from hwsim.studies.sweep.prepare import Request, prepare
from hwsim.studies.sweep.results import Results
from hwsim.studies.sweep.run import run_sweep
from hwsim.studies.sweep.source import source_hash
from hwsim.studies.sweep.variation import Variation, parse_variation
from hwsim.studies.sweep.verdict import PointSummary, Verdict

OTHER_SCALES = (0.5, 2.0)
"""Factors on the technology's mismatch beside 1."""

FEWER = 4
"""Chips at the other scales are so many times fewer: they show a trend, not a yield."""

NOISE = 1.0
"""Factor on the datasheets' noise, as in `hwsim sweep`."""

MARGIN = 0.01
"""What a good chip may lack of the accuracy of the chip without mismatch."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Which chips to look at.

    Attributes:
        chips: with the technology's own mismatch.
        seed: of the production.
        above: accuracy that a good chip has at least; None takes `MARGIN` off the chip as drawn.

    Raises:
        InputError: an accuracy that is no fraction.
    """

    chips: int = 200
    seed: int = 1
    above: float | None = None

    def __post_init__(self) -> None:
        if self.above is not None and not 0 <= self.above <= 1:
            raise InputError(
                f"an accuracy of {self.above:g}", where="above", hint="it is a fraction, 0 to 1"
            )


@dataclass(frozen=True, slots=True, eq=False)
class ChipSurvey:
    """Drawn chips at several scales of mismatch.

    Attributes:
        main: at the technology's own mismatch.
        others: fewer chips, at `OTHER_SCALES`.
        as_drawn: accuracy of the chip without mismatch.
        above: accuracy that a good chip has at least.
    """

    main: Verdict
    others: Verdict
    as_drawn: float
    above: float

    @property
    def results(self) -> Results:
        """Every chip at the technology's own mismatch."""
        return self.main.results

    @property
    def summary(self) -> PointSummary:
        """Of the chips at the technology's own mismatch."""
        return self.main.points[0]

    @property
    def groups(self) -> tuple[tuple[PointSummary, int], ...]:
        """Every scale with its number of chips, in the order of the scales."""
        found = [
            (point, verdict.results.sweep.chips)
            for verdict in (self.main, self.others)
            for point in verdict.points
        ]
        return tuple(sorted(found, key=lambda pair: pair[0].point.mismatch))

    def record(self) -> dict[str, object]:
        """For JSON."""
        sweep = self.results.sweep
        good = self.summary.good
        return {
            "seed": sweep.seed,
            "samples": sweep.samples,
            "above": self.above,
            "accuracy_as_drawn": self.as_drawn,
            "yield": None if good is None else good.value,
            "yield_interval": None if good is None else [good.low, good.high],
            "by_mismatch": [{"chips": chips, **point.record()} for point, chips in self.groups],
            "by_chip": {
                "accuracy": self.results.accuracy[0],
                "state_agreement": self.results.state_agreement[0],
                "power_watts": self.results.power[0],
            },
        }


def survey_chips(
    export: Export,
    data: str | None,
    draw: Draw,
    conditions: Conditions,
    as_drawn: float,
    on_progress: Callable[[float], None],
) -> ChipSurvey:
    """Run chips on the behavioural engine, or read what an earlier report has kept.

    Args:
        export: the network; finished chips are kept in its results.
        data: a task or a ``.npz``, of which every chip decides all test recordings; None for the
            task the network was trained on.
        draw: which chips.
        conditions: corner and temperature.
        as_drawn: accuracy of the chip without mismatch on the same sequences.
        on_progress: called with the finished fraction.

    Raises:
        InputError: a template without a datasheet, conditions that were not measured, or results
            that cannot be kept.
    """
    above = draw.above if draw.above is not None else max(as_drawn - MARGIN, 0.0)
    fewer = math.ceil(draw.chips / FEWER)
    work = _Work(draw.chips + fewer * len(OTHER_SCALES), on_progress)

    def run(scales: tuple[float, ...], chips: int) -> Verdict:
        request = Request(_variations(scales, conditions), chips=chips, seed=draw.seed, data=data)
        sweep, material = prepare(export, request, noise=NOISE)
        results = _run(export, sweep, BehaviouralEvaluator.of(material), work)
        return Verdict.of(results, material.ideal_accuracy, above)

    return ChipSurvey(run((1.0,), draw.chips), run(OTHER_SCALES, fewer), as_drawn, above)


def _variations(scales: tuple[float, ...], conditions: Conditions) -> tuple[Variation, ...]:
    """Scales of mismatch under the conditions of the report."""
    told = {
        "corner": conditions.corner,
        "temperature": f"{conditions.temperature:g}",
        "mismatch": ",".join(f"{scale:g}" for scale in scales),
    }
    return tuple(parse_variation(f"{name}={values}") for name, values in told.items())


class _Work:
    """Progress of several sweeps as that of one.

    Args:
        total: chips of all of them.
        show: takes the finished fraction.
    """

    def __init__(self, total: int, show: Callable[[float], None]) -> None:
        self._total, self._show = total, show
        self._before = 0

    def of(self, chips: int) -> Callable[[int, int], None]:
        """Progress of the next sweep.

        Args:
            chips: of it.
        """
        start, self._before = self._before, self._before + chips

        def told(done: int, missing: int) -> None:
            self._show((start + chips - missing + done) / self._total)

        return told


def _run(export: Export, sweep: Sweep, evaluator: BehaviouralEvaluator, work: _Work) -> Results:
    """A sweep in a folder that is named by everything it follows from."""
    described = {
        **evaluator.subject,
        "code": source_hash(),
        "points": [point.values() for point in sweep.points],
        "chips": sweep.chips,
        "seed": sweep.seed,
    }
    key = content_hash(json.dumps(described, sort_keys=True).encode())
    with threads() as workforce:
        return run_sweep(
            sweep,
            evaluator,
            export.results / f"chips_{key[:16]}",
            workforce.executor,
            waiting=workforce.waiting,
            on_progress=work.of(sweep.chips * len(sweep.points)),
        )
