"""Ends of the lines of a stage: what leaks into them, how they bend, how fast they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hwsim.design.stage import Stage
from hwsim.design.wiring import Line, LineEnd, Part, Polarity
from hwsim.engines.arrays import Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.line_dynamics import LEAST

Floats = NDArray[np.float64]


class LineEnds:
    """What is constant of the same ends of the lines of a stage.

    Args:
        stage: the stage.
        model: the chips.
        ends: part and polarity of each block.
        arrays: whose arrays to compute with.
    """

    def __init__(
        self,
        stage: Stage,
        model: ChipModel,
        ends: Sequence[tuple[Part, Polarity]],
        arrays: Arrays,
    ) -> None:
        # Datasheets hold what an idle N mirror carries; a P mirror carries less, but counts here
        # by its logarithm alone.
        leak = model.parameters.leakage_sink * stage.diode_units
        least = max(leak, LEAST) if model.effects.leakage else LEAST * model.effects.tails
        self.least = arrays.asarray(np.full(len(ends) * stage.size, least))
        bend = {"p": model.bend_source, "n": model.bend_sink}
        bends = np.array([bend[polarity] for _, polarity in ends], dtype=np.float64)
        self.bend = arrays.asarray(np.repeat(bends, stage.size))
        self.full = stage.diode_units / model.measured_units
        if model.effects.tails:
            self.times_over_charges = arrays.asarray(_times_over_charges(stage, model, ends))


def _times_over_charges(
    stage: Stage, model: ChipModel, ends: Sequence[tuple[Part, Polarity]]
) -> Floats:
    """Time since the moment before over the charge of each line, [moment, line]."""
    times = np.diff(model.moments, prepend=0.0)
    charges = [
        # A line without a load is none: any charge will do.
        model.charges.get(LineEnd(Line(stage.name, part, unit), polarity), np.inf)
        for part, polarity in ends
        for unit in range(stage.size)
    ]
    return np.asarray(times[:, None] / np.array(charges))
