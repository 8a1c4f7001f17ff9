"""One file is one training; the command line overrides it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.cli.train import train_command
from hwsim.foundation.errors import InputError
from hwsim.training.config import config_text, read_config, schema_json
from hwsim.training.recipe import Recipe

DOCS = Path(__file__).parents[2] / "docs"

CONFIG = """\
format: hwsim-training
task: {task}
seeds: 2
recipe:
  cell: fq_bmru
  units: 3
  steps: 6
  weight_clip: 1
  beta_low_floor: 0.4
"""


@pytest.fixture
def config(task, tmp_path):
    path = tmp_path / "training.yaml"
    path.write_text(CONFIG.format(task=task))
    return path


def run(*words):
    return CliRunner().invoke(train_command, [str(word) for word in words])


def trained(out, *words):
    outcome = run(*words, "--out", out)
    assert outcome.exit_code == 0, outcome.exception
    return load_checkpoint(out).header


def test_a_file_is_the_same_as_its_options(config, task, tmp_path):
    out = tmp_path / "net.safetensors"
    header = trained(out, "--config", config)
    assert header.recipe["beta_low_floor"] == 0.4
    plain = trained(
        out, task, "--cell", "fq_bmru", "--units", 3, "--steps", 6, "--weight-clip", 1, "--seeds", 2
    )
    ours = {name: value for name, value in header.recipe.items() if name != "beta_low_floor"}
    theirs = {name: value for name, value in plain.recipe.items() if name != "beta_low_floor"}
    assert ours == theirs


def test_the_command_line_overrides_it(config, tmp_path):
    out = tmp_path / "net.safetensors"
    words = ["--config", config, "--units", 5, "--seeds", 1, "--seed", 4]
    header = trained(out, *words)
    assert (header.units, header.seed, header.recipe["steps"]) == (5, 4, 6)
    assert header.command.startswith("hwsim train --config ")
    other = trained(out, "--config", config, "--cell", "saturating_cmru")
    assert other.cell.levels_half == 3


def test_it_is_written_as_it_is_read(tmp_path):
    recipe = Recipe(cell="saturating_cmru", units=4, levels_half=2, weight_decay=1e-3, seed=3)
    path = tmp_path / "again.yaml"
    path.write_text(config_text("flip_flop", recipe, seeds=3))
    config = read_config(path)
    chosen = config.choices()
    assert chosen.pop("seeds") == 3
    assert Recipe(**chosen) == recipe
    assert config.task == "flip_flop"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("units: 3|unit: 3", "line 6.*Extra inputs are not permitted"),
        ("units: 3|units: three", "line 6.*valid integer"),
        ("cell: fq_bmru|cell: lstm", "line 5.*Input should be 'bmru'"),
        ("seeds: 2|seeds: 0", "line 3.*greater than or equal to 1"),
        ("format: hwsim-training|format: other", "line 1.*'hwsim-training'"),
        ("seeds: 2|task: again", "a second time"),
        ("seeds: 2|seeds: [", "not YAML"),
        ("weight_clip: 1|weight_clip: -1", "weight_clip must be positive"),
        ("units: 3|levels_half: 3", "FQ-BMRU has no levels_half"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(config, tmp_path, change, complaint):
    config.write_text(config.read_text().replace(*change.split("|")))
    error = run("--config", config, "--out", tmp_path / "net.safetensors").exception
    assert isinstance(error, InputError)
    with pytest.raises(InputError, match=complaint):
        raise error


def test_without_a_task_or_a_file(tmp_path):
    out = tmp_path / "net.safetensors"
    assert "no task" in str(run("--out", out).exception)
    assert "cannot read" in str(run("--config", tmp_path / "none.yaml", "--out", out).exception)


def test_the_schema_is_published_with_a_meaning_for_every_choice():
    assert (DOCS / "training.schema.json").read_text() == schema_json(), (
        "run: python scripts/refresh_docs.py"
    )
    fields = json.loads(schema_json())["$defs"]["RecipeSection"]["properties"]
    assert all(len(field["description"]) > 10 for field in fields.values())
    assert fields["margin"]["description"].endswith("None for no cost.")
