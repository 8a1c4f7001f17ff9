"""Accuracy with the interval that its number of samples allows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.trace import Trace
from hwsim.foundation.errors import InputError


@dataclass(frozen=True, slots=True)
class Proportion:
    """A fraction of counted events.

    Attributes:
        hits: events that count.
        total: all events.
        low: lower end of the 95 % Wilson interval.
        high: its upper end.
    """

    hits: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The fraction."""
        return self.hits / self.total


def proportion(hits: int, total: int) -> Proportion:
    """A fraction with its 95 % Wilson score interval (Wilson 1927)."""
    interval = binomtest(hits, total).proportion_ci(confidence_level=0.95, method="wilson")
    return Proportion(hits, total, float(interval.low), float(interval.high))


def accuracy(design: Design, trace: Trace, sequences: Sequences) -> Proportion:
    """Fraction of sequences that a trace decides as labelled.

    Raises:
        InputError: sequences without labels.
    """
    if sequences.labels is None:
        raise InputError("the data has no labels, so there is no accuracy")
    right = trace.decisions(design.readout) == sequences.labels
    return proportion(int(np.count_nonzero(right)), len(sequences))
