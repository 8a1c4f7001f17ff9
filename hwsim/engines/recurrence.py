"""Cells step by step over chips, samples and units at once, on arrays of any library.

What the cells do is defined in `hwsim.cells`; this is the same laid out for many chips: comparisons
of a whole tile first, then one small loop over the steps in int8. Noise is drawn only where it can
matter, within its largest value of a trip point, which changes no result.
"""

from __future__ import annotations

import array_api_compat

from hwsim.engines.arrays import Array
from hwsim.engines.step_noise import LARGEST, StepNoise, standard_normals

LARGEST_HALF_RANGE = 126
"""Levels and one step beyond them fit into int8."""


def run_ladder(
    candidate: Array, upper: Array, lower: Array, half_range: int, noise: StepNoise | None = None
) -> Array:
    """Levels of saturating CMRU ladders from reset (`hwsim.cells.saturating_cmru`).

    Args:
        candidate: sum currents, float64 [step, chip, sample, unit].
        upper: a ladder steps up above it, [chip, unit], in the unit of the candidates.
        lower: a ladder steps down below it, [chip, unit]; negative.
        half_range: K, levels on each side of zero.
        noise: of the candidates; None for none.

    Returns:
        The level after each step, int8 [step, chip, sample, unit].
    """
    xp = array_api_compat.array_namespace(candidate)
    require_half_range(half_range)
    above, below = _crossings(candidate, upper, lower, noise)
    levels = xp.astype(above, xp.int8) - xp.astype(below, xp.int8)
    level = xp.zeros_like(levels[0, ...])
    for step in range(levels.shape[0]):
        level = (level + levels[step, ...]).clip(-half_range, half_range)
        levels[step, ...] = level
    return levels


def run_comparator(
    candidate: Array, upper: Array, lower: Array, noise: StepNoise | None = None
) -> Array:
    """States of FQ-BMRU comparators from reset (`hwsim.cells.fq_bmru`).

    Args:
        candidate: sum currents before the rectifier, float64 [step, chip, sample, unit].
        upper: a comparator sets above it, [chip, unit], in the unit of the candidates.
        lower: a comparator clears below it, [chip, unit].
        noise: of the candidates, before the rectifier; None for none.

    Returns:
        1 (on) or 0 (off) after each step, int8 [step, chip, sample, unit].
    """
    xp = array_api_compat.array_namespace(candidate)
    above, below = _crossings(candidate, *rectified_trip_points(upper, lower), noise)
    held = ~below
    states = xp.zeros(candidate.shape, dtype=xp.int8, device=array_api_compat.device(candidate))
    state = above[0, ...]
    states[0, ...] = state
    for step in range(1, states.shape[0]):
        state = above[step, ...] | (state & held[step, ...])
        states[step, ...] = state
    return states


def level_currents(levels: Array, table: Array) -> Array:
    """Currents that cells put out at their levels.

    Args:
        levels: from `run_ladder` or `run_comparator`, [step, chip, sample, unit].
        table: current of each level, float64: [chip, unit, 2K+1] from level -K up for ladders,
            [chip, unit, 2] for comparators.

    Returns:
        Currents in the unit of the table, [step, chip, sample, unit].
    """
    xp = array_api_compat.array_namespace(levels, table)
    chips, units, columns = table.shape
    rows = xp.arange(chips * units, device=array_api_compat.device(table)) * columns
    start = xp.reshape(rows, (1, chips, 1, units)) + column_of_zero(columns)
    places = xp.reshape(xp.astype(levels, xp.int64) + start, (-1,))
    return xp.reshape(xp.take(xp.reshape(table, (-1,)), places), levels.shape)


def column_of_zero(columns: int) -> int:
    """Column of level 0 in a table of levels: the middle one of a ladder, the first of two."""
    return (columns - 1) // 2


def require_half_range(half_range: int) -> None:
    """Refuse ladders whose levels int8 does not hold.

    Raises:
        ValueError: the half range is too large or not positive.
    """
    if not 1 <= half_range <= LARGEST_HALF_RANGE:
        raise ValueError(f"half range {half_range} is not within 1 to {LARGEST_HALF_RANGE}")


def rectified_trip_points(upper: Array, lower: Array) -> tuple[Array, Array]:
    """Trip points at which a signed candidate does what its rectified one does at those given.

    A rectified candidate is never below zero: it always is above a negative trip point, and never
    below one that is zero or negative.
    """
    xp = array_api_compat.array_namespace(upper, lower)
    never = xp.full_like(lower, -float("inf"))
    return xp.where(upper < 0, never, upper), xp.where(lower <= 0, never, lower)


def noise_reach(rms: Array) -> Array:
    """Distance from a trip point beyond which noise decides nothing, with room for rounding."""
    return 1.01 * LARGEST * rms


def _crossings(
    candidate: Array, upper: Array, lower: Array, noise: StepNoise | None
) -> tuple[Array, Array]:
    """Where the candidate with its noise is above the upper, below the lower trip point."""
    xp = array_api_compat.array_namespace(candidate)
    over = candidate - upper[:, None, :]
    under = candidate - lower[:, None, :]
    above, below = over > 0.0, under < 0.0
    if noise is None:
        return above, below
    reach = noise_reach(noise.rms)[:, None, :]
    places = xp.nonzero((xp.abs(over) < reach) | (xp.abs(under) < reach))
    step, chip, sample, unit = places
    normals = standard_normals(noise.keys[chip, sample], step * candidate.shape[-1] + unit)
    noisy = candidate[places] + noise.rms[chip, unit] * normals
    above[places] = noisy > upper[chip, unit]
    below[places] = noisy < lower[chip, unit]
    return above, below
