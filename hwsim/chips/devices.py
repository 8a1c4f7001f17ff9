"""Every transistor of a chip that differs from its equals: where it lies and how large it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hwsim.chips.expressions import evaluate
from hwsim.chips.instances import Instance, StageInstances, reference_instance
from hwsim.chips.transistors import TemplateTransistors, Transistor
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.mismatch import DeviceType
from hwsim.circuits.technology import Technology
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell
from hwsim.design.wiring import needed_ends
from hwsim.foundation.errors import InputError


@dataclass(frozen=True, slots=True)
class ChipDevice:
    """A transistor of a chip.

    Attributes:
        path: in ngspice, ``xnetwork.xhidden.xrow0_input0_plus.xmirror``.
        type: ``nfet`` or ``pfet``.
        width: m, drawn, of one of the parallel transistors.
        length: m, drawn.
        units: parallel transistors, each with its own deviation: ``sigma / sqrt(units)``.
        instance: path of the instance of a template that it is in.
        kind: of the template.
        name: of the transistor in the template's datasheet: ``source.xmirror``.
    """

    path: str
    type: DeviceType
    width: float
    length: float
    units: float
    instance: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ChipCircuit:
    """The instances of a network and the transistors in them.

    Attributes:
        reference: the bias.
        stages: instances by stage.
        texts: transistors of the templates, by kind.
        technology: of the transistors.
    """

    reference: Instance
    stages: Mapping[str, StageInstances]
    texts: Mapping[str, TemplateTransistors]
    technology: Technology

    @classmethod
    def of(cls, design: Design, circuits: CircuitSet) -> ChipCircuit:
        """The circuit of a design.

        Raises:
            InputError: templates that cannot be read, or do not fit the design.
        """
        needed = needed_ends(design)
        shared = _unit_transistor(circuits)
        return cls(
            reference=reference_instance(design, circuits),
            stages={
                stage.name: StageInstances(design, stage, circuits, needed)
                for stage in design.stages
            },
            texts={
                kind: TemplateTransistors.read(template, shared, _variables(design, kind))
                for kind, template in circuits.templates.items()
                if kind != "clock"
            },
            technology=circuits.technology,
        )

    def transistors(self, instance: Instance) -> tuple[Transistor, ...]:
        """Those of an instance that are open to mismatch."""
        return self.texts[instance.kind].of(instance.part, instance.parameters)

    def devices(self) -> Iterator[ChipDevice]:
        """Every transistor open to mismatch, in the order of the netlist."""
        yield from self._devices(self.reference)
        for stage in self.stages.values():
            for instance in stage.all():
                yield from self._devices(instance)

    def _devices(self, instance: Instance) -> Iterator[ChipDevice]:
        for each in self.transistors(instance):
            yield ChipDevice(
                path=f"{instance.path}.{each.path}",
                type=each.type,
                width=each.width,
                length=each.length,
                units=each.units,
                instance=instance.path,
                kind=instance.kind,
                name=each.name,
            )


def chip_devices(design: Design, circuits: CircuitSet) -> tuple[ChipDevice, ...]:
    """Every transistor of a chip that is open to mismatch, in the order of the netlist.

    Args:
        design: the network.
        circuits: its technology and templates; their ``mismatch`` says which transistors count.

    Raises:
        InputError: templates that cannot be read, or do not fit the design.
    """
    return tuple(ChipCircuit.of(design, circuits).devices())


def device_spreads(
    devices: Iterable[ChipDevice], technology: Technology
) -> Mapping[str, tuple[float, float]]:
    """Standard deviations of devices after Pelgrom, by path.

    Args:
        devices: of a chip.
        technology: has the constants.

    Returns:
        Of the threshold voltage, V, and of the relative current factor.
    """
    found = {}
    for each in devices:
        spread = technology.mismatch.spread(each.type, each.width, each.length, round(each.units))
        found[each.path] = (spread.vth, spread.beta)
    return found


def _unit_transistor(circuits: CircuitSet) -> Mapping[str, float]:
    mirror = circuits.templates["mirror"]
    unit = mirror.unit_transistor
    if unit is None:
        raise InputError("names no unit_transistor", where=str(mirror.description_file))
    return {
        "w_unit": evaluate(unit.width.lower(), {}),
        "l_unit": evaluate(unit.length.lower(), {}),
    }


def _variables(design: Design, kind: str) -> Mapping[str, int]:
    ranges = {s.cell.half_range for s in design.stages if isinstance(s.cell, CmruCell)}
    if kind != "cmru" or not ranges:
        return {}
    if len(ranges) > 1:
        raise InputError("cells of different numbers of levels in one design")
    half_range = ranges.pop()
    return {"half_range": half_range, "stages": 2 * half_range}
