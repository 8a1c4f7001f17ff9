"""Tiles cover every chip on every sample once, and are no larger than asked."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.engines.tiles import cut, over_tiles


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 40), st.integers(1, 4000))
def test_tiles_cover_everything_once(chips, samples, cells, largest):
    covered = np.zeros((chips, samples), dtype=int)
    for tile in cut(chips, samples, cells, largest):
        covered[tile.chips, tile.samples] += 1
        assert covered[tile.chips, tile.samples].size * cells <= max(largest, cells)
    assert (covered == 1).all()


def test_a_tile_is_a_part_of_the_samples_before_it_is_of_several_chips():
    assert [tile.samples for tile in cut(2, 500, 64 * 16)][:2] == [slice(0, 250), slice(250, 500)]
    assert [tile.chips for tile in cut(7, 10, 100, 4000)] == [slice(0, 4), slice(4, 7)]


@pytest.mark.parametrize("workers", [1, 3, None])
def test_results_come_in_the_order_of_the_tiles(workers):
    tiles = cut(40, 3, 10, 30)
    found = list(over_tiles(lambda tile: tile.chips.start, tiles, workers))
    assert found == sorted(found)
    assert len(found) == len(tiles)


def test_tiles_are_spread_over_threads():
    meeting = threading.Barrier(2, timeout=10)
    tiles = cut(2, 1, 10, 10)
    assert sorted(over_tiles(lambda _tile: meeting.wait(), tiles, workers=2)) == [0, 1]


def test_an_error_in_a_tile_is_raised():
    def fail(_tile):
        raise ArithmeticError("no such chip")

    with pytest.raises(ArithmeticError, match="no such chip"):
        list(over_tiles(fail, cut(3, 1, 1), workers=2))
