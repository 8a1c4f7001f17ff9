"""Compiled recurrences (`scan_compiled`) as functions of tensors with gradients.

They stand in for the forms of `scan_torch` on a CPU with numba: states are the same bit for bit,
gradients to rounding.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

_DTYPES = torch.float32, torch.complex64
"""Networks are trained in single precision; in double they are only scored."""


@functools.cache
def scan_compiler() -> str | None:
    """The version of numba that compiles recurrences on a CPU, None where they are not compiled."""
    if importlib.util.find_spec("numba") is None:
        return None
    return importlib.metadata.version("numba")


def runs_compiled(sequences: Tensor, *vectors: Tensor) -> bool:
    """Whether a recurrence can be compiled.

    Args:
        sequences: what it runs over, [..., T, units].
        vectors: what is the same at every step, for which loops have room.
    """
    return (
        sequences.device.type == "cpu"
        and sequences.dtype in _DTYPES
        and all(each.dtype == sequences.dtype for each in vectors)
        and all(each.dim() < 2 or each.shape[-2] == 1 for each in vectors)
        and scan_compiler() is not None
    )


def compiled_ladder(candidates: Tensor, high: Tensor, low: Tensor, half_range: float) -> Tensor:
    """level_t = clip(level_{t-1} + [c > high] - [c < low], -K, K).

    Args:
        candidates: c, [..., T, units].
        high: upper thresholds, [units], or [..., 1, units] broadcast against the candidates.
        low: lower ones.
        half_range: K; infinite for no ends.

    Returns:
        Levels in the candidates' dtype, with gradients to the first three: exact but for the slope
        of a step, for which `surrogate_slope` stands.
    """
    shape, arguments = _rows(candidates, high, low)
    levels: Tensor = _Ladder.apply(*arguments, half_range)  # type: ignore[no-untyped-call]
    return levels.reshape(shape)


def compiled_latch(candidates: Tensor, high: Tensor, low: Tensor, off: float) -> Tensor:
    """state_t = 1 where c > high, `off` where c < low, else state_{t-1}.

    Args:
        candidates: c, [..., T, units].
        high: upper thresholds, [units], or [..., 1, units] broadcast against the candidates.
        low: lower ones.
        off: the state below.

    Returns:
        States, with gradients as of `compiled_ladder`.
    """
    shape, arguments = _rows(candidates, high, low)
    states: Tensor = _Latch.apply(*arguments, off)  # type: ignore[no-untyped-call]
    return states.reshape(shape)


def compiled_linear(decays: Tensor, values: Tensor) -> Tensor:
    """state_t = decays_t state_{t-1} + values_t.

    Args:
        decays: real or complex, [N, T, units], or [units] for the same everywhere.
        values: of the same dtype, [N, T, units].

    Returns:
        States, [N, T, units], with exact gradients to both arguments.
    """
    rows = decays.reshape(1, 1, -1) if decays.dim() == 1 else decays
    states: Tensor = _Linear.apply(rows, values)  # type: ignore[no-untyped-call]
    return states


def _rows(candidates: Tensor, *thresholds: Tensor) -> tuple[torch.Size, tuple[Tensor, ...]]:
    """The shape of all together; candidates as [N, T, units], thresholds as [N, units]."""
    shapes = (each.shape for each in (candidates, *thresholds))
    shape = torch.broadcast_shapes(*shapes)  # type: ignore[no-untyped-call]
    alike = (*shape[:-2], 1, shape[-1])
    rows = [each.expand(alike).reshape(-1, shape[-1]) for each in thresholds]
    return shape, (candidates.expand(shape).reshape(-1, *shape[-2:]), *rows)


class _Ladder(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        candidates: Tensor,
        high: Tensor,
        low: Tensor,
        half_range: float,
    ) -> Tensor:
        given = [each.contiguous() for each in (candidates, high, low)]
        levels = torch.empty_like(given[0])
        _loops().ladder(*_arrays(*given), np.float32(half_range), levels.numpy())
        ctx.save_for_backward(*given, levels)
        return levels

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        *given, levels = ctx.saved_tensors
        found = [torch.empty_like(each) for each in given]
        _loops().ladder_gradient(*_arrays(*given, levels, gradients[0].contiguous(), *found))
        return *found, None


class _Latch(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        candidates: Tensor,
        high: Tensor,
        low: Tensor,
        off: float,
    ) -> Tensor:
        given = [each.contiguous() for each in (candidates, high, low)]
        states = torch.empty_like(given[0])
        _loops().latch(*_arrays(*given), np.float32(off), states.numpy())
        ctx.save_for_backward(*given, states)
        ctx.off = off
        return states

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        *given, states = ctx.saved_tensors
        found = [torch.empty_like(each) for each in given]
        _loops().latch_gradient(
            *_arrays(*given),
            np.float32(ctx.off),
            *_arrays(states, gradients[0].contiguous(), *found),
        )
        return *found, None


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, decays: Tensor, values: Tensor) -> Tensor:  # noqa: ANN401
        decays, values = decays.resolve_conj().contiguous(), values.resolve_conj().contiguous()
        states = torch.empty_like(values)
        _loops().linear(*_arrays(decays, values, states))
        ctx.save_for_backward(decays, states)
        return states

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401
        decays, states = ctx.saved_tensors
        gradient = gradients[0].resolve_conj().contiguous()
        to_values = torch.empty_like(states)
        to_decays = states.new_empty(len(states), *decays.shape[1:])
        _loops().linear_gradient(*_arrays(decays, states, gradient, to_decays, to_values))
        return to_decays.sum_to_size(decays.shape), to_values


def _arrays(*tensors: Tensor) -> tuple[Any, ...]:
    return tuple(each.detach().numpy() for each in tensors)


def _loops() -> ModuleType:
    # numba takes half a second to import, and only those who run a network want it.
    from hwsim.cells import scan_compiled

    return scan_compiled
