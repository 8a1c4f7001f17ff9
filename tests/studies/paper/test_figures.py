"""Figures, tables and verdicts from outcomes that are known."""

import numpy as np
import pytest

from hwsim.report.study_tables import (
    absent_list,
    claims_table,
    convergence_tables,
    gradients_table,
    remains_table,
    sensitivity_tables,
    summary_table,
)
from hwsim.studies.paper.claims import Claim, Finding, claims
from hwsim.studies.paper.convergence import convergence
from hwsim.studies.paper.gradients import Flow, gradients, left
from hwsim.studies.paper.outcomes import TrainingOutcome
from hwsim.studies.paper.remains import remains
from hwsim.studies.paper.tuning import best_rate

GOOD = {"bmru": 0.4, "cmru": 0.9, "saturating_cmru": 0.8, "lru": 0.92, "mingru": 0.7}
FLOW = {"bmru": 0.5, "cmru": 1.0, "saturating_cmru": 0.9, "lru": 0.9, "mingru": 0.9}


def by_seed(recipe):
    """What a training reaches; from other weights, a BMRU loses a tenth of it."""
    lost = 0.9 if recipe.cell == "bmru" and recipe.weight_gain != 1 else 1.0
    return (GOOD[recipe.cell] + 0.02 * recipe.seed) * lost


@pytest.fixture
def full(study, fill):
    fill(study, by_seed, FLOW, chips=(0.5, 0.85, 0.86))
    return study


def test_spread_and_share_are_those_of_the_seeds(full, toy):
    found = convergence(full, toy, "cmru", 3)
    assert found.mean == pytest.approx(0.91)
    assert found.deviation == pytest.approx(0.02 / 2**0.5)
    assert (found.least, found.converged, found.arrival) == (0.9, 2, 2)
    assert convergence(full, toy, "bmru", 2).converged == 0


def test_the_better_rate_on_validation_is_taken(study, toy, fill):
    assert best_rate(study, toy, "cmru") is None
    fill(study, by_seed)
    assert best_rate(study, toy, "cmru") == 0.1


@pytest.mark.parametrize(
    ("course", "validation", "arrival"),
    [
        (((1, 0.2), (5, 0.9), (9, 1.0)), 1.0, 5),
        (((4, 0.5),), 0.5, 4),
        ((), 0.0, None),
        (((1, 0.0),), 0.0, None),
    ],
)
def test_arrival_is_at_nine_tenths_of_the_end(course, validation, arrival):
    outcome = TrainingOutcome(
        validation=validation,
        negative_loss=0.0,
        test=0.5,
        course=course,
        diverged=False,
        network=None,
    )
    assert outcome.arrival == arrival


def test_what_is_left_of_a_gradient_compares_tenths_without_the_last_step():
    norms = np.ones((2, 40))
    norms[:, 0] = 99.0
    norms[1, -4:] = 0.25
    np.testing.assert_allclose(left(norms), [1.0, 0.25])
    assert np.isnan(left(np.zeros((1, 40)))).all()


def test_seeds_without_a_gradient_do_not_count():
    norms = np.ones((3, 40))
    norms[0] = 0.0
    norms[1, -4:] = 0.5
    flow = Flow(start=norms, trained=np.zeros((2, 40)))
    assert flow.left_at_start == pytest.approx(0.75)
    assert np.isnan(flow.left_trained)
    assert np.isnan(Flow(start=norms, trained=np.zeros(0)).left_trained)


def test_gradients_and_chips_of_a_cell(full, toy):
    flow = gradients(full, toy, "bmru")
    assert flow.left_at_start == pytest.approx(
        np.sqrt((0.5**36 + 0.5**38) / (0.5**2 + 0.5**4)), rel=1e-9
    )
    found = remains(full, toy, "saturating_cmru")
    assert found.median == 0.85
    assert found.low == pytest.approx(0.535)
    assert found.worst == 0.5
    assert remains(full, toy, "lru") is None


def test_claims_follow_from_the_figures(full):
    assert [one.verdict for one in claims(full)] == [
        "holds",
        "holds",
        "holds",
        "holds",
        "holds",
        "does not hold",
    ]


def test_claims_turn_with_the_figures(study, fill):
    turned = GOOD | {"cmru": 0.3, "saturating_cmru": 0.3, "bmru": 0.9}

    def trained(recipe):
        return turned[recipe.cell] * (0.8 if "cmru" in recipe.cell and recipe.beta > 0.5 else 1.0)

    fill(study, trained, FLOW | {"bmru": 1.0}, (0.9, 0.9))
    assert [one.verdict for one in claims(study)] == [
        "does not hold",
        "does not hold",
        "does not hold",
        "does not hold",
        "does not hold",
        "holds",
    ]


def test_starts_that_cost_both_cells_the_same_show_nothing(study, fill):
    fill(study, lambda recipe: GOOD[recipe.cell])
    insensitive = claims(study)[3]
    assert insensitive.verdict == "not shown"
    assert "CMRU falls by 0.0 points, 6 of 6 still reach" in insensitive.findings[0].words


def test_tables_say_the_figures(full):
    assert "| CMRU | 0.1 * | 91.0 ± 1.4 (90.0) | 91.0 ± 1.4 (90.0) |" in convergence_tables(full)
    assert "2 of 2; 2" in convergence_tables(full)
    assert "0 of 2; 2" in convergence_tables(full)
    assert "| 41.0\N{NO-BREAK SPACE}% | 91.0" in summary_table(full)
    assert "| CMRU | 91.0, 2 | 91.0, 2 | 91.0, 2 | 91.0, 2 |" in sensitivity_tables(full)
    assert "| CMRU | 1 | 1 |" in gradients_table(full)
    assert "| 90.0\N{NO-BREAK SPACE}% | 88.0\N{NO-BREAK SPACE}% | 85.0" in remains_table(full)
    assert absent_list(full) == "Everything that is planned has been run."
    assert claims_table(full).count("**") == 2 * 6


def test_what_has_not_been_run_is_listed_and_has_no_figures(study):
    for table in (convergence_tables, summary_table, sensitivity_tables, gradients_table):
        assert table(study) == "Not run yet."
    assert remains_table(study) == "Not run yet."
    assert absent_list(study).count("\n- ") == 3
    assert {one.verdict for one in claims(study)} == {"not measured"}


def test_tasks_that_disagree_are_counted():
    findings = (Finding("a", "holds", ""), Finding("b", "not shown", ""))
    assert Claim("", "", findings).verdict == "holds on 1 of 2 tasks"
    assert Claim("", "", findings[1:]).verdict == "not shown"
