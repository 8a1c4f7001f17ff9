"""What is counted as equal, and which decisions are clear."""

import math

import numpy as np
import pytest

from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.trace import StageTrace, Trace
from hwsim.engines.trip_points import trip_points
from hwsim.studies.agreement import (
    Count,
    compare_traces,
    decision_margins,
    judge_single_steps,
)


@pytest.fixture
def trace(design, recordings):
    return BehaviouralEngine().run(design, recordings())


def with_stage(trace, name, **changes):
    stage = trace.stages[name]
    changed = StageTrace(changes.get("current", stage.current), changes.get("state", stage.state))
    return Trace(trace.engine, trace.step, trace.lengths, {**trace.stages, name: changed})


def with_logits(design, trace, logits):
    """The trace with outputs that are the same at every step, [sequence, class]."""
    last = design.stages[-1].name
    steps = trace.outputs.shape[1]
    held = np.repeat(np.array(logits)[:, None, :], steps, axis=1) * 1e-9
    return with_stage(trace, last, current=held)


def test_a_trace_agrees_with_itself(design, trace):
    same = compare_traces(design, trace, trace)
    assert same.decisions == same.states == 1.0
    assert same.output_rms == 0.0
    steps = int(trace.lengths.sum())
    assert same.equal_states == Count(steps * 3, steps * 3)


def test_margins_are_over_the_spread_of_all_logits(design, trace):
    logits = [[1.0, 0.0], [2.0, 3.0], [0.5, 0.49]]
    found = decision_margins(design, with_logits(design, trace, logits))
    np.testing.assert_allclose(found, np.array([1.0, 1.0, 0.01]) / np.std(logits), rtol=1e-9)


def test_a_close_decision_counts_among_all_but_not_among_the_clear(design, trace):
    reference = with_logits(design, trace, [[1.0, 0.0], [2.0, 3.0], [0.5, 0.49]])
    tested = with_logits(design, trace, [[1.0, 0.0], [2.0, 3.0], [0.49, 0.5]])
    found = compare_traces(design, tested, reference)
    assert found.equal_decisions == Count(2, 3)
    assert found.equal_clear_decisions == Count(2, 2)


def test_outputs_that_never_differ_decide_nothing_clearly(design, trace):
    flat = with_logits(design, trace, [[1.0, 1.0]] * 3)
    found = compare_traces(design, flat, flat)
    assert found.equal_clear_decisions.total == 0
    assert math.isnan(found.equal_clear_decisions.value)


def test_a_step_that_does_not_follow_is_listed(design, trace, recordings):
    (stage,) = design.cells
    engine = BehaviouralEngine()
    states = trace.stages[stage.name].state.copy()
    states[1, 3, 2] += 1 if states[1, 3, 2] < 1 else -1
    tested = with_stage(trace, stage.name, state=states)
    trips = {stage.name: trip_points(design, stage)}
    # the states before each step are those of the trace itself: only the changed one is wrong
    followed = engine.follow(design, recordings(), trace)
    found = judge_single_steps(design, tested, followed, trips)
    judged = int(trace.lengths.sum()) * stage.size
    assert found.following == Count(judged - 1, judged)
    (error,) = found.errors
    assert (error.sequence, error.step, error.unit) == (1, 3, 2)
    assert error.found == states[1, 3, 2]
