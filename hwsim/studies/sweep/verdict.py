"""What a sweep says: of each point the percentiles over its chips, and the yield."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hwsim import __version__
from hwsim.engines.trace import Floats
from hwsim.foundation.errors import InputError
from hwsim.studies.accuracy import Proportion, proportion
from hwsim.studies.sweep.point import Point
from hwsim.studies.sweep.results import Results


@dataclass(frozen=True, slots=True)
class Band:
    """Median, 5th and 95th percentile over chips, linear between chips."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PointSummary:
    """The chips of one point.

    Attributes:
        point: where they ran.
        accuracy: fraction of samples decided as labelled.
        state_agreement: fraction of cell x step that equals the ideal network.
        power: W.
        good: chips at least as accurate as asked, of all, with the 95 % Wilson interval;
            None when nothing was asked.
    """

    point: Point
    accuracy: Band
    state_agreement: Band
    power: Band
    good: Proportion | None

    def record(self) -> dict[str, object]:
        """For JSON."""
        figures = {
            "accuracy": self.accuracy,
            "state_agreement": self.state_agreement,
            "power_watts": self.power,
        }
        bands = {
            name: {"median": band.median, "p5": band.low, "p95": band.high}
            for name, band in figures.items()
        }
        if self.good is None:
            return {**self.point.values(), **bands}
        interval = [self.good.low, self.good.high]
        return {
            **self.point.values(),
            **bands,
            "yield": self.good.value,
            "yield_interval": interval,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What a sweep found, point by point.

    Attributes:
        results: of every chip.
        ideal_accuracy: of the ideal network on the same samples.
        above: accuracy that a good chip has at least; None asks for no yield.
        points: one summary a point, in the order of the points.
    """

    results: Results
    ideal_accuracy: float
    above: float | None
    points: tuple[PointSummary, ...]

    @classmethod
    def of(cls, results: Results, ideal_accuracy: float, above: float | None = None) -> Verdict:
        """Sum up a finished sweep.

        Raises:
            InputError: a wanted accuracy that is no fraction.
        """
        require_accuracy(above)
        points = tuple(
            PointSummary(
                point=point,
                accuracy=_band(results.accuracy[index]),
                state_agreement=_band(results.state_agreement[index]),
                power=_band(results.power[index]),
                good=None if above is None else _good(results.accuracy[index], above, results),
            )
            for index, point in enumerate(results.sweep.points)
        )
        return cls(results, ideal_accuracy, above, points)

    def record(self) -> dict[str, object]:
        """For JSON."""
        sweep = self.results.sweep
        return {
            "hwsim": __version__,
            "engine": self.results.engine,
            "chips": sweep.chips,
            "samples": sweep.samples,
            "seed": sweep.seed,
            "varied": list(sweep.varied),
            "above": self.above,
            "ideal_accuracy": self.ideal_accuracy,
            "points": [each.record() for each in self.points],
        }


def require_accuracy(above: float | None) -> None:
    """Refuse what is no accuracy.

    Raises:
        InputError: not a fraction; NaN is none.
    """
    if above is not None and not 0 <= above <= 1:
        raise InputError(f"an accuracy of {above:g}", hint="it is a fraction, 0 to 1")


def _good(accuracy: Floats, above: float, results: Results) -> Proportion:
    """Chips that decide enough samples; counted in samples, so that no rounding decides."""
    samples = results.sweep.samples
    needed = math.ceil(round(above * samples, 9))
    right = np.rint(accuracy * samples)
    return proportion(int(np.count_nonzero(right >= needed)), len(accuracy))


def _band(values: Floats) -> Band:
    low, median, high = np.percentile(values, [5, 50, 95])
    return Band(float(median), float(low), float(high))
