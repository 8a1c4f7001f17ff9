"""Points of a design space, and which of them are no chips: broken rules, cells that are late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hwsim.characterization.grid import NOMINAL
from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.limits import design_limits
from hwsim.design.rules import check_design
from hwsim.foundation.quantities import format_quantity
from hwsim.studies.explore.switching import Switching, slowest_decision
from hwsim.studies.sweep.build import Build
from hwsim.studies.sweep.material import Material
from hwsim.studies.sweep.point import Point

LATE = "too slow"
"""First words of the reason of a point whose cells do not decide within a step."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A point of a design space.

    Attributes:
        index: its number; 0 is the export.
        point: where it is.
        switching: its slowest decision.
        refusal: why it is not run; None for a chip that can work.
    """

    index: int
    point: Point
    switching: Switching
    refusal: str | None


def candidates(
    points: Sequence[Point],
    material: Material,
    datasheets: Mapping[Build, Mapping[str, Datasheet]],
    overdrive: float,
) -> tuple[Candidate, ...]:
    """Look at every point without running it.

    Args:
        points: the first is that of the export.
        material: the networks of all points.
        datasheets: of their templates, by build and kind.
        overdrive: excess over its threshold at which a candidate has to be decided in time.

    Raises:
        InputError: conditions that were not measured.
    """
    broken, deciding = _rules(material), _switching(material, datasheets, overdrive)
    found = []
    for index, point in enumerate(points):
        switching = deciding(point)
        if not switching.is_fast_enough:
            refusal: str | None = _late(switching, overdrive)
        else:
            refusal = broken(point.build, point.unit_current, point.step)
        found.append(Candidate(index, point, switching, refusal))
    return tuple(found)


def _late(switching: Switching, overdrive: float) -> str:
    time, window = (format_quantity(each, "s") for each in (switching.time, switching.window))
    return f"{LATE}: {overdrive:.0%} beyond a threshold takes {time}, the step leaves {window}"


def _switching(
    material: Material,
    datasheets: Mapping[Build, Mapping[str, Datasheet]],
    overdrive: float,
) -> Callable[[Point], Switching]:
    """The slowest decision at a point: its window alone follows the step."""

    @cache
    def at_own_step(build: Build, vdd: float, unit_current: float) -> Switching:
        operating = material.networks[build].design.operating
        there = operating.model_copy(update={"unit_current": unit_current})
        design = material.networks[build].design.model_copy(update={"operating": there})
        nominal = NOMINAL.conditions
        at = nominal.model_copy(update={"supply_voltage": vdd, "unit_current": unit_current})
        return slowest_decision(design, datasheets[build], at, overdrive)

    def deciding(point: Point) -> Switching:
        found = at_own_step(point.build, point.vdd, point.unit_current)
        own = material.networks[point.build].design.operating.step
        return Switching(found.time, found.window * point.step / own)

    return deciding


def _rules(material: Material) -> Callable[[Build, float, float], str | None]:
    """The first design rule that is broken; no rule knows the supply voltage."""

    @cache
    def broken(build: Build, unit_current: float, step: float) -> str | None:
        network = material.networks[build]
        change = {"unit_current": unit_current, "step": step}
        operating = network.design.operating.model_copy(update=change)
        design = network.design.model_copy(update={"operating": operating})
        for finding in check_design(design, design_limits(network.circuits.technology)):
            if finding.severity == "error":
                return f"{finding.rule}: {finding.message}"
        return None

    return broken
