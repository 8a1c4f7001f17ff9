"""Groups of devices that the supply current of a chip is split into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

import numpy as np

from hwsim.engines.trace import Floats

Group = Literal[
    "mirrors",
    "diodes",
    "comparators",
    "memory",
    "outputs",
    "bias",
    "leakage",
    "switching",
]
"""Who draws a current:

- ``mirrors``: sources on lines of signals, into summing nodes;
- ``diodes``: P diodes of splitters, and turn-arounds of lines from one polarity to the other;
- ``comparators``: what compares a candidate with a threshold, its rectifier or splitter included;
- ``memory``: what holds a state: the feedback of comparators, the shared level current of ladders;
- ``outputs``: level currents that cells put out;
- ``bias``: the unit current and its mirrors, and currents that keep lines alive;
- ``leakage``: what mirrors carry beyond the current of their diodes, and cells when they rest;
- ``switching``: charges of ladders that step.
"""

GROUPS: tuple[Group, ...] = get_args(Group)

Groups: TypeAlias = dict[Group, Floats]
"""Currents by group."""


def total_of(groups: Mapping[Group, Floats]) -> Floats:
    """Sum over the groups."""
    return np.asarray(sum(groups.values()))
