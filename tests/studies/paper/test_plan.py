"""What a plan may say, and what is told of one that cannot be run."""

from pathlib import Path

import pytest

from hwsim.data.tasks import TASKS
from hwsim.foundation.errors import InputError
from hwsim.studies.paper.plan import differences, read_plan, schema_json
from hwsim.studies.paper.usual_plan import USUAL

DOCS = Path(__file__).resolve().parents[3] / "docs"

TASK = "tasks:\n  - {task: toy, steps: 3, levels_half: 2, target: 0.6}\n"


def test_a_plan_is_read_as_it_was_written(plan, tmp_path):
    for one in (plan, USUAL):
        (tmp_path / "plan.yaml").write_text(one.text())
        assert read_plan(tmp_path / "plan.yaml") == one


def test_the_usual_plan_has_every_task_and_what_the_issue_asks():
    assert {one.task for one in USUAL.tasks} == set(TASKS)
    assert all(one.readout == TASKS[one.task].readout for one in USUAL.tasks)
    assert USUAL.seeds >= 10
    assert (min(USUAL.units), max(USUAL.units)) == (4, 64)


def test_the_plan_of_the_page_and_the_schema_are_up_to_date():
    assert read_plan(DOCS / "study.yaml").seeds == 10
    assert (DOCS / "study.schema.json").read_text() == schema_json(), (
        "run: python scripts/refresh_docs.py"
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("seeds: 2\n", "tasks"),
        (TASK + "seeds: 0\n", "line 3"),
        (TASK + "seeds: 2.5\n", "line 3"),
        (TASK + "units: []\n", "line 3"),
        (TASK + "units: [4, 0]\n", "line 3"),
        (TASK + "units: [4, 4]\n", "the width 4 is there twice"),
        (TASK + "cells: [gur]\n", "line 3"),
        (TASK + "cells: [gru, gru]\n", "the cell gru is there twice"),
        (TASK + "seed: 2\n", "line 3"),
        (TASK + "tuning: {rates: [0.0]}\n", "line 3"),
        (TASK + "remains: {tasks: [other]}\n", "there is no task other in this plan"),
        (TASK + "version: 2\n", "line 3"),
        ("tasks: []\n", "line 1"),
        ("tasks:\n  - {task: a, steps: 3, levels_half: 2, target: 60}\n", "line 2"),
        ("- a\n", "not a mapping"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text, complaint, tmp_path):
    (tmp_path / "plan.yaml").write_text(text)
    with pytest.raises(InputError, match=complaint):
        read_plan(tmp_path / "plan.yaml")


def test_differences_are_told_field_by_field(plan):
    other = plan.model_copy(update={"seeds": 3, "tasks": ()})
    assert list(differences(plan, other)) == ["seeds 2, not 3", "other tasks"]
    assert list(differences(plan, plan)) == []
