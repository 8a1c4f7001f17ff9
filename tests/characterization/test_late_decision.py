"""A decision in the middle of a strobe moves the ladder by one stage, where time is fine enough."""

import re

import pytest

from hwsim.characterization.bench import current_source
from hwsim.characterization.cache import MeasurementCache
from hwsim.characterization.experiment import Experiment, Findings
from hwsim.characterization.laboratory import Job, Laboratory
from hwsim.characterization.ladder import stages, state_node
from hwsim.characterization.ladder_transient import decision_experiment, sequence_experiment
from hwsim.characterization.point import Point
from hwsim.circuits.instance import number

pytestmark = pytest.mark.spice

HERE = Point()
STEP, WRITE_AT, WRITE_END = 2e-4, 1.2e-4, 1.45e-4
FINE = 1e-7


def late_experiment(ladder, ahead, sign):
    """One clocked step whose candidate, twice the threshold, comes just before the write ends."""
    text = sequence_experiment(ladder, HERE).text
    text = text[: text.index("Icandidate 0 candidate")]
    known = (("step", STEP), ("write_at", WRITE_AT))
    for name, value in known:
        text = re.sub(rf"\b{name}=0\.\d+", f"{name}={number(value)}", text)
    start = WRITE_END - ahead
    candidate = 2 * sign * ladder.asked("threshold", HERE)
    latches = [state_node(ladder, stage) for stage in range(1, stages(ladder) + 1)]
    source = current_source("late", "candidate", [(0, 0), (start, 0), (start + 1e-7, candidate)])
    saves = " ".join(f"v({latch})" for latch in latches)
    analysis = f".tran {FINE} {STEP} 0 {FINE}"
    deck = "\n".join([text, source, f".save {saves}", analysis, ".end"]) + "\n"

    def count(result):
        return Findings({"set": float(sum(result.vector(f"v({q})")[-1] > 0.6 for q in latches))})

    return Experiment(deck, ("set",), count, ("tran",), STEP)


@pytest.mark.parametrize("sign", [1, -1])
def test_it_moves_by_one_and_when_its_charge_has_come(bench, pool, sign):
    ladder = bench("cmru_ladder")
    name = "up" if sign > 0 else "down"
    with Laboratory(ladder, pool, MeasurementCache(None)) as laboratory:
        (pure,) = laboratory.run([Job(decision_experiment(ladder, HERE, sign))])
        needed = pure.drawn.figures[f"decision_charge_{name}"] / ladder.asked("threshold", HERE)
        times = (needed - 2e-6, needed + 4e-6)
        late = laboratory.run([Job(late_experiment(ladder, ahead, sign)) for ahead in times])
    assert [each.drawn.figures["set"] for each in late] == [3, 3 + sign]
