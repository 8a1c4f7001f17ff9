"""One operating point of a sweep."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from hwsim.circuits.technology import Technology
from hwsim.circuits.testbench import Conditions
from hwsim.design.design import Design
from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.build import Build, own_build
from hwsim.studies.sweep.parameters import PARAMETERS, Value, ranges


@dataclass(frozen=True, slots=True)
class Point:
    """Where and how chips are run.

    Attributes:
        mismatch: deviations of the devices as a multiple of the technology's own.
        noise: noise of a step as a multiple of the datasheet's.
        input_noise: rms noise of the input currents, unit currents.
        temperature: degrees Celsius.
        vdd: supply voltage, V.
        corner: process corner.
        bits: bits of a weight, sign included.
        unit_current: current that stands for 1.0, A.
        step: duration of a time step, s.
        levels_half: K of the ladders, levels on each side of zero; 0 for cells without.
        template: see `Build`.
    """

    mismatch: float
    noise: float
    input_noise: float
    temperature: float
    vdd: float
    corner: str
    bits: int
    unit_current: float
    step: float
    levels_half: int
    template: str

    @property
    def conditions(self) -> Conditions:
        """Corner and temperature."""
        return Conditions(self.corner, self.temperature)

    @property
    def build(self) -> Build:
        """What the network is compiled to."""
        return Build(self.bits, self.levels_half, self.template)

    def values(self) -> dict[str, Value]:
        """Field -> value, in the order of the fields."""
        return dataclasses.asdict(self)

    def changed(self, values: Mapping[str, Value]) -> Point:
        """This point with other values, by field."""
        return Point(**{**self.values(), **values})  # type: ignore[arg-type]

    def design(self, compiled: Design) -> Design:
        """A design of the build of this point at its supply, unit current and step."""
        operating = compiled.operating.model_copy(
            update={
                "supply_voltage": self.vdd,
                "unit_current": self.unit_current,
                "step": self.step,
            }
        )
        return compiled.model_copy(update={"operating": operating})

    def check(self, technology: Technology) -> None:
        """Refuse what the technology does not describe.

        Raises:
            InputError: an unknown corner or a value out of its range; NaN is in no range.
        """
        for name, allowed in ranges(technology).items():
            parameter = PARAMETERS[name]
            value: float = getattr(self, parameter.field)
            if value not in allowed:
                least, most = parameter.shown(allowed.least), parameter.shown(allowed.most)
                raise InputError(
                    f"{name} of {parameter.shown(value)} is out of range",
                    hint=f"{least} to {most} on {technology.name}",
                )
        self.conditions.check(technology)


def nominal_point(design: Design, *, noise: float) -> Point:
    """Where a design is run unless a sweep says otherwise.

    Args:
        design: as it was exported.
        noise: multiple of the datasheet's; an engine without noise has 0.
    """
    nominal, own = Conditions(), own_build(design)
    return Point(
        mismatch=1.0,
        noise=noise,
        input_noise=0.0,
        temperature=nominal.temperature,
        vdd=design.operating.supply_voltage,
        corner=nominal.corner,
        bits=own.bits,
        unit_current=design.operating.unit_current,
        step=design.operating.step,
        levels_half=own.levels_half,
        template=own.template,
    )
