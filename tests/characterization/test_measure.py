"""Figures from operating points are those that circuits show over time."""

import math
import re

import numpy as np
import pytest

from hwsim.characterization.bench import current_source
from hwsim.characterization.cache import MeasurementCache
from hwsim.characterization.comparator import cell_lines, state_node
from hwsim.characterization.experiment import Experiment, Findings
from hwsim.characterization.kinds import KINDS
from hwsim.characterization.laboratory import Job, Laboratory
from hwsim.characterization.ladder_transient import sequence_experiment
from hwsim.characterization.measure import measure
from hwsim.characterization.point import Case, Deviation, Point
from hwsim.circuits.template import load_template

pytestmark = pytest.mark.spice

HERE = Point()


@pytest.fixture
def run(pool):
    """Run one experiment of a bench."""

    def run_one(bench, experiment):
        with Laboratory(bench, pool, MeasurementCache(None)) as laboratory:
            (answer,) = laboratory.run([Job(experiment)])
        return answer.drawn

    return run_one


@pytest.mark.parametrize(("name", "sign", "latch"), [("trip_up", 1, "q4"), ("trip_down", -1, "q3")])
def test_the_servo_finds_the_trip_point_of_a_clocked_ladder(run, bench, name, sign, latch):
    """Above it the candidate must come its charge before the write, so the upper bound is wider."""
    ladder = bench("cmru_ladder")
    trip = run(ladder, KINDS["cmru"].statics[0].experiment(ladder, HERE)).figures[name]
    plain = sequence_experiment(ladder, HERE)
    asked = ladder.asked("threshold", HERE)
    for ratio, moves in ((0.998, False), (1.01, True)):
        candidate = sign * ratio * trip * asked
        source = current_source("candidate", "candidate", [(0, 0), (5e-3, 0), (5.02e-3, candidate)])
        text = re.sub(r"Icandidate 0 candidate pwl\((.|\n\+)*", source, plain.text)
        text = re.sub(r"\.tran .*", ".tran 250u 10m 0 250u", text)

        def level(result):
            return Findings({"set": float(result.vector(f"v(xcell.{latch})")[-1] > 0.6)})

        found = run(ladder, Experiment(text, ("set",), level, ("tran",), 10e-3))
        assert (found.figures["set"] == (sign > 0)) == moves


def test_the_traced_loop_is_the_one_that_a_slow_ramp_goes_through(run, bench):
    cell = bench("fq_bmru_9t")
    traced = run(cell, KINDS["fq_bmru"].statics[0].experiment(cell, HERE)).figures
    high = cell.asked("threshold", HERE)
    low = high - cell.asked("width", HERE)
    peak, half = 1.3 * high, 10.0
    node = state_node(cell)
    lines = [
        *cell_lines(cell, HERE),
        current_source("in", "sum", [(0, 0), (half, peak), (2 * half, 0)]),
        f".ic v({node})=0",
        f".tran {half / 500} {2 * half} 0 {half / 500}",
    ]

    def turns(result):
        time, on = result.vector("time"), result.vector(f"v({node})") > 0.6
        up, down = np.flatnonzero(np.diff(on.astype(int)))
        rising, falling = peak * time[up] / half, peak * (2 - time[down] / half)
        return Findings({"threshold_high": rising / high, "threshold_low": falling / low})

    ramp = Experiment(cell.deck(HERE, lines), ("threshold_high",), turns, ("tran",), 2 * half)
    found = run(cell, ramp).figures
    assert traced["threshold_high"] == pytest.approx(found["threshold_high"], abs=0.005)
    assert traced["threshold_low"] == pytest.approx(found["threshold_low"], abs=0.01)


def test_a_mirror_follows_the_exponential_of_weak_inversion(technology, pool):
    template = load_template("mirror_plain")
    step = 2e-3
    cases = [
        Case(HERE),
        Case(HERE, {"sink.xmirror": Deviation(dvth=step)}),
        Case(HERE, {"source.xmirror": Deviation(dvth=step)}),
        Case(HERE, {"source.xmirror": Deviation(dbeta=0.01)}),
        Case(Point(supply_voltage=1.32)),
    ]
    drawn, sink, source, factor, supplied = (
        each.figures for each in measure(template, technology, cases, pool)
    )
    expected = math.exp(-step / (technology.slope_factor * 0.02587))
    for side, moved in (("sink", sink), ("source", source)):
        assert moved[f"gain_{side}"] / drawn[f"gain_{side}"] == pytest.approx(expected, rel=0.01)
    assert sink["gain_source"] == pytest.approx(drawn["gain_source"], rel=1e-6)
    assert factor["gain_source"] / drawn["gain_source"] == pytest.approx(1.01, abs=1e-3)
    assert supplied["gain_sink"] != drawn["gain_sink"]


def test_a_cell_of_a_chip_that_never_switches_is_one_without_thresholds(technology, pool):
    template = load_template("fq_bmru_9t")
    weak = {"xfb_width": Deviation(dvth=0.5)}
    healthy, broken = measure(template, technology, [Case(HERE), Case(HERE, weak)], pool)
    assert "threshold_high" in healthy.figures
    assert "threshold_high" not in broken.figures
    assert "never switches" in broken.absent["threshold_high"]
