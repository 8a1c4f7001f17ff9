"""How work on many chips is cut: tiles of chips and samples that stay in the cache, on threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

from hwsim.spice import core_count

Result = TypeVar("Result")

CELLS = 1 << 18
"""Cells times steps of a tile: two MiB of float64. Smaller ones cost calls, larger ones memory."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Some chips on some samples, as ranges of indices."""

    chips: slice
    samples: slice


def cut(
    chips: int, samples: int, cells: int, largest: int = CELLS, widest: int | None = None
) -> tuple[Tile, ...]:
    """Tiles that cover all chips on all samples, in order, chips outside.

    Args:
        chips: how many.
        samples: how many.
        cells: steps times units of the widest stage: what one chip computes on one sample.
        largest: cells of a tile, if one chip on one sample is not more; devices with thousands
            of cores want more than the cache of a processor.
        widest: samples of a tile at most; None for as many as it holds.
    """
    together = max(1, largest // cells)
    wide = _even(samples, min(together, widest or samples))
    tall = _even(chips, max(1, together // wide))
    return tuple(
        Tile(
            slice(chip, min(chip + tall, chips)),
            slice(sample, min(sample + wide, samples)),
        )
        for chip in range(0, chips, tall)
        for sample in range(0, samples, wide)
    )


def over_tiles(
    work: Callable[[Tile], Result], tiles: tuple[Tile, ...], workers: int | None = None
) -> Iterator[Result]:
    """Results of tiles in their order, computed by threads: array code waits for no interpreter.

    Args:
        work: called with each tile.
        tiles: from `cut`.
        workers: threads; None for one a core.
    """
    with ThreadPoolExecutor(workers or core_count()) as pool:
        yield from pool.map(work, tiles)


def _even(count: int, largest: int) -> int:
    """Size of the fewest pieces of nearly equal size that are not larger than `largest`."""
    return ceil(count / ceil(count / largest))
