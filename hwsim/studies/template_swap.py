"""A compiled network with another template in the place of one kind; all else stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hwsim.characterization.grid import NOMINAL
from hwsim.chips.datasheets import UNMEASURED, datasheets_of
from hwsim.chips.devices import ChipDevice, chip_devices
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.export import Export
from hwsim.circuits.limits import design_limits
from hwsim.circuits.template import Template
from hwsim.design.design import Design, Measured
from hwsim.design.rules import check_design
from hwsim.engines.supply_figures import SUPPLY_FIGURES
from hwsim.foundation.errors import InputError

BEYOND_NETWORK = ("retention", "function_drawn")
"""Figures of a whole datasheet that no network at nominal conditions follows from."""


@dataclass(frozen=True, slots=True)
class Swap:
    """A network with a template in the place of its kind.

    Attributes:
        template: the circuit.
        design: of the export, with the template's name and figures.
        circuits: of the export, with the template.
        datasheets: by kind.
    """

    template: Template
    design: Design
    circuits: CircuitSet
    datasheets: Mapping[str, Datasheet]

    @property
    def sheet(self) -> Datasheet:
        """Of the template."""
        return self.datasheets[self.template.kind]


@dataclass(frozen=True, slots=True)
class Census:
    """What a chip is made of.

    Attributes:
        area: m2, of the gates of all circuits of the kind.
        transistors: of all circuits of the kind; parallel units count as one.
        chip_area: m2, of all gates but those of the clock, which is outside.
        chip_transistors: of the chip.
    """

    area: float
    transistors: int
    chip_area: float
    chip_transistors: int


def require_swappable(export: Export, template: Template) -> None:
    """Refuse a template that has no place in a network, before anything is measured.

    Raises:
        InputError: a kind that the network does not use, that has no datasheet, or mirrors of
            another unit transistor than the other circuits were measured with.
    """
    kind = template.kind
    if kind not in export.circuits.templates:
        used = ", ".join(sorted(set(export.circuits.templates) - set(UNMEASURED)))
        raise InputError(
            f"{export.design.name} has no {kind}, which {template.name} is",
            where=str(export.folder),
            hint=f"it has {used}",
        )
    if kind in UNMEASURED:
        raise InputError(f"{template.name} is a {kind}, which has no datasheet to compare")
    ours, own = export.circuits.templates["mirror"].unit_transistor, template.unit_transistor
    if kind == "mirror" and own != ours:
        raise InputError(
            f"{template.name} has another unit_transistor than the mirrors of the network",
            where=template.place("unit_transistor"),
            hint="it is the size of every mirror; the cells would have to be measured with it",
        )


def is_nominal(design: Design) -> bool:
    """Whether a network runs where the nominal figures of datasheets are measured."""
    asked = design.operating.supply_voltage, design.operating.unit_current
    return asked == (NOMINAL.supply_voltage, NOMINAL.unit_current)


def swap(export: Export, template: Template, sheet: Datasheet) -> Swap:
    """Put a template into the place of its kind.

    Nothing is compiled again: numbers of unit transistors, thresholds, step and unit current stay
    those of the export.

    Args:
        export: the network.
        template: of a kind that the network uses.
        sheet: of the template, on the technology of the network.

    Raises:
        InputError: another template of the network was never measured.
    """
    kind, design, circuits = template.kind, export.design, export.circuits
    others = {name: each for name, each in circuits.templates.items() if name != kind}
    measured = dict(design.measured)
    if kind in measured:
        content = sheet.provenance.content
        measured[kind] = Measured(template=template.name, datasheet=content, figures=sheet.nominal)
    names = {**design.templates, kind: template.name}
    return Swap(
        template=template,
        design=design.model_copy(update={"templates": names, "measured": measured}),
        circuits=replace(circuits, templates={**others, kind: template}),
        datasheets={**datasheets_of(replace(circuits, templates=others)), kind: sheet},
    )


def failures(swapped: Swap) -> tuple[str, ...]:
    """Why a network with this template does not work; empty where it does."""
    found = tuple(_broken(swapped.sheet))
    if found:
        return found
    findings = check_design(swapped.design, design_limits(swapped.circuits.technology))
    return tuple(f"{each.rule}: {each.message}" for each in findings if each.severity == "error")


def _broken(sheet: Datasheet) -> Iterator[str]:
    """What the circuit alone does not do."""
    for name, reason in sheet.absent.items():
        if name not in BEYOND_NETWORK:
            yield f"no {name}: {reason}"
    for name in SUPPLY_FIGURES.get(sheet.kind, ()):
        if name not in sheet.nominal and name not in sheet.absent:
            yield f"no {name}"
    function = sheet.nominal.get("function", 1.0)
    if function < 1.0:
        yield f"function: right in {function:.0%} of a sequence, where it has to be in all of it"


def census(swapped: Swap) -> Census:
    """Count the transistors of a chip and add up their gates, with the sizes of each instance."""
    everything = {
        kind: each.model_copy(update={"mismatch": ("*",)})
        for kind, each in swapped.circuits.templates.items()
    }
    devices = chip_devices(swapped.design, replace(swapped.circuits, templates=everything))
    ours = [each for each in devices if each.kind == swapped.template.kind]
    return Census(_area(ours), len(ours), _area(devices), len(devices))


def _area(devices: list[ChipDevice] | tuple[ChipDevice, ...]) -> float:
    return sum(each.width * each.length * each.units for each in devices)
