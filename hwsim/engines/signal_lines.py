"""Lines of a stage: from what its units drive to the currents that mirrors copy."""

from __future__ import annotations

import numpy as np

from hwsim.design.stage import Stage
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.line_drives import line_drives
from hwsim.engines.line_dynamics import LEAST, bent, follow
from hwsim.engines.line_ends import LineEnds
from hwsim.engines.line_layout import LineLayout, lines_copy_exactly


class SignalLines:
    """The lines that one stage drives.

    Args:
        stage: the stage.
        model: the chips.
        layout: of the lines.
        arrays: whose arrays to compute with.
    """

    def __init__(
        self,
        stage: Stage,
        model: ChipModel,
        layout: LineLayout,
        arrays: Arrays,
    ) -> None:
        self._stage = stage
        self._model = model
        self._layout = layout
        self._arrays = arrays
        found = model.parameters.stages[stage.name]
        self._keep = arrays.asarray(np.swapaxes(found.keep, 1, 2)) if found.keep_parts else None
        self._native = LineEnds(stage, model, layout.native, arrays)
        self._turned = LineEnds(stage, model, layout.turned_ends, arrays)

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
        drive = line_drives(signed, len(self._layout.native))
        if lines_copy_exactly(self._model.effects):
            return drive
        if self._keep is not None:
            kept = self._keep[chips]
            drive = drive + self._arrays.xp.reshape(kept, (kept.shape[0], 1, 1, 1, -1))
        if self._model.effects.leakage and self._stage.cell is not None:
            drive = drive + self._model.empty[self._stage.name]
        return drive

    def _seen(self, drive: Array, ends: LineEnds) -> Array:
        """From the drive of diodes to what mirrors on their lines copy."""
        effects = self._model.effects
        if lines_copy_exactly(effects):
            return drive
        current = self._arrays.xp.maximum(drive, ends.least)
        if effects.tails:
            start = current[:, 0, 0, ...] if self._stage.cell is None else LEAST
            current = follow(current, ends.times_over_charges, start, ends.least)
        if effects.output_resistance:
            current = bent(current, ends.full, ends.bend)
        return current
