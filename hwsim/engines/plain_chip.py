"""Parameters of the integer circuit of a design: what the design asks for, exactly."""

from __future__ import annotations

import numpy as np

from hwsim.chips.parameters import ChipParameters, StageParameters
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Stage
from hwsim.design.wiring import LineEnd, needed_ends, parts, row_mirrors, turned_lines
from hwsim.engines.trip_points import trip_points


def plain_parameters(design: Design) -> ChipParameters:
    """One chip of exact mirrors, with the nominal thresholds and levels that a design records."""
    needed = needed_ends(design)
    return ChipParameters(
        stages={stage.name: _stage(design, stage, needed) for stage in design.stages},
        count=1,
        leakage_sink=0.0,
    )


def _stage(design: Design, stage: Stage, needed: frozenset[LineEnd]) -> StageParameters:
    rows = [row_mirrors(design, stage, unit) for unit in range(stage.size)]
    signals = {m.end for row in rows for m in row if m.line.part in ("plus", "minus")}
    ends = tuple(sorted(signals))
    gain = np.zeros((1, stage.size, len(ends)))
    push, pull = np.zeros((1, stage.size)), np.zeros((1, stage.size))
    for unit, row in enumerate(rows):
        for mirror in row:
            if mirror.line.part in ("plus", "minus"):
                diode = design.stage(mirror.line.stage).diode_units
                gain[0, unit, ends.index(mirror.end)] += mirror.units / diode
                continue
            current = mirror.units / design.reference_units
            if mirror.line.part == "keep":
                source = design.stage(mirror.line.stage)
                current *= source.keep_alive_units / source.diode_units
            (push if current > 0 else pull)[0, unit] += abs(current)
    turned = () if stage.kind == "output" else turned_lines(stage, needed)
    turned = tuple(line for line in turned if line.part != "keep")
    keep = stage.keep_alive_units / design.reference_units
    trips = None if stage.cell is None else trip_points(design, stage)
    return StageParameters(
        ends=ends,
        gain=gain,
        bias_push=push,
        bias_pull=pull,
        turned=turned,
        turn_gain=np.ones((1, len(turned))),
        keep_parts=parts(stage) if keep else (),
        keep=np.full((1, stage.size, len(parts(stage)) if keep else 0), keep),
        upper=None if trips is None else trips.upper[None],
        lower=None if trips is None else trips.lower[None],
        levels=None if stage.cell is None else _levels(design, stage),
    )


def _levels(design: Design, stage: Stage) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Signed currents of the levels, [1, unit, level]."""
    cell = stage.cell
    if cell is None:
        raise ValueError(f"stage {stage.name} has no cells")
    half = cell.half_range if isinstance(cell, CmruCell) else 0
    steps = np.arange(-half, half + 1) if half else np.arange(2)
    ratio = design.measured[cell.kind]["level"]
    currents = steps * cell.level_units / design.reference_units * ratio
    return np.tile(currents, (1, stage.size, 1))
