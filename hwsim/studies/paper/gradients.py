"""What of a gradient is left at the beginning of long sequences, before and after training."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.cells.kinds import CellKind
from hwsim.studies.paper.convergence import training_work
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.work import GradientsWork

Floats = NDArray[np.float64]

_PART = 10
"""The first and the last tenth of a sequence are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Gradients through time of the seeds of one cell.

    Attributes:
        start: norms by the distance from the end before training, [seed, distance].
        trained: after it, of the seeds that have a network, [seed, distance].
    """

    start: Floats
    trained: Floats

    @property
    def left_at_start(self) -> float:
        """Median over seeds of `left` before training."""
        return _median_left(self.start)

    @property
    def left_trained(self) -> float:
        """Median over seeds of `left` after training; NaN where no seed has a gradient."""
        return _median_left(self.trained)


def _median_left(norms: Floats) -> float:
    """Of the seeds with a gradient: a loss that is zero to the last bit has none."""
    found = left(norms) if norms.size else np.zeros(0)
    known = found[~np.isnan(found)]
    return float(np.median(known)) if known.size else math.nan


def left(norms: Floats) -> Floats:
    """How much of a gradient reaches the first tenth of a sequence, over that in the last tenth.

    Root mean squares; the last step, where the skip around the cells adds to it, does not count.

    Args:
        norms: by the distance from the end, [seed, distance].

    Returns:
        [seed]; 1 where nothing is lost, NaN where there was nothing to lose.
    """
    count = max(1, norms.shape[1] // _PART)
    first, last = norms[:, -count:], norms[:, 1 : 1 + count]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.sqrt((first**2).mean(axis=1) / (last**2).mean(axis=1)))


def gradients_work(study: Study, task: str, cell: CellKind, seed: int) -> GradientsWork | None:
    """A look at one network; None until the learning rate of its training is known."""
    plan = study.plan.gradients
    training = training_work(study, task, cell, plan.units, seed)
    return None if training is None else GradientsWork(training, plan.sequences)


def gradients(study: Study, task: str, cell: CellKind) -> Flow | None:
    """Gradients of a cell; None until all seeds are there."""
    works = [gradients_work(study, task, cell, seed) for seed in range(study.plan.seeds)]
    found = [study.gradients(work) for work in works if work is not None]
    known = [one for one in found if one is not None]
    if len(known) < study.plan.seeds:
        return None
    return Flow(
        start=np.array([one.start for one in known]),
        trained=np.array([one.trained for one in known if one.trained]),
    )
