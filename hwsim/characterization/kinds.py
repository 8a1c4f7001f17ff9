"""Which experiments measure which kind of template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from hwsim.characterization import (
    comparator,
    comparator_transient,
    ladder,
    ladder_transient,
    line_units,
    mirror,
)
from hwsim.characterization.bench import Bench
from hwsim.characterization.experiment import Experiment, Findings
from hwsim.characterization.point import Point

OVERDRIVES = (0.1, 0.3, 3.0)
"""Excess of a candidate over its threshold, relative to it, beside the 1.0 of every point."""

At = Callable[[Bench, Point], Experiment]
ManyAt = Callable[[Bench, Point], list[Experiment]]


@dataclass(frozen=True, slots=True)
class Static:
    """Operating points of a part of a template that stands in a deck of its own.

    Attributes:
        experiment: the deck; also run with transistors altered.
        places: key of a subcircuit -> its instance in the deck.
    """

    experiment: At
    places: Mapping[str, str]


def _none(_bench: Bench, _point: Point) -> list[Experiment]:
    return []


def _same(findings: Findings) -> Findings:
    return findings


@dataclass(frozen=True, slots=True)
class Kind:
    """The experiments of one kind of template.

    Attributes:
        statics: operating points, a few milliseconds each.
        everywhere: transients that are run at every point of the grid.
        nominal: those that are run at the nominal point alone.
        paces: transients of which the times over the overdrive are kept, nothing else.
        hold: those that are run at the fast corner, hot, where charges leak.
        function: a transient whose `function` is also asked of cells with mismatch.
        derive: adds what follows from several experiments at one point.
    """

    statics: tuple[Static, ...]
    everywhere: ManyAt = _none
    nominal: ManyAt = _none
    paces: ManyAt = _none
    hold: ManyAt = _none
    function: At | None = None
    derive: Callable[[Findings], Findings] = _same

    def at(self, bench: Bench, point: Point) -> list[Experiment]:
        """What is measured at every point."""
        static = [each.experiment(bench, point) for each in self.statics]
        return [*static, *self.everywhere(bench, point)]


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
        comparator_transient.switch_experiment(bench, point, 1.0, rising=True),
        comparator_transient.switch_experiment(bench, point, 1.0, rising=False),
        comparator_transient.sequence_experiment(bench, point),
    ]


def _ladder_paces(bench: Bench, point: Point) -> list[Experiment]:
    wanted = [
        ladder_transient.decision_experiment(bench, point, sign, overdrive)
        for overdrive in OVERDRIVES
        for sign in (1, -1)
    ]
    return [one for one in wanted if one is not None]


def _comparator_paces(bench: Bench, point: Point) -> list[Experiment]:
    return [
        comparator_transient.switch_experiment(bench, point, overdrive, rising=rising)
        for overdrive in OVERDRIVES
        for rising in (True, False)
        if rising or overdrive <= 1
    ]


def _slower_decision(findings: Findings) -> Findings:
    """The slower direction of a ladder as its decision charge."""
    names = ("decision_charge_up", "decision_charge_down")
    both = [findings.figures[name] for name in names if name in findings.figures]
    if len(both) < len(names):
        return findings
    return findings | Findings({"decision_charge": max(both)})


def _mirror_static(side: mirror.Side) -> Static:
    return Static(partial(mirror.static_experiment, side=side), mirror.PLACES[side])


_SIDES: tuple[mirror.Side, ...] = ("source", "sink")
_CELL = {"unit": "xcell"}
_LADDER = Kind(
    statics=(Static(ladder.static_experiment, _CELL),),
    everywhere=_ladder_everywhere,
    nominal=_ladder_nominal,
    paces=_ladder_paces,
    hold=_ladder_hold,
    function=ladder_transient.sequence_experiment,
    derive=_slower_decision,
)

KINDS: Mapping[str, Kind] = {
    "cmru": _LADDER,
    "bmru": _LADDER,
    "fq_bmru": Kind(
        statics=(Static(comparator.static_experiment, _CELL),),
        everywhere=_comparator_everywhere,
        nominal=lambda bench, point: [comparator.noise_experiment(bench, point)],
        paces=_comparator_paces,
        hold=lambda bench, point: [
            comparator_transient.retention_experiment(bench, point, is_set=state)
            for state in (False, True)
        ],
        function=comparator_transient.sequence_experiment,
    ),
    "mirror": Kind(
        statics=tuple(_mirror_static(side) for side in _SIDES),
        everywhere=lambda bench, point: [
            mirror.tail_experiment(bench, point, side) for side in _SIDES
        ],
        nominal=lambda bench, point: [
            mirror.noise_experiment(bench, point, side) for side in _SIDES
        ],
    ),
    "splitter": Kind(
        statics=(Static(line_units.splitter_static, _CELL),),
        everywhere=lambda bench, point: [line_units.follow_experiment(bench, point)],
        nominal=lambda bench, point: [line_units.noise_experiment(bench, point)],
    ),
    "relu": Kind(
        statics=(Static(line_units.relu_static, _CELL),),
        everywhere=lambda bench, point: [line_units.follow_experiment(bench, point)],
        nominal=lambda bench, point: [line_units.noise_experiment(bench, point)],
    ),
}
"""Kind of template -> its experiments; bias and clock are what the others are measured with."""
