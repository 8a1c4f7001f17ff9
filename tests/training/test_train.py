"""Training on data that a small network can learn in a second."""

import dataclasses

import numpy as np
import pytest
import torch

from hwsim.cells.compiled_torch import scan_compiler
from hwsim.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from hwsim.data.sequences import Sequences, Splits
from hwsim.foundation.errors import InputError
from hwsim.training import train as module
from hwsim.training.batches import make_batch
from hwsim.training.conversion import checkpoint_network
from hwsim.training.fit import Fitting, Score, score
from hwsim.training.material import prepare
from hwsim.training.normalise import fit_normalisation
from hwsim.training.recipe import Recipe
from hwsim.training.train import train

RECIPE = Recipe(
    cell="saturating_cmru", units=4, levels_half=2, steps=40, batch=16, learning_rate=0.05
)


def test_it_learns_and_says_how_well(splits):
    training = train("toy", splits, RECIPE, command="make it so")
    header = training.checkpoint.header
    assert header.metrics.train == header.metrics.test == 1.0
    assert (header.task, header.command, header.seed) == ("toy", "make it so", 0)
    assert header.recipe["steps"] == 40
    assert header.versions.torch == torch.__version__
    assert header.versions.numba == scan_compiler()


@pytest.mark.parametrize("kind", ["bmru", "cmru", "fq_bmru", "alpha_cmru", "lru", "mingru", "gru"])
def test_every_kind_trains(splits, kind):
    recipe = dataclasses.replace(RECIPE, cell=kind, levels_half=None)
    assert train("toy", splits, recipe).checkpoint.header.metrics.train > 0.9


def test_a_baseline_begins_with_the_memory_of_its_sequences(splits):
    recipe = Recipe(cell="gru", units=3, steps=1)
    recorded = train("toy", splits, recipe).checkpoint.header.recipe
    assert recorded["memory"] == 6.0
    assert "beta" not in recorded
    assert Recipe(**recorded) == dataclasses.replace(recipe, memory=6.0)
    given = train("toy", splits, dataclasses.replace(recipe, memory=40.0)).checkpoint.header
    assert given.recipe["memory"] == 40.0


def test_weight_decay_shrinks_what_does_not_help(splits):
    free = train("toy", splits, RECIPE).checkpoint
    held = train("toy", splits, dataclasses.replace(RECIPE, weight_decay=3.0)).checkpoint
    assert held.header.recipe["weight_decay"] == 3.0
    assert np.abs(held.tensors["input.weight"]).sum() < np.abs(free.tensors["input.weight"]).sum()


def test_a_validation_set_that_is_given_is_the_one(splits):
    """Its labels are upside down, so that the best state is the one that is least often right."""
    upside_down = Sequences(
        splits.test.values, splits.test.lengths, 1 - splits.test.labels, splits.test.classes
    )
    material = prepare(Splits(splits.train, splits.test, upside_down), RECIPE)
    assert len(material.sets[0]) == len(splits.train)
    given = train("toy", Splits(splits.train, splits.test, upside_down), RECIPE).checkpoint
    assert given.header.metrics.validation == 1 - given.header.metrics.test
    assert given.header.metrics.test < 0.9


def test_a_class_without_a_training_sequence_is_named(splits):
    ups = splits.train.take(np.flatnonzero(splits.train.labels == 1))
    with pytest.raises(InputError, match="class 'down' has no training sequence"):
        prepare(Splits(ups, splits.test, splits.test), RECIPE)


def test_a_seed_gives_one_network_whatever_the_threads(splits):
    threads = torch.get_num_threads()
    first = train("toy", splits, RECIPE).checkpoint.content_hash
    torch.set_num_threads(2)
    torch.rand(5)
    assert train("toy", splits, RECIPE).checkpoint.content_hash == first
    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)
    other = dataclasses.replace(RECIPE, seed=1)
    assert train("toy", splits, other).checkpoint.content_hash != first


def test_the_metrics_are_those_of_the_file(tmp_path, splits):
    path = tmp_path / "net.safetensors"
    save_checkpoint(path, train("toy", splits, dataclasses.replace(RECIPE, steps=3)).checkpoint)
    loaded = load_checkpoint(path)
    batch = make_batch(splits.test, loaded.header.normalisation, torch.float64)
    assert score(checkpoint_network(loaded), batch).accuracy == loaded.header.metrics.test


def test_the_best_seed_on_validation_is_kept(splits):
    training = train("toy", splits, dataclasses.replace(RECIPE, steps=2), seeds=5)
    assert [one.seed for one in training.contenders] == [0, 1, 2, 3, 4]
    best = max(training.contenders, key=lambda one: one.validation)
    assert training.checkpoint.header.seed == best.seed
    assert len({one.validation for one in training.contenders}) > 1


def test_equal_accuracies_are_told_apart_by_loss():
    assert Score(0.9, -0.5) > Score(0.9, -0.6) > Score(0.8, -0.1)


def test_the_test_set_is_scored_once_and_changes_nothing_else(splits, monkeypatch):
    sizes = []

    def counting(network, batch):
        sizes.append(len(batch.labels))
        return score(network, batch)

    monkeypatch.setattr(module, "score", counting)
    monkeypatch.setattr("hwsim.training.fit.score", counting)
    training = train("toy", splits, RECIPE, seeds=2)
    assert sizes.count(len(splits.test)) == 1
    assert sizes[-1] == len(splits.test)
    upside_down = Sequences(
        splits.test.values, splits.test.lengths, 1 - splits.test.labels, splits.test.classes
    )
    again = train("toy", Splits(splits.train, upside_down), RECIPE, seeds=2)
    assert again.checkpoint.header.metrics.test == 1 - training.checkpoint.header.metrics.test
    for name, tensor in training.checkpoint.tensors.items():
        assert np.array_equal(tensor, again.checkpoint.tensors[name])


def test_weights_stay_within_their_clip_and_signals_near_their_limit(splits):
    free = train("toy", splits, RECIPE).checkpoint
    recipe = dataclasses.replace(RECIPE, weight_clip=0.4, signal_limit=0.5)
    held = train("toy", splits, recipe).checkpoint
    assert np.abs(held.tensors["readout.weight"]).max() <= np.float32(0.4)
    largest = [
        max(
            signal.abs().max().item()
            for signal in checkpoint_network(checkpoint).signals(
                make_batch(splits.train, checkpoint.header.normalisation, torch.float64).inputs
            )
        )
        for checkpoint in (free, held)
    ]
    assert largest[1] < 0.5 * largest[0]


def test_a_margin_keeps_candidates_away_from_the_thresholds(splits):
    def crowded(recipe):
        """Mean closeness of the candidates of a trained network to its thresholds."""
        checkpoint = train("toy", splits, recipe).checkpoint
        batch = make_batch(splits.train, checkpoint.header.normalisation, torch.float64)
        network = checkpoint_network(checkpoint)
        (crowding,) = network.crowding(network.signals(batch.inputs), 0.3)
        return crowding[batch.mask].mean().item()

    recipe = dataclasses.replace(RECIPE, cell="fq_bmru", levels_half=None, steps=200)
    assert crowded(dataclasses.replace(recipe, margin=0.3)) < 0.6 * crowded(recipe)


def test_progress_adds_up_to_every_step(splits):
    done = []
    train("toy", splits, RECIPE, seeds=2, advance=done.append)
    assert sum(done) == 80


def test_the_validation_set_is_looked_at_as_often_as_chosen(splits, monkeypatch):
    looks = []
    plain = Fitting._validate
    monkeypatch.setattr(Fitting, "_validate", lambda self: (looks.append(self.step), plain(self)))
    train("toy", splits, dataclasses.replace(RECIPE, validations=4))
    assert looks == [10, 20, 30, 40]


def test_normalisation_looks_at_valid_steps_only():
    values = np.zeros((2, 3, 2))
    values[:, :, 0] = [[1.0, 3.0, 99.0], [2.0, 99.0, 99.0]]
    values[:, :, 1] = 7.0
    data = Sequences(values, np.array([2, 1]), np.array([0, 1]), ("a", "b"))
    normalisation = fit_normalisation(data, 3.0)
    assert normalisation.mean == pytest.approx((2.0, 7.0))
    assert normalisation.scale == pytest.approx((np.std([1, 3, 2]), 1.0))
    assert normalisation.clip == 3.0


def test_a_training_that_diverges_says_so(splits):
    with pytest.raises(InputError, match=r"diverged.*lower learning_rate, now 1e\+30: try 0.03"):
        train("toy", splits, dataclasses.replace(RECIPE, learning_rate=1e30))


def test_channels_that_never_change_and_single_steps_are_no_obstacle(splits):
    """0.1 summed many times is not many times 0.1: its deviation is a rounding error."""

    def odd(part):
        values = np.full((len(part), 1, 3), 0.1)
        values[:, 0, 0] = np.where(part.labels, 1.0, -1.0)
        return Sequences(values, np.ones(len(part), dtype=int), part.labels, part.classes)

    recipe = dataclasses.replace(RECIPE, readout="last")
    header = train("toy", Splits(odd(splits.train), odd(splits.test)), recipe).checkpoint.header
    assert header.normalisation.scale[1:] == (1.0, 1.0)
    assert header.metrics.test == 1.0
