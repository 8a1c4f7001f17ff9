"""The points of a sweep: every combination of the values, and a Sobol sequence over the spans."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from scipy.stats import qmc

from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.parameters import Value
from hwsim.studies.sweep.point import Point
from hwsim.studies.sweep.variation import Span, Values, Variation

LARGEST_NUMBER = 10_000
"""Points of one sweep."""


def points_of(
    variations: Sequence[Variation], nominal: Point, sobol: int | None = None
) -> tuple[Point, ...]:
    """Points in the order of a sweep: the first variation changes slowest, spans fastest.

    Args:
        variations: one a parameter; without any the sweep is the nominal point alone.
        nominal: everything that does not vary.
        sobol: points of the Sobol sequence over the spans, which all vary together.

    Raises:
        InputError: a parameter varied twice, spans without a Sobol sequence or the reverse, or
            more points than anybody has asked for on purpose.
    """
    _refuse_repetition(variations)
    grids = [each for each in variations if isinstance(each, Values)]
    spans = [each for each in variations if isinstance(each, Span)]
    _require_a_fit(spans, sobol)
    number = math.prod(len(grid.values) for grid in grids) * (sobol or 1)
    if number > LARGEST_NUMBER:
        raise InputError(
            f"a sweep of {number} points", hint=f"up to {LARGEST_NUMBER} are run in one go"
        )
    filled = _fill(spans, sobol or 1)
    fields = [grid.parameter.field for grid in grids]
    return tuple(
        nominal.changed(dict(zip(fields, chosen, strict=True)) | spanned)
        for chosen in itertools.product(*(grid.values for grid in grids))
        for spanned in filled
    )


def _fill(spans: Sequence[Span], count: int) -> list[dict[str, Value]]:
    """Points over the spans, by field; one empty point without spans.

    The sequence is not scrambled, so it is the same with every seed and its first point is the
    start of every span. It is drawn in a power of two, as its balance wants, and cut.
    """
    if not spans:
        return [{}]
    sequence = qmc.Sobol(len(spans), scramble=False).random_base2(math.ceil(math.log2(count)))
    columns = [
        span.at(fractions) for span, fractions in zip(spans, sequence[:count].T, strict=True)
    ]
    fields = [span.parameter.field for span in spans]
    return [dict(zip(fields, values, strict=True)) for values in zip(*columns, strict=True)]


def _require_a_fit(spans: Sequence[Span], sobol: int | None) -> None:
    if spans and sobol is None:
        name = spans[0].parameter.name
        raise InputError(
            f"{name} has a start and a stop, but no number of values",
            hint=f"{name}=start:stop:count is a grid; --sobol N fills spans",
        )
    if sobol is not None and not spans:
        raise InputError(
            "a Sobol sequence without a span to fill", hint="--vary NAME=start:stop is a span"
        )
    if sobol is not None and sobol < 1:
        raise InputError(f"a Sobol sequence of {sobol} points")


def _refuse_repetition(variations: Sequence[Variation]) -> None:
    names = [each.parameter.name for each in variations]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InputError(f"{name} is varied twice", hint="write its values in one list")
