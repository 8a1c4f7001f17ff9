"""Which experiments measure which kind of template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hwsim.characterization import comparator, ladder, ladder_transient, line_units, mirror
from hwsim.characterization.bench import Bench
from hwsim.characterization.experiment import Experiment
from hwsim.characterization.point import Point

OVERDRIVES = (0.1, 0.3, 3.0)
"""Excess of a candidate over its threshold, relative to it, beside the 1.0 of every point."""

At = Callable[[Bench, Point], Experiment]
ManyAt = Callable[[Bench, Point], list[Experiment]]


@dataclass(frozen=True, slots=True)
class Kind:
    """The experiments of one kind of template.

    Attributes:
        static: operating points, in a few milliseconds; also run with devices altered.
        everywhere: transients that are run at every point of the grid.
        nominal: those that are run at the nominal point alone.
        paces: transients of which the times over the overdrive are kept, nothing else.
        function: a transient whose `function` is also asked of cells with mismatch.
        hold: those that are run at the fast corner, hot, where charges leak.
        places: key of a subcircuit -> its instance in the decks.
    """

    static: At
    everywhere: ManyAt
    nominal: ManyAt
    hold: ManyAt
    places: Mapping[str, str]
    paces: ManyAt
    function: At | None = None


def _ladder_everywhere(bench: Bench, point: Point) -> list[Experiment]:
    decisions = [ladder_transient.decision_experiment(bench, point, sign) for sign in (1, -1)]
    return [
        ladder_transient.sequence_experiment(bench, point),
        *(one for one in decisions if one is not None),
    ]


def _ladder_nominal(bench: Bench, point: Point) -> list[Experiment]:
    wanted = [ladder.noise_experiment(bench, point)]
    return [one for one in wanted if one is not None]


def _ladder_hold(bench: Bench, point: Point) -> list[Experiment]:
    codes = range(ladder.stages(bench) + 1)
    return [ladder_transient.retention_experiment(bench, point, code) for code in codes]


def _comparator_everywhere(bench: Bench, point: Point) -> list[Experiment]:
    return [
        comparator.switch_experiment(bench, point, 1.0, rising=True),
        comparator.switch_experiment(bench, point, 1.0, rising=False),
        comparator.sequence_experiment(bench, point),
    ]


def _none(_bench: Bench, _point: Point) -> list[Experiment]:
    return []


def _ladder_paces(bench: Bench, point: Point) -> list[Experiment]:
    wanted = [
        ladder_transient.decision_experiment(bench, point, sign, overdrive)
        for overdrive in OVERDRIVES
        for sign in (1, -1)
    ]
    return [one for one in wanted if one is not None]


def _comparator_paces(bench: Bench, point: Point) -> list[Experiment]:
    return [
        comparator.switch_experiment(bench, point, overdrive, rising=rising)
        for overdrive in OVERDRIVES
        for rising in (True, False)
        if rising or overdrive <= 1
    ]


_CELL = {"unit": "xcell"}
_LADDER = Kind(
    ladder.static_experiment,
    _ladder_everywhere,
    _ladder_nominal,
    _ladder_hold,
    _CELL,
    _ladder_paces,
    ladder_transient.sequence_experiment,
)

KINDS: Mapping[str, Kind] = {
    "cmru": _LADDER,
    "bmru": _LADDER,
    "fq_bmru": Kind(
        comparator.static_experiment,
        _comparator_everywhere,
        lambda bench, point: [comparator.noise_experiment(bench, point)],
        lambda bench, point: [
            comparator.retention_experiment(bench, point, is_set=state) for state in (False, True)
        ],
        _CELL,
        _comparator_paces,
        comparator.sequence_experiment,
    ),
    "mirror": Kind(
        mirror.static_experiment,
        _none,
        lambda bench, point: [
            mirror.noise_experiment(bench, point, side) for side in ("source", "sink")
        ],
        _none,
        mirror.PLACES,
        _none,
    ),
    "splitter": Kind(
        line_units.splitter_static,
        lambda bench, point: [line_units.follow_experiment(bench, point)],
        lambda bench, point: [line_units.noise_experiment(bench, point)],
        _none,
        _CELL,
        _none,
    ),
    "relu": Kind(
        line_units.relu_static,
        lambda bench, point: [line_units.follow_experiment(bench, point)],
        lambda bench, point: [line_units.noise_experiment(bench, point)],
        _none,
        _CELL,
        _none,
    ),
}
"""Kind of template -> its experiments; bias and clock are what the others are measured with."""
