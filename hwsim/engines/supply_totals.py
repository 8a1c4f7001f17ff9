"""Adding up currents of signals: step by step, or over all steps and samples at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.supply_leakage import excess
from hwsim.engines.trace import Floats

Signals: TypeAlias = NDArray[np.floating[Any]] | NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class LineTotals:
    """The lines of one part of a stage's signals, unit currents, each of the shape of a total.

    Attributes:
        drive: into the native diodes.
        native: what mirrors on the native ends carry beyond it.
        turned: what mirrors on the turned ends carry beyond what drives those.
    """

    drive: Floats
    native: Floats
    turned: Floats


@dataclass(frozen=True, slots=True, eq=False)
class LineDrives:
    """What a signal makes of the lines of one part: ``max(scale * signal, 0) + kept`` drives them.

    Attributes:
        scale: unit currents of a signal of 1, negative for lines of its negative side,
            [chip or 1, unit].
        kept: what flows into each line besides, always, [chip or 1].
        idle_native: leakage of mirrors as large as the diodes; 0 where nobody asks.
        idle_turned: the same at the turned ends.
    """

    scale: Floats
    kept: Floats
    idle_native: float
    idle_turned: float

    def of_each(self, signal: Signals) -> LineTotals:
        """Currents of every chip by themselves, [chip, row, unit].

        Args:
            signal: [chip or 1, row, unit].
        """
        scale, kept = self.scale[:, None, :], self.kept[:, None, None]
        drive = np.maximum(scale * signal, 0.0) + kept
        native = excess(drive, self.idle_native)
        return LineTotals(drive, native, excess(drive + native, self.idle_turned))


class Span(Protocol):
    """Over what currents are added up: what constants need to know of it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of what is found."""
        ...

    @property
    def weight(self) -> float:
        """What a constant counts in it."""
        ...


class Total(Span, Protocol):
    """Over what currents are added up."""

    def of(self, values: Signals) -> Floats:
        """From signals [..., unit] to totals [*shape, unit], [1, unit] of equal chips; linear."""
        ...

    def lines(self, signal: Signals, drives: LineDrives) -> LineTotals:
        """Of the lines that a signal drives."""
        ...


def constant(value: Floats | float, over: Span) -> Floats:
    """What a constant, or one a chip, adds up to."""
    return np.broadcast_to(np.asarray(value) * over.weight, over.shape).copy()


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of samples of some chips that are added up already.

    Attributes:
        shape: chips.
        weight: how many steps of samples.
    """

    shape: tuple[int, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class EachStep:
    """Every step of every sequence of one chip by itself; signals are [sequence, step, unit]."""

    shape: tuple[int, ...]
    weight: float = 1.0

    def of(self, values: Signals) -> Floats:
        """See `Total`."""
        return np.asarray(values, dtype=np.float64)

    def lines(self, signal: Signals, drives: LineDrives) -> LineTotals:
        """See `Total`."""
        drive = np.maximum(drives.scale * signal, 0.0) + drives.kept[..., None]
        native = excess(drive, drives.idle_native)
        return LineTotals(drive, native, excess(drive + native, drives.idle_turned))


@dataclass(frozen=True, slots=True)
class EachChip:
    """Every chip over all its steps and samples; signals are [chip, step, sample, unit].

    Attributes:
        shape: chips.
        weights: what the steps of samples count, [step * sample].
    """

    shape: tuple[int, ...]
    weights: Floats

    @property
    def weight(self) -> float:
        """See `Total`."""
        return float(self.weights.sum())

    def of(self, values: Signals) -> Floats:
        """See `Total`."""
        return np.asarray(self.weights @ _rows(values))

    def lines(self, signal: Signals, drives: LineDrives) -> LineTotals:
        """See `Total`."""
        each = drives.of_each(_rows(signal))
        return LineTotals(
            self.weights @ each.drive, self.weights @ each.native, self.weights @ each.turned
        )


def _rows(values: Signals) -> Signals:
    """Steps and samples as one axis; one chip where all are one array."""
    if values.strides[0] == 0:
        values = values[:1]
    return values.reshape(values.shape[0], -1, values.shape[-1])
