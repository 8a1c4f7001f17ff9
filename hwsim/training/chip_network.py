"""The network as drawn chips run it: the same equations with the numbers of each chip."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hwsim.cells.cell_torch import RestoringCell, crowding
from hwsim.cells.kinds import KINDS
from hwsim.foundation.errors import InputError
from hwsim.training.batches import Batch
from hwsim.training.deviations import Deviations, Numbers
from hwsim.training.network import Network
from hwsim.training.nodes import Nodes


@dataclass(frozen=True, slots=True, eq=False)
class ChipSignals:
    """What flows in chips.

    Attributes:
        p: before the blocks and after each, [chip, N, T, units]; no chip axis where all are equal.
        candidates: of each block, as its thresholds see them.
        states: of each block.
        outputs: [chip, N, T, classes].
    """

    p: tuple[Tensor, ...]
    candidates: tuple[Tensor, ...]
    states: tuple[Tensor, ...]
    outputs: Tensor


class ChipNetwork(nn.Module):
    """A network's equations with numbers that are given to it.

    Args:
        network: whose cells and sizes it has.

    Raises:
        InputError: a cell whose states do not follow from candidates and thresholds.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        for cell in network.cells():
            if not isinstance(cell, RestoringCell):
                raise InputError(
                    f"{KINDS[cell.kind].title} has no chips: its states are not restored",
                    hint="use saturating_cmru, fq_bmru, cmru or bmru",
                )

    def signals(
        self,
        batch: Batch,
        numbers: Numbers,
        *,
        noise: float = 0.0,
        nodes: Nodes | None = None,
    ) -> ChipSignals:
        """Run sequences on chips, all sequences on each.

        Args:
            batch: the sequences.
            numbers: of the chips.
            noise: standard deviation of the noise on every candidate of every step, over the
                rms candidate of that cell; drawn from torch's generator.
            nodes: how sums move the nodes that they flow into, None for not at all.
        """
        p = [affine(batch.inputs, numbers, "input", nodes)]
        candidates, states = [], []
        for index, cell in enumerate(self._cells()):
            block = f"blocks.{index}"
            seen = cell.seen(affine(torch.relu(p[-1]), numbers, f"{block}.candidate", nodes))
            if noise:
                seen = seen + noise * _rms(seen.detach(), batch.mask) * torch.randn_like(seen)
            candidates.append(seen)
            states.append(cell.respond(seen, _vectors(cell, numbers, block)))
            around = skipped(p[-1], numbers, block)
            p.append(around + affine(states[-1], numbers, f"{block}.output", nodes))
        outputs = affine(torch.relu(p[-1]), numbers, "readout", None)
        return ChipSignals(tuple(p), tuple(candidates), tuple(states), outputs)

    def logits(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Logits [chip, N, classes] from outputs [chip, N, T, classes], or both without chips."""
        chips = outputs.shape[:-3]
        flat = outputs.reshape(-1, *outputs.shape[-2:])
        read = self.network.read(flat, mask.repeat(len(flat) // len(mask), 1))
        return read.reshape(*chips, len(mask), -1)

    def crowding(self, signals: ChipSignals, numbers: Numbers, margin: float) -> list[Tensor]:
        """`crowding` of the candidates of every block, around the chips' own thresholds."""
        found = []
        for index, (cell, seen) in enumerate(zip(self._cells(), signals.candidates, strict=True)):
            vectors = _vectors(cell, numbers, f"blocks.{index}")
            vectors.pop(
                "beta_down", None
            )  # beside beta it would make the same threshold count twice
            found.append(crowding(seen, vectors, margin))
        return found

    def distances(self, signals: ChipSignals, numbers: Numbers) -> list[Tensor]:
        """How far the candidates of every block are from their nearer threshold, in their unit."""
        found = []
        for index, (cell, seen) in enumerate(zip(self._cells(), signals.candidates, strict=True)):
            vectors = _vectors(cell, numbers, f"blocks.{index}")
            sizes = seen.abs()
            to = [(sizes - each).abs() for name, each in vectors.items() if name.startswith("beta")]
            found.append(torch.stack(to).min(dim=0).values)
        return found

    def closeness(
        self, signals: ChipSignals, numbers: Numbers, mask: Tensor, clearance: float
    ) -> list[Tensor]:
        """How close candidates come to their nearer threshold: 1 on it, 0 at a clearance from it.

        Args:
            signals: of the chips.
            numbers: of the chips.
            mask: valid steps, [N, T].
            clearance: over the rms candidate of the cell, which noise is relative to as well.

        Returns:
            By block, [chip, N, T, units].
        """
        distances = self.distances(signals, numbers)
        return [
            torch.relu(1 - distance / (clearance * _rms(seen, mask)))
            for distance, seen in zip(distances, signals.candidates, strict=True)
        ]

    def steps(self, numbers: Numbers) -> list[Tensor]:
        """The step of the state of every block's cells, as it meets signals."""
        cells = enumerate(self._cells())
        return [_vectors(cell, numbers, f"blocks.{index}")["alpha"] for index, cell in cells]

    def _cells(self) -> list[RestoringCell]:
        return [cell for cell in self.network.cells() if isinstance(cell, RestoringCell)]


def affine(inputs: Tensor, numbers: Numbers, name: str, nodes: Nodes | None = None) -> Tensor:
    """W x + b of every chip, with other weights for negative inputs where chips have them.

    Args:
        inputs: [N, T, in], or [chip, N, T, in].
        numbers: of the chips.
        name: of the layer.
        nodes: how the sum moves the node that it flows into.
    """
    weight, bias = numbers[f"{name}.weight"], numbers[f"{name}.bias"]
    minus = numbers.get(f"{name}.weight_minus")
    if minus is None:
        total = _linear(inputs, weight, bias)
    else:
        total = _linear(torch.relu(inputs), weight, bias) - _linear(
            torch.relu(-inputs), minus, None
        )
    if nodes is None or name not in nodes.half_way:
        return total
    return nodes.settled(total, _linear(inputs.abs(), weight.abs(), bias.abs()), name)


def skipped(p: Tensor, numbers: Numbers, block: str) -> Tensor:
    """What goes around the cells of a block."""
    gain = numbers.get(f"{block}.skip")
    if gain is None:
        return p
    plus, minus = _over_steps(gain), _over_steps(numbers[f"{block}.skip_minus"])
    return torch.where(p > 0, plus, minus) * p


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy over all chips and sequences."""
    chips = logits.numel() // (len(labels) * logits.shape[-1])
    return nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.repeat(chips))


@torch.no_grad()
def chip_hits(
    network: ChipNetwork, numbers: Numbers, batch: Batch, *, noise: float = 0.0
) -> Tensor:
    """Which sequences each chip decides as labelled, [chip, N]."""
    signals = network.signals(batch, numbers, noise=noise)
    logits = network.logits(signals.outputs, batch.mask)
    return (logits.argmax(dim=-1) == batch.labels).reshape(-1, len(batch.labels))


def deviating(numbers: Numbers, deviations: Deviations | None) -> Numbers:
    """Numbers of chips, or of the network itself where nothing deviates."""
    return numbers if deviations is None else deviations.applied(numbers)


def _linear(inputs: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    if weight.dim() == 2 and (bias is None or bias.dim() == 1):
        return nn.functional.linear(inputs, weight, bias)
    rows = inputs.shape[-3] * inputs.shape[-2]
    flat = inputs.reshape(-1, rows, inputs.shape[-1])
    product = torch.matmul(flat, weight.mT)
    if bias is not None:
        product = product + bias[..., None, :]
    return product.reshape(-1, *inputs.shape[-3:-1], weight.shape[-2])


def _vectors(cell: RestoringCell, numbers: Numbers, block: str) -> dict[str, Tensor]:
    names = [*KINDS[cell.kind].vectors, "beta_down", "level_ratios"]
    given = {name: numbers.get(f"{block}.cell.{name}") for name in names}
    return {
        name: value[..., None, :, :] if name == "level_ratios" else _over_steps(value)
        for name, value in given.items()
        if value is not None
    }


def _rms(signals: Tensor, mask: Tensor) -> Tensor:
    """Over the valid steps of all sequences, [..., 1, 1, unit]."""
    squares = (signals.square() * mask[:, :, None]).sum(dim=(-3, -2), keepdim=True)
    return (squares / mask.sum()).sqrt()


def _over_steps(vector: Tensor) -> Tensor:
    """A vector, [unit] or [chip, unit], as it meets signals."""
    return vector if vector.dim() == 1 else vector[:, None, None, :]
