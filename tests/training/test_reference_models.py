"""The checkpoints that ship are what their cards say, and come out of their recipes again."""

import dataclasses
import re

import pytest
import torch

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.data.tasks import load_task
from hwsim.foundation.assets import shipped
from hwsim.training.batches import make_batch
from hwsim.training.conversion import checkpoint_network
from hwsim.training.fit import score
from hwsim.training.recipe import Recipe
from hwsim.training.train import train

PLAIN = {
    "japanese_vowels_cmru_k3_d8": ("saturating_cmru", 3),
    "japanese_vowels_fq_bmru_d8": ("fq_bmru", None),
}
AWARE = {f"{name}_aware": cell for name, cell in PLAIN.items()}
MODELS = PLAIN | AWARE


@pytest.fixture(params=MODELS)
def name(request):
    return request.param


@pytest.fixture
def header(name):
    return load_checkpoint(shipped("models") / f"{name}.safetensors").header


def test_it_is_the_network_of_its_name(name, header):
    assert (header.cell.kind, header.cell.levels_half) == MODELS[name]
    assert (header.units, header.blocks, header.readout) == (8, 1, "mean")
    assert header.metrics.test >= 0.92


def test_the_card_tells_its_command_accuracies_and_seed(name, header):
    card = _card(name)
    assert header.command in " ".join(card.replace("\\\n", " ").split())
    for part in ("train", "validation", "test"):
        row = {"train": "training"}.get(part, part)
        assert f"| {row} | {100 * getattr(header.metrics, part):.1f} % |" in card
    assert f"| **{header.seed}** |" in card


def test_every_contender_of_the_card_loses_to_the_winner(name, header):
    rows = re.findall(r"^\| (\**)\d+\** \| ([\d.]+) \| ([\d.]+) \|$", _card(name), re.MULTILINE)
    scores = {bool(mark): [] for mark in ("", "**")}
    for mark, accuracy, loss in rows:
        scores[bool(mark)].append((float(accuracy), -float(loss)))
    assert len(scores[True]) == 1
    seeds = re.search(r"--seeds (\d+)", header.command)
    assert seeds is not None
    assert len(scores[False]) == int(seeds[1]) - 1
    assert max(scores[False]) <= scores[True][0]


def test_its_accuracy_is_found_again(name, header):
    checkpoint = load_checkpoint(shipped("models") / f"{name}.safetensors")
    _, splits = load_task(header.task)
    batch = make_batch(splits.test, header.normalisation, torch.float64)
    assert score(checkpoint_network(checkpoint), batch).accuracy == header.metrics.test


@pytest.mark.parametrize("name", AWARE)
def test_an_aware_one_learned_from_chips_of_the_circuit(name, header):
    plain = load_checkpoint(shipped("models") / f"{name.removesuffix('_aware')}.safetensors")
    known = {key: value for key, value in header.recipe.items() if key.startswith("hardware.")}
    assert known["hardware.technology"] == "generic180"
    assert known["hardware.mismatch_scale"] == 2.0
    assert header.recipe["start"] == plain.content_hash
    assert not any(key.startswith("hardware.") for key in plain.header.recipe)


@pytest.mark.parametrize("name", PLAIN)
def test_its_recipe_still_trains_its_like(header):
    """Another processor may round otherwise, so the numbers are not compared bit by bit."""
    recipe = Recipe(**header.recipe)
    assert recipe == dataclasses.replace(recipe, seed=header.seed)
    _, splits = load_task(header.task)
    metrics = train(header.task, splits, recipe).checkpoint.header.metrics
    assert metrics.validation >= 0.95
    assert metrics.test >= 0.92


def _card(name):
    return (shipped("models") / f"{name}.md").read_text()
