"""How far two engines agree on the same sequences: decisions, states, single steps, outputs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.design.design import Design
from hwsim.engines.trace import Floats, Trace
from hwsim.engines.trip_points import TripPoints
from hwsim.foundation.errors import InputError

CLEAR = 0.02
"""Margin of a decision above which it counts as clear, in spreads of the logits: how far the best
logit is from the second, over the standard deviation of all logits of the trace."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of several things are so.

    Attributes:
        hits: that are.
        total: all of them.
    """

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The fraction; NaN of nothing."""
        return self.hits / self.total if self.total else math.nan


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much is equal in two traces.

    Attributes:
        equal_decisions: of sequences.
        equal_clear_decisions: of those whose margin in the reference exceeds `CLEAR`.
        equal_states: of cell x step.
        output_rms: rms difference of the output currents, A.
        output_relative: the same over the rms output current of the reference.
    """

    equal_decisions: Count
    equal_clear_decisions: Count
    equal_states: Count
    output_rms: float
    output_relative: float

    @property
    def decisions(self) -> float:
        """Fraction of sequences that are decided alike."""
        return self.equal_decisions.value

    @property
    def states(self) -> float:
        """Fraction of cell x step with equal states."""
        return self.equal_states.value


@dataclass(frozen=True, slots=True)
class StepError:
    """A step that does not follow from the state before it and the reference's candidate.

    Attributes:
        sequence: index among the compared sequences.
        step: index of the time step.
        stage: name of the stage of cells.
        unit: index of the cell.
        expected: state that should follow.
        found: state that does.
        candidate: the reference's candidate, A.
        measured_candidate: the candidate of the engine under test, A.
        distance: of the reference's candidate from its nearer trip point, relative to it.
    """

    sequence: int
    step: int
    stage: str
    unit: int
    expected: int
    found: int
    candidate: float
    measured_candidate: float
    distance: float


@dataclass(frozen=True, slots=True)
class SingleSteps:
    """Agreement of single steps, each judged from the measured previous state.

    Attributes:
        judged: number of cell x step.
        errors: every one that does not follow.
        candidate_rms: rms difference of the candidates, relative to the cell's upper trip point.
    """

    judged: int
    errors: tuple[StepError, ...]
    candidate_rms: float

    @property
    def following(self) -> Count:
        """Of cell x step."""
        return Count(self.judged - len(self.errors), self.judged)

    @property
    def agreement(self) -> float:
        """Fraction of cell x step that follows."""
        return self.following.value


def compare_traces(design: Design, tested: Trace, reference: Trace) -> Agreement:
    """Compare two traces of the same sequences.

    Raises:
        InputError: traces of different sequences.
    """
    _require_same_sequences(tested, reference)
    mask = reference.mask
    equal = [
        (_states(tested, stage.name) == _states(reference, stage.name))[mask].ravel()
        for stage in design.cells
    ]
    difference = (tested.outputs - reference.outputs)[mask]
    rms = float(np.sqrt(np.mean(difference**2)))
    scale = float(np.sqrt(np.mean(reference.outputs[mask] ** 2)))
    decided = tested.decisions(design.readout) == reference.decisions(design.readout)
    clear = decision_margins(design, reference) > CLEAR
    return Agreement(
        equal_decisions=_count(decided),
        equal_clear_decisions=_count(decided[clear]),
        equal_states=_count(np.concatenate(equal)),
        output_rms=rms,
        output_relative=rms / scale if scale else 0.0,
    )


def decision_margins(design: Design, trace: Trace) -> Floats:
    """How clearly a trace decides.

    Args:
        design: the network.
        trace: of it.

    Returns:
        Best logit minus the second over the standard deviation of all logits, [sequence]; 0 where
        all logits are equal.
    """
    logits = trace.logits(design.readout)
    spread = float(logits.std())
    if not spread:
        return np.zeros(len(trace))
    ranked = np.sort(logits, axis=1)
    return np.asarray((ranked[:, -1] - ranked[:, -2]) / spread)


def judge_single_steps(
    design: Design, tested: Trace, followed: Trace, trips: Mapping[str, TripPoints]
) -> SingleSteps:
    """Judge every step of `tested` by itself.

    Args:
        design: the network.
        tested: usually ngspice.
        followed: what the behavioural engine does in each step from the states that `tested` had
            before it (`BehaviouralEngine.follow`).
        trips: trip points by stage, unit currents.

    Raises:
        InputError: traces of different sequences.
    """
    _require_same_sequences(tested, followed)
    mask = followed.mask
    unit_current = design.operating.unit_current
    errors: list[StepError] = []
    differences: list[Floats] = []
    judged = 0
    for stage in design.cells:
        found = _states(tested, stage.name)
        expected = _states(followed, stage.name)
        candidate = followed.stages[stage.name].current / unit_current
        measured = tested.stages[stage.name].current / unit_current
        distance = trips[stage.name].distance(candidate)
        differences.append(((measured - candidate) / trips[stage.name].upper)[mask].ravel())
        judged += int(mask.sum()) * stage.size
        for sequence, step, unit in np.argwhere((expected != found) & mask[..., None]):
            where = sequence, step, unit
            errors.append(
                StepError(
                    sequence=int(sequence),
                    step=int(step),
                    stage=stage.name,
                    unit=int(unit),
                    expected=int(expected[where]),
                    found=int(found[where]),
                    candidate=float(candidate[where] * unit_current),
                    measured_candidate=float(measured[where] * unit_current),
                    distance=float(distance[where]),
                )
            )
    return SingleSteps(
        judged=judged,
        errors=tuple(errors),
        candidate_rms=float(np.sqrt(np.mean(np.concatenate(differences) ** 2))),
    )


def _count(hits: NDArray[np.bool_]) -> Count:
    return Count(int(np.count_nonzero(hits)), hits.size)


def _states(trace: Trace, stage: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    state = trace.stages[stage].state
    if state is None:
        raise InputError(f"the trace of {trace.engine} has no states of {stage}")
    return state


def _require_same_sequences(tested: Trace, reference: Trace) -> None:
    if not np.array_equal(tested.lengths, reference.lengths):
        raise InputError(
            f"the traces of {tested.engine} and {reference.engine} are of different sequences"
        )
