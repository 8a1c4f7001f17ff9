"""A step that can be trained: Heaviside forwards, a bell-shaped slope backwards."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor


class _Heaviside(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # noqa: ANN401
        ctx.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:  # noqa: ANN401
        (x,) = ctx.saved_tensors
        return gradients[0] * surrogate_slope(x)


def surrogate_slope(x: Tensor) -> Tensor:
    """s(x) = 1 / (1 + (pi x / 2)^2): the slope that stands in for that of the step at 0."""
    return 1 / (1 + (math.pi / 2 * x) ** 2)


def heaviside(x: Tensor) -> Tensor:
    """[x > 0] as 0 or 1 in the dtype of `x`, with `surrogate_slope` as its derivative."""
    stepped: Tensor = _Heaviside.apply(x)  # type: ignore[no-untyped-call]
    return stepped


def ternary_steps(candidates: Tensor, threshold: Tensor) -> Tensor:
    """Q = [c > beta] - [c < -beta], with dq/dc = s(c - beta) + s(c + beta).

    Args:
        candidates: candidates c, [..., units].
        threshold: beta, [units].
    """
    return heaviside(candidates - threshold) - heaviside(-candidates - threshold)
