"""The trainable network around the cells: nothing around them that a circuit could not do."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hwsim.cells.alpha_cmru_torch import AlphaCmru
from hwsim.cells.bmru_torch import Bmru
from hwsim.cells.cell_torch import RecurrentCell, TorchCell
from hwsim.cells.cmru_torch import Cmru
from hwsim.cells.fq_bmru_torch import FqBmru
from hwsim.cells.gru_torch import Gru
from hwsim.cells.lru_torch import Lru
from hwsim.cells.mingru_torch import MinGru
from hwsim.cells.saturating_cmru_torch import SaturatingCmru
from hwsim.training.recipe import Recipe


class Block(nn.Module):
    """p + O h + b_o, with h the states of the cell for inputs relu(p); [N, T, units]."""

    def __init__(self, cell: RecurrentCell, units: int) -> None:
        super().__init__()
        self.cell = cell
        self.output = nn.Linear(units, units)

    def forward(self, p: Tensor) -> Tensor:  # noqa: D102
        states: Tensor = self.output(self.cell(torch.relu(p)))
        return p + states


class Network(nn.Module):
    """Input layer, blocks with a skip, ReLU, readout.

    p = W_i x + b_i; every block adds to p; the classes are W_c relu(p) + b_c, averaged over the
    valid steps or taken at the last one.

    Args:
        recipe: sizes, cell and initial values.
        channels: channels of the input.
        classes: number of classes.
    """

    def __init__(self, recipe: Recipe, channels: int, classes: int) -> None:
        super().__init__()
        units = recipe.units
        self.input = nn.Linear(channels, units)
        self.blocks = nn.ModuleList(Block(_cell(recipe), units) for _ in range(recipe.blocks))
        self.readout = nn.Linear(units, classes)
        self.last_step_only = recipe.readout == "last"
        if recipe.weight_gain != 1:
            self._scale_weights(recipe.weight_gain)

    def cells(self) -> list[RecurrentCell]:
        """The recurrent cells, one a block, from the input on."""
        return [module for module in self.modules() if isinstance(module, RecurrentCell)]

    def signals(self, inputs: Tensor) -> list[Tensor]:
        """What flows as a current in the circuit: p after each layer, then the outputs.

        Args:
            inputs: normalised inputs [N, T, channels].

        Returns:
            p as [N, T, units], before the blocks and after each, and the outputs [N, T, classes].
        """
        p: Tensor = self.input(inputs)
        signals = [p]
        for block in self.blocks:
            signals.append(block(signals[-1]))
        return [*signals, self.readout(torch.relu(signals[-1]))]

    def crowding(self, signals: list[Tensor], margin: float) -> list[Tensor]:
        """`TorchCell.crowding` of every block, [N, T, units] each, for what `signals` gave."""
        inputs = [torch.relu(p) for p in signals[: len(self.blocks)]]
        cells = zip(self.cells(), inputs, strict=True)
        return [cell.crowding(u, margin) for cell, u in cells if isinstance(cell, TorchCell)]

    def read(self, outputs: Tensor, mask: Tensor) -> Tensor:
        """Logits [N, classes] from outputs [N, T, classes], valid where `mask` [N, T]."""
        lengths = mask.sum(dim=1)
        if self.last_step_only:
            return outputs[torch.arange(len(outputs)), lengths - 1]
        return (outputs * mask[:, :, None]).sum(dim=1) / lengths[:, None]

    def forward(self, inputs: Tensor, mask: Tensor) -> Tensor:
        """Logits [N, classes] for normalised inputs [N, T, channels]."""
        return self.read(self.signals(inputs)[-1], mask)

    @torch.no_grad()
    def _scale_weights(self, gain: float) -> None:
        for parameter in self.parameters():
            if parameter.dim() > 1:
                parameter.mul_(gain)

    @torch.no_grad()
    def constrain(self, recipe: Recipe) -> None:
        """Pull weights, biases and falling thresholds into the ranges of the recipe."""
        for layer in self.modules():
            if isinstance(layer, nn.Linear) and recipe.weight_clip is not None:
                layer.weight.clamp_(-recipe.weight_clip, recipe.weight_clip)
                layer.bias.clamp_(-recipe.weight_clip, recipe.weight_clip)
            elif isinstance(layer, FqBmru):
                layer.raise_beta_low(recipe.beta_low_floor)


def _cell(recipe: Recipe) -> RecurrentCell:
    units, alpha, beta = recipe.units, recipe.alpha, recipe.beta
    memory = recipe.memory or 1.0  # given wherever a baseline is trained
    match recipe.cell:
        case "bmru":
            return Bmru(units, alpha=alpha, beta=beta)
        case "cmru":
            return Cmru(units, alpha=alpha, beta=beta)
        case "saturating_cmru":
            half_range = recipe.levels_half or 0  # the recipe has checked it
            return SaturatingCmru(units, alpha=alpha, beta=beta, half_range=half_range)
        case "fq_bmru":
            return FqBmru(units, alpha=alpha, beta=beta, beta_low_ratio=recipe.beta_low_ratio)
        case "alpha_cmru":
            return AlphaCmru(units, alpha=alpha, beta=beta)
        case "lru":
            return Lru(units, memory=memory)
        case "mingru":
            return MinGru(units, memory=memory)
        case "gru":
            return Gru(units, memory=memory)
