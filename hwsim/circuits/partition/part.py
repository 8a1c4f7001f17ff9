"""Parts of a network, in an order in which each finds what it reads already computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.design.wiring import REFERENCE, row_mirrors
from hwsim.foundation.errors import InputError

Partition = Literal["cell", "stage", "none"]
"""What one deck holds: a few units of a stage, a stage, or the network."""

GROUP = 8
"""Units that share a deck: what every deck costs by itself is spread over them, and each solves
only the events of its own cells. Part of what a result follows from, so never that of a machine."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """Units of one stage, with their rows and their lines.

    Attributes:
        stage: their stage.
        units: their indices, consecutive.
    """

    stage: str
    units: tuple[int, ...]

    @property
    def name(self) -> str:
        """For people: ``cells_1[0-7]``."""
        if self == REFERENCE_PART:
            return REFERENCE
        first, last = self.units[0], self.units[-1]
        return f"{self.stage}[{first}]" if first == last else f"{self.stage}[{first}-{last}]"


REFERENCE_PART = Part(REFERENCE, ())
"""Bias lines, and lines that the units of a stage share: every other part reads them."""


def parts_of(design: Design, partition: Partition) -> tuple[Part, ...]:
    """Cut a network.

    Args:
        design: the network.
        partition: ``cell`` or ``stage``; ``none`` has no parts.

    Returns:
        The reference and the parts, each behind those whose lines it reads.

    Raises:
        InputError: parts that read each other in a loop.
    """
    if partition == "none":
        return ()
    found = [REFERENCE_PART]
    for stage in design.stages:
        size = GROUP if partition == "cell" else stage.size
        units = tuple(range(stage.size))
        found += [Part(stage.name, units[at : at + size]) for at in range(0, stage.size, size)]
    return in_order(design, found)


def in_order(design: Design, found: Sequence[Part]) -> tuple[Part, ...]:
    """Parts sorted so that signals go forward.

    Raises:
        InputError: they cannot be; the parts of one loop are named.
    """
    graph = sources(design, found)
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        loop = " -> ".join(part.name for part in error.args[1])
        raise InputError(
            f"the network cannot be simulated part by part: {loop} is a loop",
            where=f"design {design.name}",
            hint="recurrence must lie inside the cells",
        ) from None


def sources(design: Design, found: Sequence[Part]) -> Mapping[Part, tuple[Part, ...]]:
    """The parts whose lines each part reads."""
    holder = {(part.stage, unit): part for part in found for unit in part.units}
    stages = {stage.name: stage for stage in design.stages}
    graph: dict[Part, tuple[Part, ...]] = {REFERENCE_PART: ()}
    for part in found:
        if part != REFERENCE_PART:
            read = {holder[unit] for unit in _read_units(design, stages, part)}
            graph[part] = (REFERENCE_PART, *sorted(read))
    return graph


def _read_units(design: Design, stages: Mapping[str, Stage], part: Part) -> set[tuple[str, int]]:
    """Units whose lines the rows of a part copy; stages share their keep-alive replica."""
    return {
        (mirror.line.stage, mirror.line.unit)
        for unit in part.units
        for mirror in row_mirrors(design, stages[part.stage], unit)
        if mirror.line.part in ("plus", "minus")
    }
