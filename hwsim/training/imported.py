"""A checkpoint from the tensors of other code."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pydantic import ValidationError

import hwsim
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import CellHeader, CheckpointHeader, Metrics, Normalisation, Versions
from hwsim.checkpoints.mapped import mapped_tensors
from hwsim.checkpoints.mapping import NetworkSection, TensorMapping
from hwsim.data.sequences import Splits
from hwsim.foundation.complaint import first_complaint
from hwsim.foundation.description import read_description
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.training.evaluation import accuracies
from hwsim.training.reference import Comparison, compare, read_reference, require_agreement
from hwsim.training.state_file import read_state


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """What became of a file: a checkpoint, and how near it is to its reference."""

    checkpoint: Checkpoint
    comparison: Comparison


def import_checkpoint(
    state: Path,
    mapping: Path,
    reference: Path,
    *,
    tolerance: float,
    splits: Splits | None = None,
    command: str = "",
) -> Imported:
    """Make a checkpoint of the tensors of other code, and check it against outputs of that code.

    Args:
        state: the tensors (`read_state`).
        mapping: what they are (`TensorMapping`).
        reference: inputs and outputs of the code that they are from (`read_reference`).
        tolerance: largest difference of an output, over the largest output of the reference.
        splits: a task to score the network on, or None.
        command: what the user ran, for the record.

    Raises:
        InputError: a file that cannot be used, names or shapes that do not fit, or other outputs
            than the reference has.
    """
    plan = read_description(mapping, TensorMapping)
    try:
        tensors = mapped_tensors(plan, read_state(state, plan.prefix))
    except InputError as error:
        raise InputError(error.what, where=_where(error, mapping), hint=error.hint) from None
    record = {
        "imported_from": state.name,
        "state": content_hash(state.read_bytes()),
        "mapping": content_hash(mapping.read_bytes()),
        "reference": content_hash(reference.read_bytes()) if reference.is_file() else "",
    }
    try:
        checkpoint = Checkpoint(_header(plan.network, record, command), tensors)
    except InputError as error:
        raise InputError(error.what, where=str(mapping)) from None
    comparison = compare(checkpoint, read_reference(reference), tolerance)
    require_agreement(comparison, tolerance)
    if splits is not None:
        metrics = _metrics(checkpoint, splits)
        header = checkpoint.header.model_copy(update={"metrics": metrics})
        checkpoint = Checkpoint(header, checkpoint.tensors)
    return Imported(checkpoint, comparison)


def _where(error: InputError, mapping: Path) -> str:
    """Where an error is: in its own file where it says one, else in the mapping."""
    return str(mapping) if error.where in (None, "tensors") else str(error.where)


def _header(network: NetworkSection, record: Mapping[str, str], command: str) -> CheckpointHeader:
    given = network.normalisation
    unchanged = ((0.0,) * network.channels, (1.0,) * network.channels, None)
    mean, scale, clip = (given.mean, given.scale, given.clip) if given else unchanged
    try:
        return CheckpointHeader(
            cell=CellHeader(kind=network.cell, levels_half=network.levels_half),
            channels=network.channels,
            units=network.units,
            blocks=network.blocks,
            classes=network.classes,
            readout=network.readout,
            task=network.task,
            normalisation=Normalisation(mean=mean, scale=scale, clip=clip),
            metrics=Metrics(train=None, validation=None, test=None),
            seed=None,
            versions=Versions(
                hwsim=hwsim.__version__,
                torch=torch.__version__,
                numpy=np.__version__,
                python=platform.python_version(),
            ),
            recipe=dict(record),
            command=command,
        )
    except ValidationError as error:
        raise InputError(f"network: {first_complaint(error)}") from None


def _metrics(checkpoint: Checkpoint, splits: Splits) -> Metrics:
    found = accuracies(checkpoint, splits)
    return Metrics(train=found["training"], validation=found.get("validation"), test=found["test"])
