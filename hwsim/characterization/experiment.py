"""One deck and how its figures are read: what benches are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hwsim.foundation.errors import SimulatorError
from hwsim.spice import Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Findings:
    """What was read from one run.

    Attributes:
        figures: figure -> value.
        absent: figure -> why it has no value.
        curves: name -> samples, for plots.
    """

    figures: Mapping[str, float] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __or__(self, other: Findings) -> Findings:
        """Both together; a value that exists silences an absence."""
        figures = {**self.figures, **other.figures}
        absent = {**self.absent, **other.absent}
        return Findings(
            figures,
            {name: reason for name, reason in absent.items() if name not in figures},
            {**self.curves, **other.curves},
        )


def merged(findings: Sequence[Findings]) -> Findings:
    """All of them together; see `Findings.__or__`."""
    total = Findings()
    for each in findings:
        total = total | each
    return total


def worst_of(findings: Sequence[Findings]) -> Findings:
    """Of figures that several runs measure: absent where one of them has a reason."""
    total = merged(findings)
    absent = {name: why for each in findings for name, why in each.absent.items()}
    figures = {name: value for name, value in total.figures.items() if name not in absent}
    return Findings(figures, absent, total.curves)


@dataclass(frozen=True, slots=True)
class Experiment:
    """A deck, and the figures that it gives.

    Attributes:
        text: the whole deck but for the card file it names.
        figures: that it gives, or gives a reason for not giving.
        read: takes the result of a run.
        plots: that the run must leave.
        stop_time: s, of a transient.
    """

    text: str
    figures: tuple[str, ...]
    read: Callable[[Result], Findings]
    plots: tuple[str, ...] = ("dc",)
    stop_time: float | None = None

    def missing(self, reason: str) -> Findings:
        """What a run that failed leaves."""
        return Findings(absent=dict.fromkeys(self.figures, reason))

    def failed(self, findings: Findings) -> bool:
        """Whether it gave nothing at all."""
        return set(self.figures) <= set(findings.absent)


def sweep_of(result: Result, node: str) -> str:
    """The DC sweep in which a node is driven; ngspice does not run sweeps in the deck's order.

    Raises:
        SimulatorError: there is none.
    """
    for plot, vectors in result.plots.items():
        if plot.startswith("dc") and np.ptp(vectors[f"v({node})"].real) > 0:
            return plot
    raise SimulatorError(f"the run left no sweep of the node '{node}'")


def crossing(time: Floats, values: Floats, level: float, after: float, *, rising: bool) -> float:
    """When samples first cross a level after a moment, interpolated, s; NaN when they do not."""
    beyond = (values > level) if rising else (values < level)
    hits = np.flatnonzero(beyond & (time > after))
    if hits.size == 0:
        return float("nan")
    last = int(hits[0])
    if last == 0:
        return float(time[0])
    x, y = time[last - 1 : last + 1], values[last - 1 : last + 1]
    moment = x[0] + (level - y[0]) / (y[1] - y[0]) * (x[1] - x[0]) if y[1] != y[0] else x[1]
    return float(max(moment, after))


def integral(time: Floats, values: Floats, start: float, stop: float) -> float:
    """Integral of samples over a part of their time."""
    inside = (time > start) & (time < stop)
    x = np.concatenate([[start], time[inside], [stop]])
    return float(np.trapezoid(np.interp(x, time, values), x))
