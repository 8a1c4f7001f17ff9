"""Figures in the README come from a summary, and nothing else of it is touched."""

import json

import pytest
from click.testing import CliRunner

ENGINES = ("ideal", "behavioural", "ngspice")
PAIRS = ("ngspice_vs_behavioural", "ngspice_vs_ideal", "behavioural_vs_ideal")


def summary(**changes):
    pairs = dict(zip(PAIRS, (0.981, 0.972, 0.963), strict=True))
    return {
        "cell": "cmru",
        "units": 8,
        "levels": 7,
        "technology": "generic180",
        "bits": 5,
        "transistors": 2151,
        "accuracy": dict(zip(ENGINES, (0.91, 0.92, 0.93), strict=True)),
        "accuracy_interval": {name: [0.5, 0.99] for name in ENGINES},
        "samples": {"ideal": 370, "behavioural": 370, "ngspice": 8},
        "decision_agreement": pairs,
        "state_agreement": {pair: value - 0.1 for pair, value in pairs.items()},
        "output_error": {pair: value - 0.9 for pair, value in pairs.items()},
        "single_step_agreement": 0.9975,
        "step_errors": [{"distance": 0.004}, {"distance": 0.013}],
        "power_watts": {"behavioural": 2.21e-07, "ngspice": 2.24e-07},
        "energy_joules_per_inference": 1.7e-08,
    } | changes


@pytest.fixture
def figures(script):
    return script("readme_figures")


@pytest.fixture
def readme(figures, tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"before\n{figures.BEGIN}\nstale\n{figures.END}\nafter\n")
    return path


def rewrite(figures, tmp_path, readme, content):
    (tmp_path / "summary.json").write_text(content)
    words = [str(tmp_path / "summary.json"), "--readme", str(readme)]
    return CliRunner().invoke(figures.main, words)


def test_the_block_is_replaced_and_nothing_else(figures, tmp_path, readme):
    done = rewrite(figures, tmp_path, readme, json.dumps(summary()))
    assert done.exit_code == 0, done.output
    text = readme.read_text()
    assert text.startswith(f"before\n{figures.BEGIN}\n8 CMRU cells of 7 levels, 2151 transistors")
    assert text.endswith(f"{figures.END}\nafter\n")
    assert "stale" not in text


def test_twice_is_as_once(figures, tmp_path, readme):
    rewrite(figures, tmp_path, readme, json.dumps(summary()))
    once = readme.read_text()
    rewrite(figures, tmp_path, readme, json.dumps(summary()))
    assert readme.read_text() == once


@pytest.mark.parametrize(
    "row",
    [
        "| recordings | 370 | 370 | 8 |",
        "| supply power, on the recordings of ngspice | | 221 nW | 224 nW |",
        "| energy of an inference | | | 17 nJ |",
        "| same decisions | 98.10% | 97.20% | 96.30% |",
        "| same states, cell x step | 88.10% | 87.20% | 86.30% |",
        "| rms difference of the outputs | 8.10% | 7.20% | 6.30% |",
    ],
)
def test_rows(figures, row):
    assert row in figures.figures(summary()).splitlines()


def test_accuracy_comes_with_its_interval(figures):
    assert "| 91.0% (50.0% to 99.0%) | 92.0%" in figures.figures(summary())


def test_step_errors_are_told_with_the_farthest(figures):
    text = figures.figures(summary())
    assert "before them: 99.75%. Of the 2 that do not, the farthest candidate is 1.30%" in text
    assert "farthest" not in figures.figures(summary(step_errors=[]))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "not the summary of a demo"),
        ('{"cell": "cmru"}', "'units'"),
        ("[]", "not the summary"),
    ],
)
def test_another_file_is_refused_and_the_readme_left(figures, tmp_path, readme, content, complaint):
    before = readme.read_text()
    done = rewrite(figures, tmp_path, readme, content)
    assert done.exit_code == 1
    assert complaint in done.output
    assert readme.read_text() == before


def test_a_readme_without_the_markers_is_left(figures, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("nothing here\n")
    done = rewrite(figures, tmp_path, readme, json.dumps(summary()))
    assert done.exit_code == 1
    assert "needs one line '<!-- figures: begin" in done.output
    assert readme.read_text() == "nothing here\n"


def test_the_readme_has_the_markers(figures):
    text = figures.README.read_text()
    assert figures.with_figures(text, "new").count("\nnew\n") == 1
