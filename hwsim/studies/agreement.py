"""How far two engines agree on the same sequences: decisions, states, single steps, outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hwsim.design.design import Design
from hwsim.engines.trace import Floats, Trace
from hwsim.engines.trip_points import TripPoints
from hwsim.foundation.errors import InputError


@dataclass(frozen=True, slots=True)
class Agreement:
    """Fractions of what is equal in two traces.

    Attributes:
        decisions: of sequences.
        states: of cell x step.
        output_rms: rms difference of the output currents, A.
        output_relative: the same over the rms output current of the reference.
    """

    decisions: float
    states: float
    output_rms: float
    output_relative: float


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
        agreement: fraction of cell x step that follows.
        errors: every one that does not.
        candidate_rms: rms difference of the candidates, relative to the cell's upper trip point.
    """

    agreement: float
    errors: tuple[StepError, ...]
    candidate_rms: float


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
    return Agreement(
        decisions=float(decided.mean()),
        states=float(np.concatenate(equal).mean()),
        output_rms=rms,
        output_relative=rms / scale if scale else 0.0,
    )


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
        agreement=1.0 - len(errors) / judged,
        errors=tuple(errors),
        candidate_rms=float(np.sqrt(np.mean(np.concatenate(differences) ** 2))),
    )


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
