"""The chosen point of an exploration as an export of its own."""

from __future__ import annotations

from pathlib import Path

from hwsim.checkpoints.checkpoint import save_checkpoint
from hwsim.circuits.export import ExportSummary, write_export
from hwsim.studies.explore.run import Explorer
from hwsim.studies.exporting import sample_inputs
from hwsim.studies.sweep.recompile import find_checkpoint, with_levels

EXPORT = "export"
"""Folder of the export."""

CHECKPOINT = "checkpoint.safetensors"
"""The network of the export, where its ladders are not those that it was trained with."""


def write_chosen(
    folder: Path, explorer: Explorer, index: int, checkpoint: Path | None = None
) -> ExportSummary:
    """Write the export of a point.

    Args:
        folder: of the exploration.
        explorer: that knows the point.
        index: number of the point.
        checkpoint: that the explored export was made of; None looks among those that ship.

    Raises:
        InputError: a folder that cannot be written.
    """
    point, material = explorer.candidates[index].point, explorer.material
    design = material.design(point)
    summary = write_export(folder / EXPORT, design, material.circuits(point), sample_inputs(design))
    altered, own = folder / CHECKPOINT, explorer.candidates[0].point
    if point.levels_half == own.levels_half:
        altered.unlink(missing_ok=True)
    else:
        network = find_checkpoint(explorer.export.design, checkpoint)
        save_checkpoint(altered, with_levels(network, point.levels_half))
    return summary
