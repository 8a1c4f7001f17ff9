"""Power and energy of an inference, by part of the chip, from the supply currents of a trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hwsim.design.design import Design
from hwsim.engines.trace import Floats, Trace
from hwsim.foundation.errors import InputError


@dataclass(frozen=True, slots=True)
class Power:
    """Mean power over the valid steps of a trace.

    Attributes:
        engine: where the currents come from.
        total: W, from the supply; clock drivers and input sources are not in it.
        by_part: W, of the reference and each stage.
        per_cell: W, of a stage of cells over its number of cells, by stage.
        energy_per_step: J.
        energy_per_inference: J, mean over sequences.
        by_group: W, by group of devices (`hwsim.engines.supply_groups.Group`), which add up to
            `total`; empty for traces of ngspice, whose supplies are metered by part alone.
        by_part_and_group: W, the same of each part.
        by_step: W, at each step of a recording, mean of the recordings that last so long.
        clock: W, of the clock drivers, beside `total`; None where nobody knows it.
    """

    engine: str
    total: float
    by_part: Mapping[str, float]
    per_cell: Mapping[str, float]
    energy_per_step: float
    energy_per_inference: float
    by_group: Mapping[str, float] = field(default_factory=dict)
    by_part_and_group: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    by_step: tuple[float, ...] = ()
    clock: float | None = None


def measure_power(design: Design, trace: Trace) -> Power:
    """Power of a trace.

    Raises:
        InputError: a trace without supply currents, as the ideal engine makes.
    """
    if not trace.supply_current:
        raise InputError(f"the {trace.engine} engine knows no supply current")
    voltage = design.operating.supply_voltage
    mask = trace.mask
    parts = {
        part: float(voltage * current[mask].mean())
        for part, current in trace.supply_current.items()
    }
    total = sum(parts.values())
    groups = {
        part: {group: float(voltage * current[mask].mean()) for group, current in each.items()}
        for part, each in trace.supply_groups.items()
    }
    inference = trace.supply_power(voltage) * trace.lengths * trace.step
    return Power(
        engine=trace.engine,
        total=total,
        by_part=parts,
        per_cell={stage.name: parts[stage.name] / stage.size for stage in design.cells},
        energy_per_step=total * trace.step,
        energy_per_inference=float(np.mean(inference)),
        by_group=_added(groups.values()),
        by_part_and_group=groups,
        by_step=tuple(float(watts) for watts in voltage * _by_step(trace)),
        clock=None if trace.clock_energy is None else trace.clock_energy / trace.step,
    )


def _by_step(trace: Trace) -> Floats:
    """Mean supply current at each step, A, [step]."""
    mask = trace.mask
    current = np.where(mask, sum(trace.supply_current.values()), 0.0)
    longest = int(trace.lengths.max())
    return np.asarray(current.sum(axis=0)[:longest] / mask.sum(axis=0)[:longest])


def _added(groups: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Sums by group, the largest first."""
    total: dict[str, float] = {}
    for each in groups:
        for group, watts in each.items():
            total[group] = total.get(group, 0.0) + watts
    return dict(sorted(total.items(), key=lambda item: -item[1]))
