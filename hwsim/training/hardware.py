"""What a training knows of the hardware: mismatch, noise, quantisation, and a technology."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hwsim.circuits.circuit_set import choose_templates
from hwsim.circuits.export import DESIGN_FILE
from hwsim.design.options import CompileOptions
from hwsim.design.store import read_design
from hwsim.foundation.errors import InputError

LEAST_BITS, MOST_BITS = 2, 8
MOST_AT_ONCE = 1000
"""Chips that stand beside each other in memory, and steps that share a circuit."""
PREFIX = "hardware."
"""Of the names under which a recipe records it."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a training knows of the hardware.

    Every step runs its sequences on several drawn chips and learns from all of them; the state
    that is kept is the one with the best mean accuracy on fixed chips and the validation set.

    Args:
        technology: whose datasheets give chips, those of a circuit that is compiled from the
            network as it is; None for none.
        templates: circuit templates by kind, as `hwsim export --template` takes them.
        mismatch_scale: factor on the technology's standard deviations.
        mismatch: relative standard deviation of every weight, bias, step and threshold, each
            by itself, with a technology or without one.
        noise: standard deviation of the noise on every candidate of every step, over the rms
            candidate of that cell.
        clearance: distance from a threshold, over the rms candidate of that cell, within which a
            candidate costs. Unlike a margin, which is a fraction of the threshold, it cannot be
            had by a smaller threshold. None for no cost.
        clearance_weight: of that cost beside the cross-entropy.
        bits: of a weight, sign included, 2 to 8: weights, biases and thresholds are those of the
            compiled circuit, with gradients straight through the rounding; None for exact ones.
            Circuits of a technology without bits have 6.
        chips: drawn a step; each runs the whole batch.
        validation_chips: on which a state is judged.
        redesign: steps after which the circuit is compiled anew and chips are drawn from it.
        unit_current: current that stands for a software 1.0, A.
        supply_voltage: V.
        step: duration of one time step, s.
        output_gain: scale of everything after the cells.

    Raises:
        InputError: a number out of its range, or a kind of template that does not exist.
    """

    technology: str | None = None
    templates: Mapping[str, str] = field(default_factory=dict)
    mismatch_scale: float = 1.0
    mismatch: float = 0.0
    noise: float = 0.0
    clearance: float | None = None
    clearance_weight: float = 1.0
    bits: int | None = None
    chips: int = 8
    validation_chips: int = 16
    redesign: int = 25
    unit_current: float = 1e-9
    supply_voltage: float = 1.2
    step: float = 5e-3
    output_gain: float = 0.5

    def __post_init__(self) -> None:
        for name in ("chips", "validation_chips", "redesign"):
            _require(1 <= getattr(self, name) <= MOST_AT_ONCE, name, f"from 1 to {MOST_AT_ONCE}")
        for name in ("mismatch_scale", "mismatch", "noise"):
            _require(0 <= getattr(self, name) < math.inf, name, "at least 0 and finite")
        for name in (
            "clearance",
            "clearance_weight",
            "unit_current",
            "supply_voltage",
            "step",
            "output_gain",
        ):
            value = getattr(self, name)
            _require(value is None or 0 < value < math.inf, name, "positive and finite")
        if self.bits is not None:
            in_range = LEAST_BITS <= self.bits <= MOST_BITS
            _require(in_range, "bits", f"from {LEAST_BITS} to {MOST_BITS}")
        choose_templates(self.templates)

    @property
    def is_circuit(self) -> bool:
        """Whether a circuit is compiled of the network."""
        return self.technology is not None or self.bits is not None

    @property
    def options(self) -> CompileOptions:
        """Of the compiler, for a circuit of it."""
        options = CompileOptions()
        return CompileOptions(
            technology=self.technology or options.technology,
            templates=choose_templates(self.templates),
            unit_current=self.unit_current,
            step=self.step,
            supply_voltage=self.supply_voltage,
            bits=self.bits or options.bits,
            output_gain=self.output_gain,
        )

    def numbers(self) -> dict[str, int | float | str]:
        """The choices that are made, by name, as a checkpoint records them."""
        found = {PREFIX + name: value for name, value in self.choices().items()}
        templates = found.pop(f"{PREFIX}templates")
        return found | {f"{PREFIX}templates.{kind}": name for kind, name in templates.items()}

    def choices(self) -> dict[str, Any]:
        """The choices that are made, by field."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        found["templates"] = dict(self.templates)
        return {name: value for name, value in found.items() if value is not None}


def of_place(place: str) -> dict[str, object]:
    """What an export folder, or the name of a technology, says of the hardware.

    Raises:
        InputError: a folder that is no export, or a description that cannot be read.
    """
    folder = Path(place)
    if not folder.is_dir():
        return {"technology": place}
    if not (folder / DESIGN_FILE).is_file():
        raise InputError(
            f"has no {DESIGN_FILE}",
            where=place,
            hint="name a folder that `hwsim export` made, or a technology",
        )
    design = read_design(folder / DESIGN_FILE)
    operating = design.operating
    return {
        "technology": design.technology,
        "templates": dict(design.templates),
        "bits": design.provenance.bits,
        "unit_current": operating.unit_current,
        "supply_voltage": operating.supply_voltage,
        "step": operating.step,
        "output_gain": design.stages[-1].row_scale[0],
    }


def _require(met: bool, name: str, range_: str) -> None:
    if not met:
        raise InputError(f"{PREFIX}{name} must be {range_}")
