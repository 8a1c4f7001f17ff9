"""From a checkpoint file to an export folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from hwsim.characterization.store import find_datasheet
from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.circuits.circuit_set import choose_templates, load_circuits
from hwsim.circuits.export import ExportSummary, write_export
from hwsim.circuits.technology import load_technology
from hwsim.circuits.template import load_template
from hwsim.data.tasks import TASKS, load_task
from hwsim.design.compile import compile_design, unit_kind
from hwsim.design.design import Design, Measured
from hwsim.design.options import CompileOptions
from hwsim.engines.trace import Floats
from hwsim.foundation.errors import InputError

UNKNOWN_TASK_STEPS = 10
"""Steps of zero input in the deck of a network whose task's data is not at hand."""


def export_checkpoint(
    checkpoint: Path, target: Path, options: CompileOptions, pdk_root: Path | None = None
) -> tuple[Design, ExportSummary]:
    """Compile a checkpoint and write its export folder.

    Args:
        checkpoint: a file that `hwsim train` made.
        target: the folder.
        options: of the compiler; kinds of template that it leaves out get the default ones.
        pdk_root: folder of the installed PDKs (`Pdk.locate`).

    Raises:
        InputError: a checkpoint, an option or a folder that cannot be used; nothing is written.
    """
    complete = replace(options, templates=choose_templates(options.templates))
    network = load_checkpoint(checkpoint)
    measured = measured_cells(unit_kind(network), complete, pdk_root)
    design = compile_design(network, complete, measured, name=checkpoint.stem)
    circuits = load_circuits(design, pdk_root)
    return design, write_export(target, design, circuits, sample_inputs(design))


def measured_cells(
    kind: Literal["cmru", "fq_bmru"], options: CompileOptions, pdk_root: Path | None = None
) -> Measured:
    """Figures of the template of the cells, from its datasheet.

    Raises:
        InputError: nobody has measured this template on this technology yet.
    """
    template = load_template(options.templates[kind], kind)
    technology = load_technology(options.technology, pdk_root)
    datasheet = find_datasheet(template, technology)
    if datasheet is None:
        raise InputError(
            f"there is no datasheet of {template.name} on {technology.name}",
            hint=f"measure it: `hwsim template characterize {template.name} "
            f"--technology {technology.name}`",
        )
    return Measured(
        template=template.name,
        datasheet=datasheet.provenance.content,
        figures=datasheet.nominal,
    )


def sample_inputs(design: Design) -> Floats:
    """Input currents for the deck in the folder: the first test recording of a known task, A."""
    if design.provenance.task not in TASKS:
        return np.zeros((UNKNOWN_TASK_STEPS, design.stages[0].size))
    _, splits = load_task(design.provenance.task)
    steps = int(splits.test.lengths[0])
    inputs = design.inputs.apply(splits.test.values[0, :steps])
    return np.asarray(inputs * design.operating.unit_current)
