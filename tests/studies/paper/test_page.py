"""The page and the command: what is made anew, what stays, what is refused."""

import json
import re

import pytest

from hwsim.cli.main import main
from hwsim.foundation.errors import InputError
from hwsim.report.study_page import write_page

FLOW = {"bmru": 0.5, "cmru": 1.0, "saturating_cmru": 0.0, "lru": 0.9, "mingru": 0.9}


@pytest.fixture
def full(study, fill):
    fill(study, lambda recipe: 0.5 + 0.1 * recipe.seed, FLOW, chips=(0.5, 0.6))
    return study


def test_a_page_is_the_same_twice_and_keeps_what_others_wrote(full, tmp_path):
    page = tmp_path / "study.md"
    pictures = write_page(full, page)
    assert {one.name for one in pictures} == {
        "study_convergence.svg",
        "study_sensitivity.svg",
        "study_gradients.svg",
    }
    made = page.read_text().replace("## Convergence\n", "## Convergence\n\nMy words.\n")
    page.write_text(re.sub(r"55\.0 ± 7\.1", "99.9 ± 0.0", made))
    before = {one: one.read_bytes() for one in pictures}
    write_page(full, page)
    assert page.read_text() == made
    assert {one: one.read_bytes() for one in pictures} == before
    for one in pictures:
        assert f"]({one.name})" in made


def test_a_study_of_nothing_has_a_page_without_pictures(study, tmp_path):
    assert write_page(study, tmp_path / "study.md") == ()
    text = (tmp_path / "study.md").read_text()
    assert "Not run yet." in text
    assert "toy, convergence, 20 of 20" in text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# Mine\n", "has no place for the study"),
        ("<!-- study: nothing -->\n<!-- end -->\n", "there is no section 'nothing'"),
        (b"\xff\xfe", "cannot be read as UTF-8"),
    ],
)
def test_a_page_that_cannot_be_used_stays(study, text, complaint, tmp_path):
    page = tmp_path / "study.md"
    page.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = page.read_bytes()
    with pytest.raises(InputError, match=complaint):
        write_page(study, page)
    assert page.read_bytes() == before
    assert [one.name for one in tmp_path.glob("*.svg")] == []


@pytest.fixture
def plan_file(plan, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(plan.text())
    return str(path)


def test_the_command_runs_a_part_and_says_what_is_left(plan_file, tmp_path, capsys):
    out = tmp_path / "out"
    words = ["--cell", "cmru", "--units", "2", "--seeds", "1", "--part", "convergence"]
    command = ["study", "paper", "--out", str(out), "--plan", plan_file, *words, "--json"]
    assert main([*command, "--estimate"]) == 0
    forecast = json.loads(capsys.readouterr().out)["all"]
    assert (forecast["tuning"]["works"], forecast["training"]["works"]) == (2, 1)
    assert not out.exists()
    assert main(command) == 0
    printed = capsys.readouterr()
    record = json.loads(printed.out)
    assert "toy.npz, training: " in printed.err
    assert record["left_of_selection"] == 0
    assert record["left_of_plan"][0].startswith("toy, convergence, 19 of 20")
    assert main(command) == 0
    assert capsys.readouterr().err == ""
    assert main(["study", "page", str(out), str(tmp_path / "page.md")]) == 0
    assert "page.md" in capsys.readouterr().out


def test_an_interrupted_run_says_how_it_goes_on(plan_file, tmp_path, capsys, monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("hwsim.studies.paper.run.run_study", interrupted)
    out = tmp_path / "out"
    assert main(["study", "paper", "--out", str(out), "--plan", plan_file]) == 130
    assert f"kept in {out}: the same command goes on" in capsys.readouterr().err


def test_the_usual_plan_is_printed_as_it_can_be_given(tmp_path, capsys):
    assert main(["study", "plan"]) == 0
    (tmp_path / "usual.yaml").write_text(capsys.readouterr().out)
    assert main(["study", "paper", "--out", "x", "--plan", str(tmp_path / "usual.yaml"),
                 "--task", "nothing"]) == 2  # fmt: skip
    assert "there is no task 'nothing' in this study" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--cell", "gur"], "there is no cell 'gur'"),
        (["--cell", "gru"], "there is no cell gru in this study"),
        (["--seeds", "0"], "0 seeds of a study with 2"),
        (["--units", "2,x"], "'2,x' is no list of whole numbers"),
        (["--units", "7"], "there is no width 7"),
        (["--part", "all"], "'all' is not one of"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--plan", "nowhere.yaml"], "cannot read"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(words, complaint, plan_file, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["study", "paper", "--out", str(out), "--plan", plan_file, *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert complaint in printed.err
    assert not out.exists()


def test_a_task_that_is_not_there_leaves_nothing(plan, toy, tmp_path, capsys):
    text = plan.text().replace(toy, str(tmp_path / "gone.npz"))
    (tmp_path / "plan.yaml").write_text(text)
    out = tmp_path / "out"
    assert main(["study", "paper", "--out", str(out), "--plan", str(tmp_path / "plan.yaml")]) == 2
    assert "gone.npz" in capsys.readouterr().err
    assert not out.exists()


def test_a_page_of_no_study_is_refused(tmp_path, capsys):
    assert main(["study", "page", str(tmp_path), str(tmp_path / "page.md")]) == 2
    assert "is not the folder of a study" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()
