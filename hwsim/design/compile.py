"""The compiler: a trained checkpoint becomes a hardware description.

The backbone is ``p = Wi x + bi``; per block ``p <- p + O cell(W relu(p) + b) + bo``; then
``Wc relu(p) + bc``. A splitter turns each signed ``p`` into two lines: the positive one *is*
``relu(p)``, their difference is the skip. A hysteretic cell regenerates its output, so each row
of its weights is scaled to the full range of the mirrors and the scale goes into its threshold.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from hwsim import __version__
from hwsim.cells.kinds import require_exportable
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.design.design import Design, Measured, Operating, Provenance, Readout
from hwsim.design.options import LARGEST_DIODE_UNITS, LEVEL_CURRENT, CompileOptions
from hwsim.design.quantise import (
    Floats,
    Lines,
    largest_units,
    mirror_diode,
    mirror_units,
    reference_multiples,
)
from hwsim.design.stage import CmruCell, Connection, FqBmruCell, Stage, Tap, UnitKind
from hwsim.foundation.errors import InputError


def unit_kind(checkpoint: Checkpoint) -> Literal["cmru", "fq_bmru"]:
    """The kind of circuit that the cells of a checkpoint become.

    Raises:
        InputError: a cell without a circuit.
    """
    require_exportable(checkpoint.header.cell.kind)
    return "fq_bmru" if checkpoint.header.cell.kind == "fq_bmru" else "cmru"


def compile_design(
    checkpoint: Checkpoint, options: CompileOptions, measured: Measured, name: str
) -> Design:
    """Compile a checkpoint into a hardware description.

    Args:
        checkpoint: the trained network.
        options: choices of the compiler.
        measured: figures of the template of its cells.
        name: of the design.

    Raises:
        InputError: a cell without a circuit, or bits or steps out of range.
    """
    kind = unit_kind(checkpoint)
    if not 2 <= options.bits <= 8:
        raise InputError(f"{options.bits} bits per weight", hint="2 to 8 bits can be laid out")
    header = checkpoint.header
    return Design(
        name=name,
        technology=options.technology,
        templates=dict(options.templates),
        operating=Operating(
            unit_current=options.unit_current,
            step=options.step,
            supply_voltage=options.supply_voltage,
            write_fraction=options.write_fraction,
        ),
        reference_units=options.reference_units,
        inputs=header.normalisation,
        readout=Readout(over=header.readout, classes=header.classes),
        measured={kind: measured},
        stages=_Compiler(checkpoint, options).stages(),
        provenance=Provenance(
            hwsim=__version__,
            checkpoint=checkpoint.content_hash,
            task=header.task,
            bits=options.bits,
        ),
    )


class _Compiler:
    """Stages of one checkpoint, in the order of the signal."""

    def __init__(self, checkpoint: Checkpoint, options: CompileOptions) -> None:
        self.tensors = checkpoint.tensors
        self.header = checkpoint.header
        self.options = options
        self.lines: dict[str, Lines] = {}

    def stages(self) -> tuple[Stage, ...]:
        d, blocks = self.header.units, self.header.blocks
        result = [self._input(), self._hidden()]
        previous = "hidden"
        for block in range(blocks):
            last = block == blocks - 1
            result.append(self._cells(block, previous))
            result.append(self._sum(block, previous, np.eye(d), last=last))
            previous = result[-1].name
        result.append(self._logits(previous))
        return tuple(result)

    def _input(self) -> Stage:
        scale = np.ones(self.header.channels)
        diode = mirror_diode(self.tensors["input.weight"], self.options.bits, LARGEST_DIODE_UNITS)
        self.lines["input"] = Lines(diode, scale)
        return Stage(
            name="input",
            kind="input",
            size=self.header.channels,
            diode_units=diode,
            row_scale=_floats(scale),
        )

    def _hidden(self) -> Stage:
        weights, bias = self.tensors["input.weight"], self.tensors["input.bias"]
        scale = np.ones(self.header.units)
        self.lines["hidden"] = Lines(self.options.cell_diode_units, scale)
        return self._row_stage(
            "hidden",
            "splitter",
            self.options.cell_diode_units,
            scale,
            bias,
            [self._connect("input", "signed", weights, scale)],
            keep_alive_units=self.options.keep_alive_units,
        )

    def _cells(self, block: int, source: str) -> Stage:
        prefix = f"blocks.{block}"
        weights = self.tensors[f"{prefix}.candidate.weight"]
        bias = self.tensors[f"{prefix}.candidate.bias"]
        row_scale = self._cell_row_scale(weights, source)
        cell = self._cell(prefix, row_scale)
        level = cell.level_units / self.options.reference_units
        outgoing = self.tensors[f"{prefix}.output.weight"]
        gain = self._output_gain(block)
        line_scale = level / self.tensors[f"{prefix}.cell.alpha"]
        diode = mirror_diode(
            gain * outgoing / line_scale[None, :], self.options.bits, LARGEST_DIODE_UNITS
        )
        name = f"cells_{block + 1}"
        self.lines[name] = Lines(diode, line_scale)
        return self._row_stage(
            name,
            cell.kind,
            diode,
            row_scale,
            bias,
            [self._connect(source, "rectified", weights, row_scale)],
            cell=cell,
        )

    def _cell_row_scale(self, weights: Floats, source: str) -> Floats:
        """Scale that brings the largest weight of each row to the largest mirror."""
        lines = self.lines[source]
        largest = np.abs(weights / lines.scale[None, :]).max(axis=1)
        full = largest_units(self.options.bits) / lines.diode_units
        return np.where(largest > 0, full / np.where(largest > 0, largest, 1.0), 1.0)

    def _cell(self, prefix: str, row_scale: Floats) -> CmruCell | FqBmruCell:
        reference = self.options.reference_units
        beta = self.tensors[f"{prefix}.cell.beta"]
        alpha = self.tensors[f"{prefix}.cell.alpha"]
        thresholds = reference_multiples(row_scale * beta, reference, least=1)
        if self.header.cell.kind == "fq_bmru":
            low = self.tensors[f"{prefix}.cell.beta_low"]
            widths = reference_multiples(row_scale * (beta - low), reference, least=1)
            # A width as large as its threshold would leave a cell that never clears.
            thresholds = tuple(max(t, w + 1) for t, w in zip(thresholds, widths, strict=True))
            return FqBmruCell(
                threshold_units=thresholds,
                width_units=widths,
                level_units=self._level_units("fq_bmru"),
                threshold_learned=_floats(beta),
                threshold_low_learned=_floats(low),
                level_learned=_floats(alpha),
            )
        if self.header.cell.levels_half is None:
            raise InputError("a saturating CMRU without levels_half in its header")
        return CmruCell(
            half_range=self.header.cell.levels_half,
            threshold_units=thresholds,
            level_units=self._level_units("cmru"),
            threshold_learned=_floats(beta),
            level_learned=_floats(alpha),
        )

    def _level_units(self, kind: str) -> int:
        current = LEVEL_CURRENT[kind] * self.options.output_gain
        return max(1, round(current * self.options.reference_units))

    def _output_gain(self, block: int) -> float:
        """Only the sum behind the last block is free: the others feed cells through a skip."""
        return self.options.output_gain if block == self.header.blocks - 1 else 1.0

    def _sum(self, block: int, previous: str, skip: Floats, *, last: bool) -> Stage:
        prefix = f"blocks.{block}"
        scale = np.full(self.header.units, self._output_gain(block))
        outgoing = self.tensors[f"{prefix}.output.weight"]
        diode = self.options.cell_diode_units
        if last:
            diode = mirror_diode(
                self.tensors["readout.weight"], self.options.bits, LARGEST_DIODE_UNITS
            )
        name = f"sum_{block + 1}"
        self.lines[name] = Lines(diode, scale)
        return self._row_stage(
            name,
            "relu" if last else "splitter",
            diode,
            scale,
            self.tensors[f"{prefix}.output.bias"],
            [
                self._connect(previous, "signed", skip, scale),
                self._connect(f"cells_{block + 1}", "signed", outgoing, scale),
            ],
            keep_alive_units=0 if last else self.options.keep_alive_units,
        )

    def _logits(self, source: str) -> Stage:
        scale = np.full(len(self.header.classes), self.options.output_gain)
        weights, bias = self.tensors["readout.weight"], self.tensors["readout.bias"]
        connection = self._connect(source, "rectified", weights, scale)
        return self._row_stage("logits", "output", 1, scale, bias, [connection])

    def _connect(self, source: str, tap: Tap, weights: Floats, row_scale: Floats) -> Connection:
        return Connection(
            source=source,
            tap=tap,
            units=mirror_units(weights, row_scale, self.lines[source], self.options.bits),
            learned=tuple(_floats(row) for row in weights),
        )

    def _row_stage(
        self,
        name: str,
        kind: UnitKind,
        diode_units: int,
        row_scale: Floats,
        bias: Floats,
        connections: list[Connection],
        *,
        keep_alive_units: int = 0,
        cell: CmruCell | FqBmruCell | None = None,
    ) -> Stage:
        units = np.rint(row_scale * bias * self.options.reference_units).astype(int)
        return Stage(
            name=name,
            kind=kind,
            size=len(row_scale),
            diode_units=diode_units,
            keep_alive_units=keep_alive_units,
            row_scale=_floats(row_scale),
            connections=tuple(connections),
            bias_units=tuple(int(unit) for unit in units),
            bias_learned=_floats(bias),
            cell=cell,
        )


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
