"""The recipes behind the page of accuracies are valid, and the benchmark counts every seed."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.data.tasks import TASKS
from hwsim.training.config import read_config
from hwsim.training.hardware import Hardware
from hwsim.training.recipe import Recipe

ROOT = Path(__file__).resolve().parents[2]
RECIPES = sorted((ROOT / "benchmarks" / "recipes").glob("*.yaml"))
PAGE = (ROOT / "docs" / "accuracy.md").read_text()
SMALL = """\
format: hwsim-training
task: japanese_vowels
recipe: {cell: saturating_cmru, levels_half: 1, units: 2, steps: 2, readout: mean}
"""


@pytest.fixture
def accuracy(tmp_path, monkeypatch):
    """The benchmark, with one small recipe."""
    path = ROOT / "benchmarks" / "accuracy.py"
    spec = importlib.util.spec_from_file_location("accuracy_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    # Its dataclass looks its module up by name.
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "small.yaml").write_text(SMALL)
    monkeypatch.setattr(module, "RECIPES", tmp_path / "recipes")
    return module


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_can_be_trained_and_stands_on_the_page(path):
    config = read_config(path)
    assert config.task in TASKS
    known = config.hardware_choices()
    assert Recipe(**config.choices(), hardware=known and Hardware(**known)).units <= 64
    assert f"| `{path.stem}` |" in PAGE


def test_the_page_has_no_recipe_that_is_not_there():
    told = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert set(told) == {path.stem for path in RECIPES}


def test_every_seed_is_scored_and_kept(accuracy, tmp_path):
    words = ["small", "--seeds", "2", "--json", "--out", str(tmp_path / "out")]
    told = CliRunner().invoke(accuracy.main, words)
    assert told.exit_code == 0
    (row,) = json.loads(told.output.splitlines()[-1])
    files = sorted((tmp_path / "out").rglob("*.safetensors"))
    headers = [load_checkpoint(path).header for path in files]
    assert [header.seed for header in headers] == [0, 1]
    assert row["test"] == [header.metrics.test for header in headers]
    assert row["validation"] == [header.metrics.validation for header in headers]

    times = [path.stat().st_mtime_ns for path in files]
    table = CliRunner().invoke(accuracy.main, [*words[:3], *words[4:]]).output
    assert [path.stat().st_mtime_ns for path in files] == times
    mean = 50 * sum(row["test"])
    assert f"| **{mean:.1f}** |" in table
    assert f"| {100 * min(row['test']):.1f} |" in table


def test_another_recipe_of_that_name_is_trained_anew(accuracy, tmp_path):
    words = ["small", "--seeds", "1", "--out", str(tmp_path / "out")]
    CliRunner().invoke(accuracy.main, words)
    (tmp_path / "recipes" / "small.yaml").write_text(SMALL.replace("steps: 2", "steps: 3"))
    CliRunner().invoke(accuracy.main, words)
    assert len(list((tmp_path / "out").rglob("*.safetensors"))) == 2


def test_a_recipe_that_is_not_there_is_told(accuracy, tmp_path):
    told = CliRunner().invoke(accuracy.main, ["large", "--out", str(tmp_path)])
    assert told.exit_code == 1
    assert "no recipe large; there are small" in told.output
