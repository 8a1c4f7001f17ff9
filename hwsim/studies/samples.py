"""The labelled sequences that a design is judged on, and which of them a short study takes."""

from __future__ import annotations

import numpy as np

from hwsim.data.sequences import Sequences
from hwsim.data.tasks import TASKS, load_task
from hwsim.design.design import Design
from hwsim.foundation.errors import InputError


def judging_sequences(design: Design, data: str | None = None) -> Sequences:
    """The test set of a design's task, or of other data.

    Args:
        design: the network.
        data: name of a task or path of a ``.npz``; None for the task it was trained on.

    Raises:
        InputError: no such data, or data that does not fit the network.
    """
    if data is None and design.provenance.task not in TASKS:
        raise InputError(
            f"the network was trained on '{design.provenance.task}', which is no task of hwsim",
            hint="name its .npz with --data",
        )
    name, splits = load_task(data or design.provenance.task)
    sequences = splits.test
    if sequences.channels != design.stages[0].size:
        raise InputError(
            f"{name} has {sequences.channels} channels, the network {design.stages[0].size} inputs"
        )
    classes = len(design.readout.classes)
    if sequences.labels is not None and sequences.labels.max(initial=0) >= classes:
        raise InputError(
            f"{name} has the label {int(sequences.labels.max())}, "
            f"the network knows the classes 0 to {classes - 1}"
        )
    return sequences


def evenly_spaced(sequences: Sequences, count: int) -> tuple[int, ...]:
    """Indices of `count` sequences spread evenly over a data set, the same every time.

    Data sets are often sorted by class, so the first few would be of one class.

    Raises:
        InputError: fewer sequences than asked for, or none asked for.
    """
    if not 1 <= count <= len(sequences):
        raise InputError(
            f"{count} samples asked of a data set of {len(sequences)}",
            hint=f"1 to {len(sequences)} can be had",
        )
    middle = (np.arange(count) + 0.5) * len(sequences) / count
    return tuple(int(index) for index in middle)
