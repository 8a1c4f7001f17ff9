"""What a training costs beside its mistakes: large signals, candidates close to thresholds."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from hwsim.training.recipe import Recipe

_SIGNAL_COST = 0.1
_CROWDING_COST = 0.1


def with_signal_cost(
    loss: Tensor, signals: Iterable[Tensor], mask: Tensor, recipe: Recipe
) -> Tensor:
    """Add what signals beyond the recipe's limit cost, over valid steps.

    Args:
        loss: so far.
        signals: [..., N, T, units] each.
        mask: valid steps, [N, T].
        recipe: its limit, None for no cost.
    """
    if recipe.signal_limit is not None:
        for signal in signals:
            excess = torch.relu(signal[..., mask, :].abs() - recipe.signal_limit)
            loss = loss + _SIGNAL_COST * (excess**2).mean()
    return loss


def with_crowding_cost(
    loss: Tensor, crowded: Iterable[Tensor], mask: Tensor, recipe: Recipe
) -> Tensor:
    """Add what candidates close to thresholds cost, over valid steps.

    Args:
        loss: so far.
        crowded: `hwsim.cells.cell_torch.crowding` of every block, [..., N, T, units].
        mask: valid steps, [N, T].
        recipe: its weight.
    """
    weight = _CROWDING_COST if recipe.margin_weight is None else recipe.margin_weight
    for crowding in crowded:
        loss = loss + weight * crowding[..., mask, :].mean()
    return loss
