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


def ternary_steps(
    candidates: Tensor, threshold_up: Tensor, threshold_down: Tensor | None = None
) -> Tensor:
    """Q = [c > up] - [c < -down], with the derivative s(c - up) + s(c + down).

    Args:
        candidates: candidates c, [..., units].
        threshold_up: positive trip point beta, broadcast against them.
        threshold_down: magnitude of the negative trip point; `threshold_up` when not given.
    """
    down = threshold_up if threshold_down is None else threshold_down
    return heaviside(candidates - threshold_up) - heaviside(-candidates - down)
