"""What a network is and how it is trained: every choice in one place."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Literal

from hwsim.cells.kinds import KINDS, CellKind, CellTraits, require_exportable
from hwsim.foundation.errors import InputError
from hwsim.training.hardware import Hardware


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe; two runs of one recipe on the same data give the same network.

    Args:
        cell: kind of the recurrent cell.
        units: units in every layer.
        blocks: recurrent blocks.
        levels_half: K of a saturating cell's 2K+1 levels, None for the other kinds.
        readout: classes from the mean of the outputs over the valid steps, or from the last.
        seed: of the initial weights and the order of the batches.
        split_seed: of the validation split, apart so that seeds compete on one split.
        validation_fraction: part of every class's training sequences held out for validation.
        steps: optimiser steps.
        batch: sequences a step, drawn without replacement.
        learning_rate: peak rate of Adam, after a tenth of the steps; then falls as a cosine.
        weight_clip: largest magnitude of a weight or bias of a linear layer, None for no limit.
            Weights become small integers of mirror units: the largest sets everyone's resolution.
        input_clip: largest magnitude of a normalised input, None for no limit.
        input_noise: standard deviation of the noise on normalised inputs during training; it
            keeps a small network from learning its few recordings by heart.
        signal_limit: magnitude beyond which a signal between layers costs, as the square of the
            excess; signals become currents, and power. None for no cost.
        margin: distance from a threshold, as a fraction of it, within which a candidate costs;
            a circuit's thresholds are not exact, and a candidate at a distance does not care.
            None for no cost.
        margin_weight: of that cost beside the cross-entropy; None for 0.1.
        alpha: step of the state to begin with.
        beta: threshold to begin with.
        weight_gain: factor on every weight matrix that the network begins with.
        memory: baselines only, longest time constant that their states begin with, steps; None for
            the length of the training sequences.
        weight_decay: of AdamW, decoupled from the learning rate's adaption; None for plain Adam.
        beta_low_ratio: FQ-BMRU only, falling threshold over rising one to begin with.
        beta_low_floor: FQ-BMRU only, least falling threshold over rising one. A small falling
            threshold is a small current: slow to switch off, and lost in leakage.
        validations: looks at the validation set, evenly over the steps; each may find a better
            state, and costs as much as several steps.
        hardware: what it knows of the hardware, None for nothing.
        start: content hash of the checkpoint that it begins with, None for random weights.

    Raises:
        InputError: a number out of its range, or K where the cell has none.
    """

    cell: CellKind
    units: int
    blocks: int = 1
    levels_half: int | None = None
    readout: Literal["mean", "last"] = "mean"
    seed: int = 0
    split_seed: int = 0
    validation_fraction: float = 0.2
    steps: int = 300
    batch: int = 64
    learning_rate: float = 0.01
    weight_clip: float | None = None
    input_clip: float | None = None
    input_noise: float = 0.0
    signal_limit: float | None = None
    margin: float | None = None
    margin_weight: float | None = None
    alpha: float = 0.25
    beta: float = 0.5
    weight_gain: float = 1.0
    beta_low_ratio: float = 0.5
    beta_low_floor: float = 0.3
    memory: float | None = None
    weight_decay: float | None = None
    validations: int = 60
    hardware: Hardware | None = None
    start: str | None = None

    def __post_init__(self) -> None:
        for name in ("units", "blocks", "steps", "batch", "validations"):
            _require(getattr(self, name) >= 1, name, "at least 1")
        _require(self.seed >= 0 and self.split_seed >= 0, "seed", "at least 0")
        _require(0 <= self.input_noise < math.inf, "input_noise", "at least 0 and finite")
        for name in ("validation_fraction", "beta_low_ratio", "beta_low_floor"):
            _require(0 < getattr(self, name) < 1, name, "between 0 and 1")
        for name in (
            "learning_rate",
            "weight_clip",
            "input_clip",
            "signal_limit",
            "margin",
            "margin_weight",
            "alpha",
            "beta",
            "weight_gain",
            "memory",
            "weight_decay",
        ):
            value = getattr(self, name)
            _require(value is None or 0 < value < math.inf, name, "positive and finite")
        if self.traits.has_levels:
            _require((self.levels_half or 0) >= 1, "levels_half", "given, and at least 1")
        elif self.levels_half is not None:
            raise InputError(f"{self.traits.title} has no levels_half", hint="leave it out")
        self._refuse_what_the_cell_lacks()

    def _refuse_what_the_cell_lacks(self) -> None:
        absent = _OF_THRESHOLDS if self.traits.is_baseline else ("memory",)
        for name in absent:
            if getattr(self, name) != _DEFAULTS[name]:
                raise InputError(f"{self.traits.title} has no {name}", hint="leave it out")
        if self.margin_weight is not None and self.margin is None:
            raise InputError("margin_weight without a margin", hint="give --margin too")
        if self.hardware is not None and self.hardware.is_circuit:
            require_exportable(self.cell)

    @property
    def traits(self) -> CellTraits:
        """What there is to know about its kind of cell."""
        return KINDS[self.cell]

    def numbers(self) -> dict[str, int | float | str]:
        """The choices that are made, by name, as a checkpoint records them."""
        absent = _OF_THRESHOLDS if self.traits.is_baseline else ()
        found = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in absent
        }
        hardware = found.pop("hardware", None)
        chosen = {name: value for name, value in found.items() if value is not None}
        return chosen | (hardware.numbers() if hardware else {})


_OF_THRESHOLDS = (
    "margin",
    "margin_weight",
    "alpha",
    "beta",
    "beta_low_ratio",
    "beta_low_floor",
    "hardware",
)
_DEFAULTS = {field.name: field.default for field in dataclasses.fields(Recipe)}


def _require(met: bool, name: str, range_: str) -> None:
    if not met:
        raise InputError(f"{name} must be {range_}")
