"""Pareto fronts against points drawn by hand and against the definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.studies.explore.front import front_ranks, on_front

#   merit
#   5 |           D
#   4 |       C       F
#   3 |   B       E
#   2 |       G
#   1 | A             H
#     +-----------------
#       1 2 3 4 5 6 7    cost
COST = [1, 2, 3, 6, 5, 7, 3, 7]
MERIT = [1, 3, 4, 5, 3, 4, 2, 1]
RANKS = [0, 0, 0, 0, 1, 1, 1, 2]


def test_the_front_of_points_drawn_by_hand():
    assert on_front(COST, MERIT).tolist() == [rank == 0 for rank in RANKS]


def test_fronts_behind_the_front():
    assert front_ranks(COST, MERIT).tolist() == RANKS


def test_equal_points_are_on_the_front_together():
    assert on_front([2, 2, 2, 3], [5, 5, 4, 5]).tolist() == [True, True, False, False]


def test_one_point_and_none():
    assert on_front([1], [1]).tolist() == [True]
    assert on_front([], []).tolist() == []
    assert front_ranks([], []).tolist() == []


def dominates(one, other):
    return one[0] <= other[0] and one[1] >= other[1] and one != other


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30))
def test_the_front_is_what_nothing_dominates(points):
    cost = [point[0] for point in points]
    merit = [point[1] for point in points]
    expected = [not any(dominates(other, point) for other in points) for point in points]
    assert on_front(cost, merit).tolist() == expected
    ranks = front_ranks(cost, merit)
    for place, rank in enumerate(ranks):
        before = [points[other] for other in np.flatnonzero(ranks == rank - 1)]
        assert rank == 0 or any(dominates(other, points[place]) for other in before)
