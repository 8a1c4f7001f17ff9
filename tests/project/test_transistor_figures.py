"""Figures at transistor level come from records, and nothing else of a page is touched."""

import json

import pytest
from click.testing import CliRunner

ENGINES = ("ideal", "behavioural", "ngspice")


def verification(**changes):
    return {
        "name": "vowels",
        "technology": "generic180",
        "partition": "cell",
        "samples": {"ideal": 370, "behavioural": 370, "ngspice": 37},
        "accuracy": dict(zip(ENGINES, (0.91, 0.92, 0.93), strict=True)),
        "accuracy_interval": {name: [0.5, 0.99] for name in ENGINES},
        "decision_agreement": {"ngspice_vs_ideal": 0.98, "ngspice_vs_behavioural": 1.0},
        "state_agreement": {"ngspice_vs_ideal": 0.94, "ngspice_vs_behavioural": 0.9971},
        "single_step_agreement": 0.99911,
    } | changes


def agreement(name):
    design = {
        "name": name,
        "technology": "gf180mcuD",
        "samples": 32,
        "decisions_equal": 31,
        "states_differ": 2,
        "states": 3832,
        "outputs": 0.0282,
        "energy": 0.0022,
    }
    return {"designs": [design]}


def cost(units):
    parts = {"wall": 20.7, "cpu": 15.0, "own_cpu": 1.0, "memory": 0.1, "load": 5.2}
    whole = {"wall": 103.5, "cpu": 60.0, "own_cpu": 1.0, "memory": 0.14, "load": 3.1}
    differences = {"states": 1.0, "of": 128.0}
    return {
        "units": units,
        "steps": 2,
        "cell": parts,
        "none": whole,
        "differences": differences,
    }


@pytest.fixture(scope="module")
def figures(script):
    return script("transistor_figures")


@pytest.fixture
def pages(figures, tmp_path):
    found = tmp_path / "README.md", tmp_path / "page.md"
    for path, names in zip(
        found, (["verification"], ["agreement", "cost", "verification"]), strict=True
    ):
        blocks = [f"{figures.begin(name)}\nstale\n{figures.end(name)}\n" for name in names]
        path.write_text("before\n" + "between\n".join(blocks) + "after\n")
    return found


@pytest.fixture
def rewrite(figures, pages, tmp_path):
    def run(*given):
        words = ["--readme", str(pages[0]), "--page", str(pages[1])]
        for number, (option, content) in enumerate(given):
            path = tmp_path / f"{number}.json"
            path.write_text(content if isinstance(content, str) else json.dumps(content))
            words += [option, str(path)]
        return CliRunner().invoke(figures.main, words)

    return run


def test_a_verification_goes_into_both_pages(rewrite, pages):
    done = rewrite(("--verification", verification()))
    assert done.exit_code == 0, done.output
    for page in pages:
        lines = page.read_text().splitlines()
        assert (lines[0], lines[-1]) == ("before", "after")
        assert "| recordings | 370 | 370 | 37 |" in lines
        assert "| same decisions as ngspice | 98.00% | 100.00% | |" in lines
        assert "| same states, cell x step | 94.00% | 99.71% | |" in lines
        assert "| same single steps | | 99.91% | |" in lines
    assert "stale" not in pages[0].read_text()
    assert "stale" in pages[1].read_text(), "the agreement was not given"


def test_agreements_of_several_runs_are_one_table(rewrite, pages):
    assert rewrite(*(("--agreement", agreement(name)) for name in "ab")).exit_code == 0
    rows = [f"| {name}, gf180mcuD | 31 of 32 | 2 of 3832 | 2.820% | 0.220% |" for name in "ab"]
    assert "\n".join(rows) in pages[1].read_text()


def test_costs_are_ratios_of_one_run(rewrite, pages):
    assert rewrite(*(("--cost", cost(units)) for units in (8, 16))).exit_code == 0
    text = pages[1].read_text()
    assert "| 2 x 8, 2 | 5, 3 | 21, 15 | 104, 60 | 5.0 | 4.0 | 0.14 | 1 of 128 |\n| 2 x 16" in text


@pytest.mark.parametrize(
    ("option", "content", "complaint"),
    [
        ("--verification", "not JSON", "no verification"),
        ("--verification", verification(accuracy={}), "no verification: 'ideal'"),
        ("--agreement", verification(), "no agreement: 'designs'"),
        ("--cost", {"units": 8, "steps": 2, "cell": {}}, "no cost: 'none'"),
    ],
)
def test_another_record_changes_nothing(rewrite, pages, option, content, complaint):
    before = [page.read_text() for page in pages]
    done = rewrite((option, content))
    assert done.exit_code == 1
    assert complaint in done.output
    assert [page.read_text() for page in pages] == before


def test_nothing_to_write_is_told(rewrite):
    assert rewrite().exit_code == 2


def test_the_pages_of_the_project_have_the_blocks(figures):
    for page, names in (
        (figures.README, ["verification"]),
        (figures.PAGE, ["verification", "agreement", "cost"]),
    ):
        text = page.read_text(encoding="utf-8")
        for name in names:
            assert text.count(figures.begin(name)) == text.count(figures.end(name)) == 1
