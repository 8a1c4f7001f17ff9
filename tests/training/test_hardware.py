"""Training on chips: what is drawn, what it costs, and that it can be taken up again."""

import dataclasses

import numpy as np
import pytest
import torch

from hwsim.cells.cell_torch import crowding
from hwsim.cells.fq_bmru import fq_bmru_states
from hwsim.cells.saturating_cmru import saturating_cmru_levels
from hwsim.chips.population import Population
from hwsim.foundation.errors import InputError
from hwsim.training.batches import Batch
from hwsim.training.chip_network import ChipNetwork, cross_entropy, deviating
from hwsim.training.chip_scores import ChipRuns
from hwsim.training.conversion import network_numbers
from hwsim.training.deviations import Deviations, PlainMismatch
from hwsim.training.draft import Drafts, laid_out, layers, straight_through
from hwsim.training.hardware import Hardware
from hwsim.training.network import Network
from hwsim.training.recipe import Recipe
from hwsim.training.run_folder import RunFolder
from hwsim.training.train import train

CHIPS = Population(seed=5, count=3, mismatch_scale=0.1)


def recipe(kind="saturating_cmru", **changes):
    levels = {"levels_half": 2} if kind == "saturating_cmru" else {}
    return Recipe(**({"cell": kind, "units": 4, "blocks": 2} | levels | changes))


def network(kind="saturating_cmru", **changes):
    torch.manual_seed(3)
    return Network(recipe(kind, **changes), channels=3, classes=2)


def detached(net):
    return {name: number.detach() for name, number in network_numbers(net).items()}


@pytest.fixture
def batch():
    inputs = torch.randn(5, 6, 3, generator=torch.Generator().manual_seed(1)) * 2
    mask = torch.arange(6) < torch.tensor([6, 2, 3, 6, 1])[:, None]
    return Batch(inputs, mask, torch.tensor([0, 1, 0, 1, 1]))


@pytest.mark.parametrize("kind", ["saturating_cmru", "cmru", "bmru", "fq_bmru"])
@pytest.mark.parametrize("readout", ["mean", "last"])
def test_without_deviations_it_is_the_network_to_the_last_bit(kind, readout, batch):
    net = network(kind, readout=readout)
    chips = ChipNetwork(net)
    equal = dataclasses.replace(CHIPS, mismatch_scale=0.0)
    numbers = network_numbers(net)
    assert PlainMismatch().draw(numbers, equal) is None
    signals = chips.signals(batch, numbers)
    logits = chips.logits(signals.outputs, batch.mask)
    assert torch.equal(logits, net(batch.inputs, batch.mask))
    for ours, theirs in zip(signals.p, net.signals(batch.inputs)[:-1], strict=True):
        assert torch.equal(ours, theirs)


def affine(numbers, name, values):
    return values @ numbers[f"{name}.weight"].T + numbers[f"{name}.bias"]


def defined_outputs(kind, numbers, inputs):
    """The network of one chip, in NumPy, by the definitions of its cells."""
    p = affine(numbers, "input", inputs)
    for block in ("blocks.0", "blocks.1"):
        candidates = affine(numbers, f"{block}.candidate", np.maximum(p, 0))
        beta = numbers[f"{block}.cell.beta"]
        if kind == "saturating_cmru":
            down = numbers.get(f"{block}.cell.beta_down")
            states = saturating_cmru_levels(candidates, beta, 2, down).astype(float)
            if f"{block}.cell.level_ratios" in numbers:
                ratios = numbers[f"{block}.cell.level_ratios"]
                states *= np.take_along_axis(
                    ratios, states.reshape(-1, 4).astype(int) + 2, 0
                ).reshape(states.shape)
        else:
            low = numbers[f"{block}.cell.beta_low"]
            states = fq_bmru_states(np.maximum(candidates, 0), beta, low)
        p = p + affine(numbers, f"{block}.output", numbers[f"{block}.cell.alpha"] * states)
    return affine(numbers, "readout", np.maximum(p, 0))


@pytest.mark.parametrize("kind", ["saturating_cmru", "fq_bmru"])
def test_every_chip_is_the_definition_with_its_numbers(kind, batch):
    net = network(kind).double()
    numbers = detached(net)
    deviations = PlainMismatch().draw(numbers, CHIPS)
    if kind == "saturating_cmru":
        cell = "blocks.1.cell"
        ratios = 1 + 0.1 * torch.randn(3, 5, 4, dtype=torch.float64)
        down = {f"{cell}.beta_down": torch.tensor([0.8, 1.0, 1.2]).double()[:, None].expand(3, 4)}
        more = Deviations(gains=down, values={f"{cell}.level_ratios": ratios})
        deviations = deviations.and_also(more)
    drawn = deviations.applied(numbers)
    wide = dataclasses.replace(batch, inputs=batch.inputs.double())
    outputs = ChipNetwork(net).signals(wide, drawn).outputs
    for chip in range(3):
        own = {name: value[chip].numpy() for name, value in drawn.items()}
        defined = defined_outputs(kind, own, wide.inputs.numpy())
        np.testing.assert_allclose(outputs[chip].numpy(), defined, atol=1e-12)


def test_chips_have_other_weights_for_negative_inputs_and_gains_around_cells(batch):
    net = network().double()
    numbers = detached(net)
    ones = {name: torch.ones(1, *number.shape).double() for name, number in numbers.items()}
    minus = {"input.weight_minus": torch.full((1, 4, 3), 0.5).double()}
    skips = {
        f"blocks.{block}.{name}": torch.full((1, 4), gain).double()
        for block in (0, 1)
        for name, gain in (("skip", 1.1), ("skip_minus", 0.9))
    }
    chip = Deviations(ones | minus, {"readout.bias": torch.ones(1, 2).double()}, skips)
    wide = dataclasses.replace(batch, inputs=batch.inputs.double())
    found = ChipNetwork(net).signals(wide, chip.applied(numbers))
    weight, bias = (numbers[f"input.{name}"] for name in ("weight", "bias"))
    torch.testing.assert_close(
        found.p[0][0], torch.where(wide.inputs > 0, 1.0, 0.5) * wide.inputs @ weight.T + bias
    )
    first = found.p[0][0]
    added = found.p[1][0] - torch.where(first > 0, 1.1, 0.9) * first
    output = {name: numbers[f"blocks.0.output.{name}"] for name in ("weight", "bias")}
    torch.testing.assert_close(added, found.states[0][0] @ output["weight"].T + output["bias"])
    logits = torch.relu(found.p[2][0]) @ numbers["readout.weight"].T + numbers["readout.bias"]
    torch.testing.assert_close(found.outputs[0], logits + 1)


def test_the_plain_spread_is_that_of_every_number_and_belongs_to_the_chip():
    numbers = detached(network(units=16))
    many = dataclasses.replace(CHIPS, count=400)
    gains = PlainMismatch().draw(numbers, many).gains
    assert set(gains) == set(numbers)
    for name, gain in gains.items():
        assert gain.mean().item() == pytest.approx(1, abs=0.01), name
        assert gain.std(dim=0).mean().item() == pytest.approx(0.1, rel=0.03), name
    one = PlainMismatch().draw(numbers, many.chip(17)).gains
    for name, gain in one.items():
        assert torch.equal(gain[0], gains[name][17])
    flat = torch.cat([gain.reshape(400, -1) for gain in gains.values()], dim=1)
    correlations = np.corrcoef(flat.numpy().T)
    off_diagonal = correlations[~np.eye(len(correlations), dtype=bool)]
    assert off_diagonal.std() == pytest.approx(400**-0.5, rel=0.05)


def test_no_threshold_changes_its_sign():
    wild = dataclasses.replace(CHIPS, mismatch_scale=2.0, count=50)
    gains = PlainMismatch().draw(detached(network()), wild).gains
    assert gains["blocks.0.cell.beta"].min() > 0
    assert gains["blocks.0.output.weight"].min() < 0


def test_noise_is_relative_to_each_cells_candidates(batch):
    """Over the valid steps: what stands in the padding moves nothing."""
    net = network()
    quiet = ChipNetwork(net).signals(batch, detached(net)).candidates[0]
    many = Batch(
        batch.inputs.repeat(300, 1, 1), batch.mask.repeat(300, 1), batch.labels.repeat(300)
    )
    many.inputs[~many.mask] = 1e3
    torch.manual_seed(0)
    noisy = ChipNetwork(net).signals(many, detached(net), noise=0.3).candidates[0]
    deviation = (noisy - ChipNetwork(net).signals(many, detached(net)).candidates[0])[many.mask]
    rms = quiet[batch.mask].square().mean(dim=0).sqrt()
    torch.testing.assert_close(deviation.std(dim=0), 0.3 * rms, rtol=0.05, atol=0)


def drafts(kind="saturating_cmru", bits=5):
    return Drafts(recipe(kind), 3, 2, Hardware(bits=bits).options)


@pytest.mark.parametrize("kind", ["saturating_cmru", "fq_bmru"])
@pytest.mark.parametrize("bits", [3, 6])
def test_rounded_numbers_are_the_integers_of_the_compiler(kind, bits):
    net = network(kind)
    compiler = drafts(kind, bits)
    design = compiler.design(network_numbers(net))
    numbers = straight_through(network_numbers(net), design)
    for name, (stage, connection) in layers(design).items():
        diode = design.stage(connection.source).diode_units
        unit = laid_out(design)[f"{name}.weight"] / (np.asarray(connection.units) + 1e-300)
        scale = np.asarray(stage.row_scale)[:, None]
        source = design.stage(connection.source)
        per_line = (
            np.asarray(source.row_scale)
            if source.cell is None
            else source.cell.level_units
            / design.reference_units
            / detached(net)[f"{name.removesuffix('output')}cell.alpha"].double().numpy()
        )
        exact = detached(net)[f"{name}.weight"].double().numpy() * scale * diode / per_line
        limit = 2 ** (bits - 1) - 1
        meant = np.clip(np.rint(exact), -limit, limit)
        np.testing.assert_array_equal(meant, connection.units)
        rounded = numbers[f"{name}.weight"].detach().double().numpy()
        np.testing.assert_allclose(rounded * scale * diode / per_line, meant, atol=1e-4)
        assert np.isfinite(unit).all()


def test_rounding_twice_changes_nothing():
    net = network()
    compiler = drafts()
    once = straight_through(detached(net), compiler.design(detached(net)))
    design = compiler.design(once)
    again = straight_through(once, design)
    for name in ("input.weight", "input.bias", "blocks.0.cell.beta", "readout.bias"):
        torch.testing.assert_close(again[name], once[name])


def test_gradients_go_straight_through_rounding_and_chips(batch):
    net = network()
    numbers = network_numbers(net)
    rounded = straight_through(numbers, drafts().design(numbers))
    rounded["input.weight"].sum().backward()
    assert torch.equal(net.input.weight.grad, torch.ones_like(net.input.weight))
    net.zero_grad()
    numbers = network_numbers(net)
    rounded = straight_through(numbers, drafts().design(numbers))
    chips = deviating(rounded, PlainMismatch().draw(rounded, CHIPS))
    chip_network = ChipNetwork(net)
    signals = chip_network.signals(batch, chips)
    cross_entropy(chip_network.logits(signals.outputs, batch.mask), batch.labels).backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


def test_the_loss_of_many_chips_is_the_mean_of_their_losses(batch):
    net = network()
    chip_network = ChipNetwork(net)
    drawn = PlainMismatch().draw(detached(net), CHIPS)
    together = chip_network.signals(batch, drawn.applied(detached(net))).outputs
    losses = []
    for chip in range(3):
        outputs = chip_network.signals(batch, drawn.take(chip, 1).applied(detached(net))).outputs
        torch.testing.assert_close(outputs[0], together[chip])
        losses.append(cross_entropy(chip_network.logits(outputs, batch.mask), batch.labels))
    whole = cross_entropy(chip_network.logits(together, batch.mask), batch.labels)
    torch.testing.assert_close(whole, torch.stack(losses).mean())


def test_crowding_by_hand():
    """Thresholds of 2 and 1, a margin of half of each: 1 on a threshold, 0 half of it away."""
    candidates = torch.tensor([2.0, -2.5, 3.5, 0.0, 1.0, 1.25])[:, None]
    one = crowding(candidates, {"beta": torch.tensor([2.0]), "alpha": torch.tensor([9.0])}, 0.5)
    np.testing.assert_allclose(one[:, 0], [1, 0.5, 0, 0, 0, 0.25])
    both = {"beta": torch.tensor([2.0]), "beta_low": torch.tensor([1.0])}
    two = crowding(candidates, both, 0.5)[:, 0]
    np.testing.assert_allclose(two, [1, 0.5, 0, 0, 1, 0.75])


def test_closeness_by_hand(batch):
    """Of the candidates that there are: 1 - distance / (clearance rms) within it, else 0."""
    net = network()
    chip_network, numbers = ChipNetwork(net), detached(net)
    signals = chip_network.signals(batch, numbers)
    close = chip_network.closeness(signals, numbers, batch.mask, 0.4)[1]
    seen, beta = signals.candidates[1].numpy(), numbers["blocks.1.cell.beta"].numpy()
    rms = np.sqrt((seen[batch.mask.numpy()] ** 2).mean(axis=0))
    expected = np.maximum(0, 1 - np.abs(np.abs(seen) - beta) / (0.4 * rms))
    np.testing.assert_allclose(close.numpy(), expected, atol=1e-5)
    assert 0 < np.count_nonzero(expected) < expected.size


def test_a_clearance_keeps_candidates_away(splits):
    def nearest(**changes):
        hardware = Hardware(**changes)
        toy = dataclasses.replace(TOY, steps=60, hardware=hardware)
        training = train("toy", splits, toy)
        runs = ChipRuns(training.checkpoint, splits.test)
        (cells,) = runs.cell_runs(Population(0, 1, mismatch_scale=0.0), 0, 0.1)
        return (cells.distances / np.sqrt((cells.candidates**2).mean(axis=0)) < 0.3).mean()

    assert nearest(clearance=0.4, clearance_weight=3.0) < 0.7 * nearest()


HARDWARE = {
    "plain": Hardware(mismatch=0.1, chips=2, validation_chips=3),
    "noisy": Hardware(mismatch=0.05, noise=0.1, chips=2, validation_chips=3),
    "rounded": Hardware(bits=4, mismatch=0.1, chips=2, validation_chips=3),
    "circuit": Hardware(technology="generic180", bits=5, chips=2, validation_chips=2, redesign=4),
}
TOY = Recipe(cell="saturating_cmru", units=3, levels_half=2, steps=10, batch=16, input_noise=0.2)


class InterruptedTrainingError(Exception):
    pass


@pytest.mark.parametrize("hardware", HARDWARE.values(), ids=HARDWARE)
def test_resuming_changes_nothing(splits, tmp_path, hardware):
    toy = dataclasses.replace(TOY, hardware=hardware)
    whole = train("toy", splits, toy)
    assert train("toy", splits, toy).checkpoint.content_hash == whole.checkpoint.content_hash
    folder, done = RunFolder(tmp_path / "net.training", interval=0.0), []

    def advance(_steps):
        done.append(1)
        if len(done) == 7:
            raise InterruptedTrainingError

    with pytest.raises(InterruptedTrainingError):
        train("toy", splits, toy, keep=folder, advance=advance)
    torch.rand(3)
    steps = []
    again = RunFolder(folder.path, resume=True, interval=0.0)
    training = train("toy", splits, toy, keep=again, advance=steps.append)
    assert training.checkpoint.content_hash == whole.checkpoint.content_hash
    assert len(steps) < 10
    with pytest.raises(InputError, match=r"had hardware\.\w+ \S+, this one None"):
        train("toy", splits, TOY, keep=RunFolder(folder.path, resume=True))


@pytest.mark.parametrize("readout", ["mean", "last"])
def test_hardware_that_deviates_in_nothing_changes_nothing(splits, readout):
    """Costs of candidates go back through the cells on another way, so a last bit may differ."""
    toy = dataclasses.replace(TOY, readout=readout)
    plain = train("toy", splits, toy).checkpoint.tensors
    known = train("toy", splits, dataclasses.replace(toy, hardware=Hardware())).checkpoint.tensors
    for name, tensor in plain.items():
        np.testing.assert_array_equal(known[name], tensor, err_msg=name)
    costly = dataclasses.replace(toy, signal_limit=1.0, margin=0.5)
    plain = train("toy", splits, costly).checkpoint.tensors
    equal = dataclasses.replace(costly, hardware=Hardware())
    known = train("toy", splits, equal).checkpoint.tensors
    for name, tensor in plain.items():
        np.testing.assert_allclose(known[name], tensor, atol=1e-5, err_msg=name)


def test_the_weight_of_the_margin_counts(splits):
    def trained(**changes):
        toy = dataclasses.replace(TOY, margin=0.5, **changes)
        return train("toy", splits, toy).checkpoint.tensors["input.weight"]

    np.testing.assert_array_equal(trained(margin_weight=0.1), trained())
    assert np.abs(trained(margin_weight=3.0) - trained()).max() > 1e-3


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"mismatch": -0.1}, "hardware.mismatch must be at least 0 and finite"),
        ({"mismatch": float("nan")}, "hardware.mismatch must be at least 0 and finite"),
        ({"noise": float("inf")}, "hardware.noise must be at least 0"),
        ({"mismatch_scale": -1.0}, "hardware.mismatch_scale must be"),
        ({"bits": 1}, "hardware.bits must be from 2 to 8"),
        ({"bits": 9}, "hardware.bits must be from 2 to 8"),
        ({"clearance": 0.0}, "hardware.clearance must be positive"),
        ({"clearance_weight": -1.0}, "hardware.clearance_weight must be positive"),
        ({"chips": 0}, "hardware.chips must be from 1 to 1000"),
        ({"validation_chips": 10**6}, "hardware.validation_chips must be from 1 to 1000"),
        ({"redesign": 0}, "hardware.redesign must be from 1 to 1000"),
        ({"templates": {"valve": "triode"}}, "unknown kind of template 'valve'"),
    ],
)
def test_numbers_out_of_range_are_named(change, complaint):
    with pytest.raises(InputError, match=complaint):
        Hardware(**change)


@pytest.mark.parametrize(
    ("kind", "hardware", "complaint"),
    [
        ("lru", {"mismatch": 0.1}, "LRU has no hardware"),
        ("cmru", {"bits": 5}, "CMRU cannot become a circuit"),
        ("bmru", {"technology": "generic180"}, "BMRU cannot become a circuit"),
        ("alpha_cmru", {"mismatch": 0.1}, "alphaCMRU has no chips"),
    ],
)
def test_cells_without_chips_are_refused(splits, kind, hardware, complaint):
    with pytest.raises(InputError, match=complaint):
        train("toy", splits, recipe(kind, steps=2, hardware=Hardware(**hardware)))
