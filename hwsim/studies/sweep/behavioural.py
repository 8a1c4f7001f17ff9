"""Jobs on the behavioural engine: the chips of a block as their datasheets describe them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.population import Population
from hwsim.circuits.datasheet import Datasheet, datasheet_json
from hwsim.engines.arrays import arrays_on
from hwsim.engines.chip_model import chip_model
from hwsim.engines.chip_runs import run_chips
from hwsim.engines.effects import Effects
from hwsim.foundation.files import content_hash
from hwsim.studies.sweep.build import Build
from hwsim.studies.sweep.job import ChipRows, Job
from hwsim.studies.sweep.material import Material
from hwsim.studies.sweep.point import Point

BLOCK = 20
"""Chips of a job: seconds of work, so that little is lost and the rest costs little."""

_AXES = ("temperature", "vdd", "unit_current")
"""Fields whose range a datasheet knows."""


@dataclass(frozen=True, slots=True, eq=False)
class BehaviouralEvaluator:
    """Runs jobs on the behavioural engine, each on one thread.

    Attributes:
        material: what to run.
        datasheets: of its templates, by build and kind.
        device: that computes, see `hwsim.engines.arrays.arrays_on`.
    """

    material: Material
    datasheets: Mapping[Build, Mapping[str, Datasheet]]
    device: str = "numpy"

    @classmethod
    def of(cls, material: Material, device: str = "numpy") -> BehaviouralEvaluator:
        """With the datasheets that ship or were measured.

        Raises:
            InputError: a template that was never measured, or no such device.
        """
        arrays_on(device)
        circuits = {build.template: each.circuits for build, each in material.networks.items()}
        found = {template: datasheets_of(each) for template, each in circuits.items()}
        return cls(material, {each: found[each.template] for each in material.networks}, device)

    @property
    def block(self) -> int:
        """Chips of a job."""
        return BLOCK

    @property
    def subject(self) -> Mapping[str, str]:
        """See `Evaluator.subject`."""
        sheets = [
            datasheet_json(sheet).encode()
            for _, found in sorted(self.datasheets.items())
            for _, sheet in sorted(found.items())
        ]
        return {
            "engine": "behavioural",
            "device": self.device,
            "datasheets": content_hash(*sheets),
            **self.material.hashes(),
        }

    def check(self, points: Sequence[Point]) -> None:
        """Refuse conditions that were not measured.

        Raises:
            InputError: with the range that was.
        """
        for point in _extremes(points):
            chip_model(
                self.material.design(point),
                self.material.circuits(point),
                conditions=point.conditions,
                effects=_effects(point),
                datasheets=self.datasheets[point.build],
            )

    def __call__(self, job: Job) -> ChipRows:
        """See `Evaluator`.

        Raises:
            InputError: conditions that were not measured.
        """
        found = run_chips(
            self.material.design(job.point),
            self.material.sequences,
            self.material.circuits(job.point),
            Population(job.seed, job.count, first=job.first, mismatch_scale=job.point.mismatch),
            conditions=job.point.conditions,
            effects=_effects(job.point),
            datasheets=self.datasheets[job.point.build],
            arrays=arrays_on(self.device),
            workers=1,
            reference=self.material.reference(job.point),
        )
        right = found.decisions == self.material.labels
        return ChipRows(
            accuracy=tuple(np.mean(right, axis=1).tolist()),
            state_agreement=tuple(found.state_agreement.tolist()),
            power=tuple(found.supply_power.tolist()),
        )


def _effects(point: Point) -> Effects:
    return Effects(step_noise=point.noise, input_noise=point.input_noise)


def _extremes(points: Sequence[Point]) -> Iterator[Point]:
    """Points between which, at each corner and template, all others lie.

    Datasheets cover ranges.
    """
    kinds: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        kinds.setdefault((point.corner, point.template), []).append(point)
    for there in kinds.values():
        chosen = (
            choose(there, key=lambda point: float(getattr(point, axis)))
            for axis in _AXES
            for choose in (min, max)
        )
        yield from dict.fromkeys(chosen)
