"""How a parameter is varied: a list or grid of values, or a span that a Sobol sequence fills.

``NAME=a,b,c`` is a list, ``NAME=start:stop:count`` a grid with both ends, ``NAME=start:stop`` a
span; ``:log`` after a grid or a span spaces it by ratios. Numbers are quantities with their units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.parameters import Parameter, Value, find_parameter

LARGEST_COUNT = 10_000
"""Values of one grid."""

_GRAMMAR = "NAME=a,b,c or NAME=start:stop:count, for example mismatch=0:2:9; :log spaces by ratios"


@dataclass(frozen=True, slots=True)
class Values:
    """Chosen values of a parameter.

    Attributes:
        parameter: what is varied.
        values: in the order of the points.
    """

    parameter: Parameter
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a parameter.

    Attributes:
        parameter: what is varied, a number.
        start: value at a fraction of 0.
        stop: value at a fraction of 1.
        by_ratios: equal fractions are equal ratios, not equal differences.
    """

    parameter: Parameter
    start: float
    stop: float
    by_ratios: bool = False

    def at(self, fractions: Sequence[float]) -> tuple[Value, ...]:
        """Values at fractions from 0 to 1.

        Raises:
            InputError: a broken number of a count.
        """
        part = np.asarray(fractions, dtype=np.float64)
        if self.by_ratios:
            spaced = self.start * (self.stop / self.start) ** part
        else:
            spaced = self.start + (self.stop - self.start) * part
        return tuple(self.parameter.rounded(float(value)) for value in spaced)


Variation = Values | Span


def parse_variation(text: str) -> Variation:
    """Read ``NAME=...`` as the command line has it.

    Raises:
        InputError: an unknown parameter, or values that cannot be read; the message names it.
    """
    name, equals, words = text.partition("=")
    if not equals:
        raise InputError(f"'{text}' says no values", hint=_GRAMMAR)
    parameter = find_parameter(name.strip())
    if ":" not in words:
        values = tuple(parameter.read(word) for word in words.split(","))
        return Values(parameter, _without_repetition(parameter, values))
    if parameter.kind == "word":
        raise InputError(f"'{words}' is no list of words", where=parameter.name, hint=_GRAMMAR)
    return _grid_or_span(parameter, words)


def _grid_or_span(parameter: Parameter, words: str) -> Variation:
    parts = [part.strip() for part in words.split(":")]
    by_ratios = parts[-1] == "log"
    ends = parts[:-1] if by_ratios else parts
    if not 2 <= len(ends) <= 3 or "" in ends[:2]:
        raise InputError(f"'{words}' is no grid", where=parameter.name, hint=_GRAMMAR)
    start, stop, *counts = ends
    span = _span(parameter, start, stop, by_ratios=by_ratios)
    if not counts:
        if parameter.kind == "count":
            raise InputError(
                f"'{words}' is no list of whole numbers", where=parameter.name, hint=_GRAMMAR
            )
        return span
    count = _count(parameter, counts[0])
    values = span.at(np.linspace(0.0, 1.0, count).tolist())
    return Values(parameter, _without_repetition(parameter, values))


def _span(parameter: Parameter, start: str, stop: str, *, by_ratios: bool) -> Span:
    first, last = float(parameter.read(start)), float(parameter.read(stop))
    if first == last:
        raise InputError(f"'{start}:{stop}' starts where it stops", where=parameter.name)
    if by_ratios and min(first, last) <= 0:
        raise InputError(
            "ratios need values above zero",
            where=parameter.name,
            hint="leave out :log, or start higher",
        )
    return Span(parameter, first, last, by_ratios)


def _count(parameter: Parameter, word: str) -> int:
    if not word.isdecimal() or not 2 <= int(word) <= LARGEST_COUNT:
        raise InputError(
            f"'{word}' is no number of values",
            where=parameter.name,
            hint=f"a grid has 2 to {LARGEST_COUNT} values",
        )
    return int(word)


def _without_repetition(parameter: Parameter, values: tuple[Value, ...]) -> tuple[Value, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise InputError(f"{parameter.shown(value)} is there twice", where=parameter.name)
    return values
