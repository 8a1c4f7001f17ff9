"""Lines of a stage: from what its units drive to the currents that mirrors copy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.design.wiring import Line, LineEnd, native_polarity, parts
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.kernels import Kernels
from hwsim.engines.line_dynamics import LEAST
from hwsim.engines.rows import Bundle

Floats = NDArray[np.float64]


class SignalLines:
    """The lines that one stage drives.

    Args:
        design: the network.
        stage: the stage.
        model: the chips.
        needed: bundles that some mirror hangs on.
        arrays: whose arrays to compute with.
        kernels: inner loops for them.
    """

    def __init__(
        self,
        design: Design,
        stage: Stage,
        model: ChipModel,
        needed: frozenset[Bundle],
        arrays: Arrays,
        kernels: Kernels,
    ) -> None:
        self._design = design
        self._stage = stage
        self._model = model
        self._needed = needed
        self._arrays = arrays
        self._kernels = kernels
        found = model.parameters.stages[stage.name]
        self._keep = {
            part: arrays.asarray(found.keep[:, :, index])[:, None, None, None, :]
            for index, part in enumerate(found.keep_parts)
        }

    def currents(self, signed: Array) -> dict[Bundle, Array]:
        """Currents of the line ends that are needed.

        Args:
            signed: what each unit drives, [chip, step, moment, sample, unit].

        Returns:
            Of the same shape, by bundle; of a turned one before its `turn_gain`.
        """
        result: dict[Bundle, Array] = {}
        for part in parts(self._stage):
            native = Bundle(self._stage.name, part, native_polarity(self._stage, part))
            turned = Bundle(self._stage.name, part, "n" if native.polarity == "p" else "p")
            if native not in self._needed and turned not in self._needed:
                continue
            drive = self._drive(signed if part == "plus" else -signed, native)
            result[native] = self._followed(drive, native)
            if turned in self._needed:
                result[turned] = self._followed(self._copied(result[native], turned), turned)
        return result

    def _drive(self, current: Array, bundle: Bundle) -> Array:
        """Current into the native diodes of one part of a signal."""
        drive = self._arrays.xp.clip(current, 0.0, None)
        if bundle.part in self._keep:
            drive = drive + self._keep[bundle.part]
        if self._model.effects.leakage and self._stage.cell is not None:
            drive = drive + self._model.empty[self._stage.name]
        return drive

    def _copied(self, native: Array, turned: Bundle) -> Array:
        """What a turn-around gives the other diode, its gain left out."""
        if not self._model.effects.leakage:
            return native
        leakage = self._model.parameters
        per_unit = leakage.leakage_sink if turned.polarity == "p" else leakage.leakage_source
        return native + self._stage.diode_units * per_unit

    def _followed(self, drive: Array, bundle: Bundle) -> Array:
        if not self._model.effects.tails:
            return drive
        start = drive[:, 0, 0, ...] if self._stage.cell is None else LEAST
        times = self._arrays.asarray(self._times_over_charges(bundle))
        return self._kernels.follow(drive, times, start)

    def _times_over_charges(self, bundle: Bundle) -> Floats:
        """Time since the moment before over the charge of each line, [moment, unit]."""
        times = np.diff(self._model.moments, prepend=0.0)
        ends = [
            LineEnd(Line(bundle.stage, bundle.part, unit), bundle.polarity)
            for unit in range(self._stage.size)
        ]
        # A line that nothing hangs on is not computed with: any charge will do.
        charges = np.array([self._model.charges.get(end, np.inf) for end in ends])
        return np.asarray(times[:, None] / charges)


def needed_bundles(model: ChipModel) -> frozenset[Bundle]:
    """Bundles that some mirror of a model's chips hangs on."""
    stages: Mapping[str, object] = model.parameters.stages
    return frozenset(
        Bundle(end.line.stage, end.line.part, end.polarity)
        for name in stages
        for end in model.parameters.stages[name].ends
    )
