"""The power of a network in two parts: what makes it recurrent, and what feeds it forward."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hwsim.design.design import Design
from hwsim.studies.power import Power

STATE = ("memory", "outputs", "switching")
"""Groups of a stage of cells that hold its state, put it out and change it."""

RECURRENT = ("comparators", *STATE)
"""Groups of a stage of cells that are the cells themselves; its mirrors are a row of weights."""


@dataclass(frozen=True, slots=True)
class SplitPower:
    """Power of a network, W.

    Attributes:
        recurrent: of the cells: comparators, what holds a state, their level currents.
        state: the part of `recurrent` without the comparators, which take the candidates.
        feedforward: of everything else: mirrors, splitters, biases, leakage.
        square: the part of `feedforward` in stages with as many inputs as outputs, d x d: the rows
            of candidates and of the sums behind the cells.
    """

    recurrent: float
    state: float
    feedforward: float
    square: float

    @property
    def total(self) -> float:
        """W."""
        return self.recurrent + self.feedforward


def split_power(design: Design, power: Power) -> SplitPower:
    """Split the power of a trace of the behavioural engine.

    Args:
        design: the network.
        power: with its groups of devices.
    """
    cells = {stage.name for stage in design.cells}
    sums = {
        stage.name
        for stage in design.stages
        if any(each.source in cells for each in stage.connections)
    }
    recurrent = _groups(power, cells, RECURRENT)
    within = sum(sum(power.by_part_and_group[part].values()) for part in cells | sums)
    return SplitPower(
        recurrent=recurrent,
        state=_groups(power, cells, STATE),
        feedforward=sum(power.by_group.values()) - recurrent,
        square=within - recurrent,
    )


def _groups(power: Power, parts: Collection[str], groups: Collection[str]) -> float:
    return sum(power.by_part_and_group[p].get(group, 0.0) for p in parts for group in groups)
