"""Two templates in the same chips, figure by figure: which change is beyond noise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hwsim.engines.trace import Floats
from hwsim.studies.accuracy import Proportion, proportion
from hwsim.studies.paired_bootstrap import Statistic, paired_change
from hwsim.studies.template_swap import Census

SIMULATOR = 0.002
"""Relative change of a current up to which it may be the ``reltol`` of ngspice in the datasheets.
All chips share it, so that no number of chips tells it from a change."""

Test = Literal["bootstrap", "exact", "none"]
"""How a line is told from noise: over chips, by its very number, or not at all."""


@dataclass(frozen=True, slots=True, eq=False)
class ChipFigures:
    """One template in the network, over the same chips as the other.

    Attributes:
        template: its name.
        nominal_accuracy: of the chip without mismatch, 0 to 1.
        accuracy: of every chip, [chip].
        agreement: part of cell x step whose state is that of the ideal network, [chip].
        power: W, mean over steps, from the supply and of the clock drivers, [chip].
        energy: J an inference, mean over samples, [chip].
        census: transistors and gate area.
    """

    template: str
    nominal_accuracy: float
    accuracy: Floats
    agreement: Floats
    power: Floats
    energy: Floats
    census: Census


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of both.

    Attributes:
        name: what it is.
        unit: SI; ``share`` of a fraction, empty for a count.
        first: of the first template.
        second: of the second.
        test: how it is told from noise.
        low: lower end of the interval of the change; NaN without one.
        high: its upper end.
        differs: beyond noise.
        first_interval: 95 % Wilson interval of `first` where it is a counted share.
        second_interval: of `second`.
    """

    name: str
    unit: str
    first: float
    second: float
    test: Test
    low: float = math.nan
    high: float = math.nan
    differs: bool = False
    first_interval: tuple[float, float] | None = None
    second_interval: tuple[float, float] | None = None

    def record(self) -> dict[str, object]:
        """For JSON."""
        figures = {
            "name": self.name,
            "unit": self.unit,
            "first": self.first,
            "second": self.second,
            "change": self.second - self.first,
            "change_interval": [self.low, self.high],
            "test": self.test,
            "differs": self.differs,
        }
        if self.first_interval is None or self.second_interval is None:
            return figures
        intervals = {"first": list(self.first_interval), "second": list(self.second_interval)}
        return {**figures, "wilson_intervals": intervals}


def median(values: Floats) -> Floats:
    """Median chip of each resample."""
    return np.asarray(np.median(values, axis=1))


def fifth_percentile(values: Floats) -> Floats:
    """5th percentile over the chips of each resample, linear between chips."""
    return np.asarray(np.quantile(values, 0.05, axis=1))


def verdict_lines(
    first: ChipFigures, second: ChipFigures, kind: str, needed: int, samples: int
) -> Iterator[Line]:
    """Figures of two templates side by side, accuracy first.

    Args:
        first: the template to start from.
        second: the other one, over the same chips.
        kind: of both.
        needed: samples that a good chip decides as labelled.
        samples: that every chip decides.
    """

    def tested(name: str, unit: str, field: str, statistic: Statistic) -> Line:
        return _tested(name, unit, getattr(first, field), getattr(second, field), statistic)

    pair = first.nominal_accuracy, second.nominal_accuracy
    yield Line("accuracy without mismatch", "share", *pair, test="none")
    yield tested("accuracy, median chip", "share", "accuracy", median)
    yield tested("accuracy, 5th percentile", "share", "accuracy", fifth_percentile)
    yield _yield_line(first, second, needed, samples)
    yield tested("states as ideal, median chip", "share", "agreement", median)
    yield tested("supply power, median chip", "W", "power", median)
    yield tested("energy an inference, median chip", "J", "energy", median)
    ours, theirs = first.census, second.census
    yield _exact(f"gate area, every {kind}", "m2", ours.area, theirs.area)
    yield _exact(f"transistors, every {kind}", "", ours.transistors, theirs.transistors)
    yield _exact("gate area, chip", "m2", ours.chip_area, theirs.chip_area)
    yield _exact("transistors, chip", "", ours.chip_transistors, theirs.chip_transistors)


def _tested(name: str, unit: str, first: Floats, second: Floats, statistic: Statistic) -> Line:
    change = paired_change(first, second, statistic)
    before = float(statistic(first[None])[0])
    least = 0.0 if unit == "share" else SIMULATOR * abs(before)
    return Line(
        name,
        unit,
        before,
        float(statistic(second[None])[0]),
        test="bootstrap",
        low=change.low,
        high=change.high,
        differs=change.is_beyond_noise and abs(change.value) > least,
    )


def _yield_line(first: ChipFigures, second: ChipFigures, needed: int, samples: int) -> Line:
    """Good chips, counted in samples, so that no rounding decides."""
    good = [np.rint(each.accuracy * samples) >= needed for each in (first, second)]
    counted: list[Proportion] = [proportion(int(each.sum()), len(each)) for each in good]
    change = paired_change(
        good[0].astype(np.float64), good[1].astype(np.float64), lambda each: each.mean(axis=1)
    )
    return Line(
        f"yield, accuracy from {needed / samples:.1%}",
        "share",
        counted[0].value,
        counted[1].value,
        test="bootstrap",
        low=change.low,
        high=change.high,
        differs=change.is_beyond_noise,
        first_interval=(counted[0].low, counted[0].high),
        second_interval=(counted[1].low, counted[1].high),
    )


def _exact(name: str, unit: str, first: float, second: float) -> Line:
    return Line(name, unit, first, second, test="exact", differs=not math.isclose(first, second))
