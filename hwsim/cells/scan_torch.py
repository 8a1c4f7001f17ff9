"""Recurrences over whole sequences, without a step-by-step loop and with exact gradients.

Sequences are [N, T, units] with T of at least 1; ladders and latches take more axes in front.
States before the first step are zero. The recurrences with thresholds pass a gradient back
unchanged from step to step until something (a ladder's end, a new write) cuts it, so theirs is a
difference of two values of one reverse cumulative sum.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from hwsim.cells.compiled_torch import compiled_linear, runs_compiled


def saturating_scan(steps: Tensor, half_range: int) -> Tensor:
    """level_t = clip(level_{t-1} + q_t, -K, K).

    f(x) = clip(x + a, lo, hi) is closed under composition, so chunks of sqrt(T) steps are composed
    side by side; then the level at each chunk's start follows from the chunk before it.

    Args:
        steps: q, whole numbers in a floating dtype, [..., T, units].
        half_range: K.

    Returns:
        Levels, whole numbers in the same dtype and shape. The gradient is that of the clip:
        1 within the range and on its ends, 0 where a step was cut off.
    """
    levels: Tensor = _SaturatingScan.apply(_flat(steps), half_range)  # type: ignore[no-untyped-call]
    return levels.reshape(steps.shape)


def latch_scan(writes: Tensor, keeps: Tensor) -> Tensor:
    """state_t = writes_t + keeps_t state_{t-1}, where every step either keeps or writes.

    Args:
        writes: what is written, 0 where `keeps` is 1, [..., T, units].
        keeps: 1 where the state is kept, 0 where it is overwritten, of that shape.

    Returns:
        States, of that shape, with exact gradients to both arguments.
    """
    states: Tensor = _LatchScan.apply(_flat(writes), _flat(keeps))  # type: ignore[no-untyped-call]
    return states.reshape(writes.shape)


def linear_scan(decays: Tensor, values: Tensor) -> Tensor:
    """state_t = decays_t state_{t-1} + values_t.

    Args:
        decays: real or complex, at most 1 in magnitude for long sequences; [N, T, units], or
            [units] for the same everywhere.
        values: of the same dtype, [N, T, units].

    Returns:
        States, [N, T, units], with exact gradients to both arguments.
    """
    if runs_compiled(values) and values.dtype == decays.dtype:
        return compiled_linear(decays, values)
    return chunked_linear_scan(decays.expand_as(values), values)


def chunked_linear_scan(decays: Tensor, values: Tensor) -> Tensor:
    """`linear_scan` without compiled loops.

    Chunks of sqrt(T) steps run side by side; then the state at each chunk's start follows from the
    chunk before it.

    Args:
        decays: [N, T, units].
        values: of that dtype and shape.
    """
    states: Tensor = _LinearScan.apply(decays, values)  # type: ignore[no-untyped-call]
    return states


def _flat(sequences: Tensor) -> Tensor:
    """[N, T, units] of [..., T, units]."""
    return sequences.reshape(-1, *sequences.shape[-2:])


class _LinearScan(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, decays: Tensor, values: Tensor) -> Tensor:  # noqa: ANN401
        states = _linear_states(decays, values)
        ctx.save_for_backward(decays, states)
        return states

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401
        decays, states = ctx.saved_tensors
        # G_t = g_t + conj(a_{t+1}) G_{t+1}: the same recurrence, from the last step to the first.
        later = torch.cat([decays[:, 1:], torch.zeros_like(decays[:, :1])], dim=1).conj()
        to_values = _linear_states(later.flip(1), gradients[0].flip(1)).flip(1)
        return to_values * _one_step_earlier(states).conj(), to_values


class _SaturatingScan(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, steps: Tensor, half_range: int) -> Tensor:  # noqa: ANN401
        levels = _saturating_levels(steps, half_range)
        unclipped = _one_step_earlier(levels) + steps
        ctx.save_for_backward(unclipped.abs() > half_range)
        return levels

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        (clipped,) = ctx.saved_tensors
        return _sums_before(gradients[0], clipped), None


class _LatchScan(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, writes: Tensor, keeps: Tensor) -> Tensor:  # noqa: ANN401
        written = keeps == 0
        steps = torch.arange(writes.shape[1], device=writes.device)[:, None]
        latest = torch.where(written, steps, -1).cummax(dim=1).values
        states = writes.gather(1, latest.clamp(min=0))
        states = torch.where(latest >= 0, states, torch.zeros_like(states))
        ctx.save_for_backward(written, states)
        return states

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401
        written, states = ctx.saved_tensors
        (gradient,) = gradients
        overwritten_next = torch.cat([written[:, 1:], torch.zeros_like(written[:, :1])], dim=1)
        # The gradient of a state reaches up to, and includes, the step before the next write.
        later = torch.cat([gradient[:, 1:], torch.zeros_like(gradient[:, :1])], dim=1)
        to_states = gradient + _sums_before(later, overwritten_next)
        return to_states, to_states * _one_step_earlier(states)


def _chunks(sequences: Tensor) -> Tensor:
    """Sequences in chunks of sqrt(T) steps, the last padded with zeros, [N, chunk, step, units]."""
    count, length, units = sequences.shape
    size = math.isqrt(length - 1) + 1
    chunks = -(-length // size)
    padding = sequences.new_zeros(count, chunks * size - length, units)
    return torch.cat([sequences, padding], dim=1).reshape(count, chunks, size, units)


def _linear_states(decays: Tensor, values: Tensor) -> Tensor:
    count, length, units = values.shape
    shrink, added = _chunks(decays), _chunks(values)
    state = added.new_zeros(added.shape[0], added.shape[1], units)
    passed = torch.ones_like(state)
    states, passes = [], []
    for decay, value in zip(shrink.unbind(dim=2), added.unbind(dim=2), strict=True):
        state, passed = decay * state + value, decay * passed
        states.append(state)
        passes.append(passed)
    start = added.new_zeros(count, units)
    starts = []
    for last, whole in zip(state.unbind(dim=1), passed.unbind(dim=1), strict=True):
        starts.append(start)
        start = last + whole * start
    within, before = torch.stack(states, dim=2), torch.stack(passes, dim=2)
    joined = within + before * torch.stack(starts, dim=1)[:, :, None]
    return joined.reshape(count, -1, units)[:, :length]


def _saturating_levels(steps: Tensor, half_range: int) -> Tensor:
    count, length, units = steps.shape
    folded = _chunks(steps)
    chunks, size = folded.shape[1:3]
    # Row 0 follows the lowest level through a chunk, row 1 the highest: lo and hi of the map.
    ends = steps.new_tensor([-half_range, half_range]).reshape(2, 1, 1, 1)
    bounds = []
    for step in folded.unbind(dim=2):
        ends = (ends + step).clamp(-half_range, half_range)
        bounds.append(ends)
    low, high = torch.stack(bounds, dim=3)
    shift = folded.cumsum(dim=2)
    level = steps.new_zeros(count, units)
    starts = []
    for chunk in range(chunks):
        starts.append(level)
        level = (level + shift[:, chunk, -1]).clamp(low[:, chunk, -1], high[:, chunk, -1])
    start = torch.stack(starts, dim=1)[:, :, None]
    levels = (start + shift).clamp(low, high)
    return levels.reshape(count, chunks * size, units)[:, :length]


def _one_step_earlier(states: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(states[:, :1]), states[:, :-1]], dim=1)


def _sums_before(gradient: Tensor, cut: Tensor) -> Tensor:
    """G_t = g_t + G_{t+1}, or 0 where step t is cut.

    Summed in double precision: the difference of two long sums would cost digits in single.
    """
    length = gradient.shape[1]
    totals = gradient.double().flip(1).cumsum(dim=1).flip(1)
    totals = torch.cat([totals, torch.zeros_like(totals[:, :1])], dim=1)
    steps = torch.arange(length, device=gradient.device)[:, None]
    next_cut = torch.where(cut, steps, length).flip(1).cummin(dim=1).values.flip(1)
    return (totals[:, :-1] - totals.gather(1, next_cut)).to(gradient.dtype)
