"""The recurrences of the cells over whole sequences, one compiled pass each way.

Loops over arrays [N, T, units] for numba, which makes vector code of the innermost one: so each
innermost loop writes one array, and every number is of single precision. States before the first
step are zero. `scan_torch` and `surrogate_torch` have the same equations without loops, and the
tests hold both against each other.

Compiled code is kept on disk beside this file, or where numba finds room; it calls nothing of other
files, whose changes numba would not notice.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., object])

_ZERO, _ONE, _HALF_PI = np.float32(0), np.float32(1), np.float32(math.pi / 2)
_NOTHING = np.float32(1e-30)
"""What fades is taken for 0 below it: a processor takes a hundred times as long for the numbers at
the end of the range of single precision."""


def _compiled(function: Function) -> Function:
    """Compiled at the first call of all, read from disk at the first one of every other process.

    No sum is reordered: the same bits on every processor.
    """
    try:
        return cast("Function", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # nowhere to write
        return cast("Function", numba.njit(nogil=True, error_model="numpy")(function))


@_compiled
def _slope(x: np.float32) -> np.float32:
    """`surrogate_torch.surrogate_slope`."""
    scaled = _HALF_PI * x
    return _ONE / (_ONE + scaled * scaled)


@_compiled
def ladder(
    candidates: Array, high: Array, low: Array, half_range: np.float32, levels: Array
) -> None:
    """level_t = clip(level_{t-1} + [c > high] - [c < low], -K, K).

    Args:
        candidates: c, [N, T, units].
        high: upper thresholds, [N, units].
        low: lower ones.
        half_range: K; infinite for no ends.
        levels: for the result.
    """
    count, length, units = candidates.shape
    for n in range(count):
        levels[n, 0] = _ZERO
        for t in range(length):
            began, earlier = (_ONE, t - 1) if t else (_ZERO, t)
            for u in range(units):
                c = candidates[n, t, u]
                step = (_ONE if c > high[n, u] else _ZERO) - (_ONE if c < low[n, u] else _ZERO)
                level = began * levels[n, earlier, u] + step
                level = half_range if level > half_range else level
                levels[n, t, u] = -half_range if level < -half_range else level


@_compiled
def ladder_gradient(
    candidates: Array,
    high: Array,
    low: Array,
    levels: Array,
    gradient: Array,
    to_candidates: Array,
    to_high: Array,
    to_low: Array,
) -> None:
    """Gradients of `ladder`, with the slope of `surrogate_torch.surrogate_slope` for its steps.

    Args:
        candidates: as `ladder` had them.
        high: as `ladder` had them.
        low: as `ladder` had them.
        levels: what `ladder` gave.
        gradient: to the levels, [N, T, units].
        to_candidates: for the result, [N, T, units].
        to_high: for the result, [N, units].
        to_low: for the result, [N, units].
    """
    count, length, units = candidates.shape
    for n in range(count):
        to_candidates[n, length - 1] = _ZERO
        for back in range(length):
            t = length - 1 - back
            follows, later = (_ONE, t + 1) if back else (_ZERO, t)
            began, earlier = (_ONE, t - 1) if t else (_ZERO, t)
            for u in range(units):
                c = candidates[n, t, u]
                moves = (c > high[n, u]) != (c < low[n, u])
                cut = moves & (began * levels[n, earlier, u] == levels[n, t, u])
                total = gradient[n, t, u] + follows * to_candidates[n, later, u]
                to_candidates[n, t, u] = _ZERO if cut else total
        to_high[n] = _ZERO
        to_low[n] = _ZERO
        for t in range(length):
            for u in range(units):
                to_high[n, u] -= to_candidates[n, t, u] * _slope(candidates[n, t, u] - high[n, u])
        for t in range(length):
            for u in range(units):
                to_low[n, u] -= to_candidates[n, t, u] * _slope(candidates[n, t, u] - low[n, u])
        for t in range(length):
            for u in range(units):
                c = candidates[n, t, u]
                to_candidates[n, t, u] *= _slope(c - high[n, u]) + _slope(c - low[n, u])


@_compiled
def latch(candidates: Array, high: Array, low: Array, off: np.float32, states: Array) -> None:
    """state_t = 1 where c > high, `off` where c < low, else state_{t-1}.

    Args:
        candidates: c, [N, T, units].
        high: upper thresholds, [N, units].
        low: lower ones; what lies beyond both is kept too.
        off: the state below.
        states: for the result.
    """
    count, length, units = candidates.shape
    for n in range(count):
        states[n, 0] = _ZERO
        for t in range(length):
            earlier = t - 1 if t else t
            for u in range(units):
                c, before = candidates[n, t, u], states[n, earlier, u]
                above, below = c > high[n, u], c < low[n, u]
                written = _ONE if above else off
                states[n, t, u] = written if above != below else before


@_compiled
def latch_gradient(
    candidates: Array,
    high: Array,
    low: Array,
    off: np.float32,
    states: Array,
    gradient: Array,
    to_candidates: Array,
    to_high: Array,
    to_low: Array,
) -> None:
    """Gradients of `latch`, with the slope of `surrogate_torch.surrogate_slope` for its steps.

    Rising writes 1 in place of the state before, falling writes `off`: what a step changes is the
    difference.

    Args:
        candidates: as `latch` had them.
        high: as `latch` had them.
        low: as `latch` had them.
        off: as `latch` had it.
        states: what `latch` gave.
        gradient: to the states, [N, T, units].
        to_candidates: for the result, [N, T, units].
        to_high: for the result, [N, units].
        to_low: for the result, [N, units].
    """
    count, length, units = candidates.shape
    for n in range(count):
        to_candidates[n, length - 1] = gradient[n, length - 1]
        for back in range(1, length):
            t = length - 1 - back
            for u in range(units):
                c = candidates[n, t + 1, u]
                kept = (c > high[n, u]) == (c < low[n, u])
                later = to_candidates[n, t + 1, u] if kept else _ZERO
                to_candidates[n, t, u] = gradient[n, t, u] + later
        to_high[n] = _ZERO
        to_low[n] = _ZERO
        for t in range(length):
            began, earlier = (_ONE, t - 1) if t else (_ZERO, t)
            for u in range(units):
                rise = _slope(candidates[n, t, u] - high[n, u])
                changed = _ONE - began * states[n, earlier, u]
                to_high[n, u] -= to_candidates[n, t, u] * rise * changed
        for t in range(length):
            began, earlier = (_ONE, t - 1) if t else (_ZERO, t)
            for u in range(units):
                fall = _slope(low[n, u] - candidates[n, t, u])
                changed = off - began * states[n, earlier, u]
                to_low[n, u] += to_candidates[n, t, u] * fall * changed
        for t in range(length):
            began, earlier = (_ONE, t - 1) if t else (_ZERO, t)
            for u in range(units):
                c, before = candidates[n, t, u], began * states[n, earlier, u]
                rise = _slope(c - high[n, u]) * (_ONE - before)
                to_candidates[n, t, u] *= rise - _slope(low[n, u] - c) * (off - before)


@_compiled
def linear(decays: Array, values: Array, states: Array) -> None:
    """state_t = decay_t state_{t-1} + value_t.

    Args:
        decays: real or complex, [N or 1, T or 1, units]; 1 for the same everywhere.
        values: of the same dtype, [N, T, units].
        states: for the result.
    """
    count, length, units = values.shape
    rows, steps = decays.shape[:2]
    for n in range(count):
        states[n, 0] = values[n, 0]
        for t in range(1, length):
            row, step = n % rows, t % steps
            for u in range(units):
                state = decays[row, step, u] * states[n, t - 1, u] + values[n, t, u]
                counts = abs(state.real) > _NOTHING or abs(state.imag) > _NOTHING
                states[n, t, u] = state if counts else _ZERO


@_compiled
def linear_gradient(
    decays: Array, states: Array, gradient: Array, to_decays: Array, to_values: Array
) -> None:
    """Gradients of `linear`.

    Args:
        decays: as `linear` had them.
        states: what it gave.
        gradient: to the states, [N, T, units].
        to_decays: for the result, [N, as many steps as decays has, units].
        to_values: for the result, [N, T, units].
    """
    count, length, units = states.shape
    rows, steps = decays.shape[:2]
    for n in range(count):
        to_values[n, length - 1] = gradient[n, length - 1]
        for back in range(1, length):
            t = length - 1 - back
            row, step = n % rows, (t + 1) % steps
            for u in range(units):
                later = np.conj(decays[row, step, u]) * to_values[n, t + 1, u]
                total = gradient[n, t, u] + later
                counts = abs(total.real) > _NOTHING or abs(total.imag) > _NOTHING
                to_values[n, t, u] = total if counts else _ZERO
        to_decays[n] = _ZERO
        for t in range(1, length):
            step = t % steps
            for u in range(units):
                to_decays[n, step, u] += to_values[n, t, u] * np.conj(states[n, t - 1, u])
