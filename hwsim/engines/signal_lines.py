"""Lines of a stage: from what its units drive to the currents that mirrors copy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hwsim.design.stage import Stage
from hwsim.design.wiring import Line, LineEnd, Part, Polarity
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.effects import Effects
from hwsim.engines.kernels import Kernels
from hwsim.engines.line_dynamics import LEAST
from hwsim.engines.line_layout import LineLayout

Floats = NDArray[np.float64]


def lines_copy_exactly(effects: Effects) -> bool:
    """Whether mirrors see what drives a line: then rows know the keep-alive current's share."""
    return not (effects.leakage or effects.tails or effects.output_resistance)


class SignalLines:
    """The lines that one stage drives.

    Args:
        stage: the stage.
        model: the chips.
        layout: of the lines.
        arrays: whose arrays to compute with.
        kernels: inner loops for them.
    """

    def __init__(
        self,
        stage: Stage,
        model: ChipModel,
        layout: LineLayout,
        arrays: Arrays,
        kernels: Kernels,
    ) -> None:
        self._stage = stage
        self._model = model
        self._layout = layout
        self._arrays = arrays
        self._kernels = kernels
        found = model.parameters.stages[stage.name]
        self._keep = arrays.asarray(np.swapaxes(found.keep, 1, 2)) if found.keep_parts else None
        self._native = _Ends(stage, model, layout.native, arrays)
        self._turned = _Ends(stage, model, layout.turned_ends, arrays)

    def currents(self, signed: Array, chips: slice) -> Array:
        """Currents of the lines as mirrors see them, [chip, step, moment, sample, line].

        Without keep-alive currents where `lines_copy_exactly`: `Rows` counts them as biases.

        Turned lines carry the native current before their `turn_gain`.

        Args:
            signed: what each unit drives, [chip, step, moment, sample, unit].
            chips: of the batch that are computed.
        """
        xp = self._arrays.xp
        native = self._seen(self._drive(signed, chips), self._native)
        if not self._layout.turned:
            return native
        size, order = self._stage.size, [part for part, _ in self._layout.native]
        blocks = [order.index(part) * size for part in self._layout.turned]
        copied = xp.concat([native[..., at : at + size] for at in blocks], axis=-1)
        return xp.concat([native, self._seen(copied, self._turned)], axis=-1)

    def _drive(self, signed: Array, chips: slice) -> Array:
        """Currents into the native diodes."""
        drive = self._kernels.line_drives(signed, len(self._layout.native))
        if lines_copy_exactly(self._model.effects):
            return drive
        if self._keep is not None:
            kept = self._keep[chips]
            drive = drive + self._arrays.xp.reshape(kept, (kept.shape[0], 1, 1, 1, -1))
        if self._model.effects.leakage and self._stage.cell is not None:
            drive = drive + self._model.empty[self._stage.name]
        return drive

    def _seen(self, drive: Array, ends: _Ends) -> Array:
        """From the drive of diodes to what mirrors on their lines copy."""
        effects = self._model.effects
        if lines_copy_exactly(effects):
            return drive
        current = self._arrays.xp.maximum(drive, ends.least)
        if effects.tails:
            start = current[:, 0, 0, ...] if self._stage.cell is None else LEAST
            current = self._kernels.follow(current, ends.times_over_charges, start, ends.least)
        if effects.output_resistance:
            current = self._kernels.bent(current, ends.full, ends.bend)
        return current


class _Ends:
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
