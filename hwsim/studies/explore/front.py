"""Pareto fronts: points that no other point beats in both cost and merit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Mask = NDArray[np.bool_]


def on_front(cost: ArrayLike, merit: ArrayLike) -> Mask:
    """Which points no other one dominates.

    A point dominates another where it costs no more, is worth no less, and differs in one of the
    two (V. Pareto; K. Deb, Multi-Objective Optimization, 2001, section 2.4). Equal points are
    both on the front.

    Args:
        cost: less is better, [point].
        merit: more is better, [point].

    Returns:
        [point].
    """
    costs, merits = np.asarray(cost, dtype=np.float64), np.asarray(merit, dtype=np.float64)
    front = np.zeros(len(costs), dtype=np.bool_)
    order = np.lexsort((-merits, costs))
    best, cost_of_best = -np.inf, -np.inf
    for place in order:
        if merits[place] > best:
            best, cost_of_best = merits[place], costs[place]
            front[place] = True
        elif merits[place] == best and costs[place] == cost_of_best:
            front[place] = True
    return front


def front_ranks(cost: ArrayLike, merit: ArrayLike) -> NDArray[np.int64]:
    """How many fronts lie before each point: 0 on the front, 1 on that of all others, and so on.

    Args:
        cost: less is better, [point].
        merit: more is better, [point].
    """
    costs, merits = np.asarray(cost, dtype=np.float64), np.asarray(merit, dtype=np.float64)
    ranks = np.full(len(costs), -1, dtype=np.int64)
    rank = 0
    while (left := np.flatnonzero(ranks < 0)).size:
        ranks[left[on_front(costs[left], merits[left])]] = rank
        rank += 1
    return ranks
