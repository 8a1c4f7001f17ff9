"""Two templates side by side: figures, their spread over chips, area."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.figures import find_figure
from hwsim.circuits.mismatch import Mismatch
from hwsim.foundation.errors import InputError

NOISE = 0.01
"""Relative change of a measured figure up to which it may be the tolerance of the simulator.

Currents carry the ``reltol`` of ngspice (2e-3) into sums and differences of a few of them.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both.

    Attributes:
        name: of the figure; ``spread of ...`` is its standard deviation over chips.
        unit: SI, empty for a ratio or a count.
        first: value of the first; NaN where it has none.
        second: value of the second.
        differs: beyond the noise of the measurement.
    """

    name: str
    unit: str
    first: float
    second: float
    differs: bool

    @property
    def change(self) -> float:
        """From the first to the second, relative; NaN where there is none."""
        return self.second / self.first - 1 if self.first else math.nan

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.name,
            "unit": self.unit,
            "first": self.first,
            "second": self.second,
            "change": self.change,
            "differs": self.differs,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two templates of a kind on one technology."""

    first: str
    second: str
    technology: str
    rows: tuple[Row, ...]

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "technology": self.technology,
            "figures": [row.record() for row in self.rows],
        }


def compare_datasheets(first: Datasheet, second: Datasheet, mismatch: Mismatch) -> Comparison:
    """Set two datasheets side by side.

    Args:
        first: the one to start from.
        second: what became of it.
        mismatch: of the technology of both, for the spreads.

    Raises:
        InputError: datasheets of two kinds, technologies or conditions.
    """
    for what in ("kind", "technology", "conditions", "settings"):
        ours, theirs = getattr(first, what), getattr(second, what)
        if ours != theirs:
            raise InputError(
                f"{first.template} and {second.template} differ in their {what}",
                hint="only circuits for the same place, measured alike, can be compared",
            )
    rows = [
        *_figures(first, second),
        *_spreads(first, second, mismatch),
        _exact("gate area", "m2", first.area, second.area),
        _exact("transistors", "", first.transistors, second.transistors),
    ]
    return Comparison(first.template, second.template, first.technology, tuple(rows))


def spread(datasheet: Datasheet, figure: str, mismatch: Mismatch) -> float:
    """Standard deviation of a figure over chips, in its unit, from its sensitivities.

    The deviations of all transistors are independent and small (Pelgrom), so their variances add.
    """
    deviation = math.sqrt(sum(_variances(datasheet, figure, mismatch).values()))
    is_log = find_figure(datasheet.kind, figure).domain == "log"
    return deviation * (datasheet.nominal[figure] if is_log else 1.0)


def spread_shares(datasheet: Datasheet, figure: str, mismatch: Mismatch) -> dict[str, float]:
    """Which transistors a figure owes its spread to.

    Returns:
        Path -> its part of the variance, the largest first; they add up to 1.
    """
    variances = _variances(datasheet, figure, mismatch)
    total = sum(variances.values())
    ordered = sorted(variances.items(), key=lambda item: -item[1])
    return {path: variance / total for path, variance in ordered if variance}


def _variances(datasheet: Datasheet, figure: str, mismatch: Mismatch) -> dict[str, float]:
    """Path -> variance that it gives a figure, in the domain of the figure."""
    variances = {}
    for path, each in datasheet.sensitivities[figure].items():
        device = datasheet.devices[path]
        sigma = mismatch.spread(device.type, device.width, device.length, round(device.units))
        variances[path] = (each.dvth * sigma.vth) ** 2 + (each.dbeta * sigma.beta) ** 2
    return variances


def _figures(first: Datasheet, second: Datasheet) -> Iterator[Row]:
    for name in dict.fromkeys((*first.nominal, *second.nominal)):
        if not (_was_asked(first, name) and _was_asked(second, name)):
            continue
        values = first.nominal.get(name, math.nan), second.nominal.get(name, math.nan)
        unit = find_figure(first.kind, name).unit
        yield Row(name, unit, *values, differs=_differ(*values))


def _was_asked(datasheet: Datasheet, name: str) -> bool:
    """Whether a figure was measured, with or without success; a short datasheet leaves some out."""
    is_full = datasheet.provenance.scope == "full"
    return is_full or name in datasheet.nominal or name in datasheet.absent


def _spreads(first: Datasheet, second: Datasheet, mismatch: Mismatch) -> Iterator[Row]:
    for name in first.sensitivities:
        if name in second.sensitivities:
            values = spread(first, name, mismatch), spread(second, name, mismatch)
            unit = find_figure(first.kind, name).unit
            yield Row(f"spread of {name}", unit, *values, differs=_differ(*values))


def _exact(name: str, unit: str, first: float, second: float) -> Row:
    return Row(name, unit, first, second, differs=not math.isclose(first, second))


def _differ(first: float, second: float) -> bool:
    if math.isnan(first) or math.isnan(second):
        return not (math.isnan(first) and math.isnan(second))
    return abs(second - first) > NOISE * max(abs(first), abs(second))
