"""What remains of trained networks as chips, at the mismatch of the technology."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwsim.cells.kinds import KINDS, CellKind
from hwsim.studies.paper.chips import CircuitChoice
from hwsim.studies.paper.convergence import training_work
from hwsim.studies.paper.outcomes import ChipsOutcome
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.work import ChipsWork


@dataclass(frozen=True, slots=True)
class Remains:
    """Chips of the seeds of one cell.

    Attributes:
        networks: those that became circuits.
        refusals: why the others did not.
    """

    networks: tuple[ChipsOutcome, ...]
    refusals: tuple[str, ...]

    @property
    def software(self) -> float:
        """Mean accuracy of the float networks that became circuits."""
        return float(np.mean([one.software for one in self.networks]))

    @property
    def nominal(self) -> float:
        """Mean accuracy of their chips without mismatch."""
        return float(np.mean([one.nominal for one in self.networks]))

    @property
    def median(self) -> float:
        """Mean over networks of the median chip."""
        return float(np.mean([np.median(one.chips) for one in self.networks]))

    @property
    def low(self) -> float:
        """Mean over networks of the 5th percentile of the chips."""
        return float(np.mean([np.percentile(one.chips, 5) for one in self.networks]))

    @property
    def worst(self) -> float:
        """The worst chip of all."""
        return min(min(one.chips) for one in self.networks)


def chips_work(study: Study, task: str, cell: CellKind, seed: int) -> ChipsWork | None:
    """Chips of one network; None until the learning rate of its training is known."""
    plan = study.plan.remains
    training = training_work(study, task, cell, plan.units, seed)
    if training is None:
        return None
    circuit = CircuitChoice(plan.technology, plan.bits)
    return ChipsWork(training, circuit, plan.chips, plan.sequences)


def remains(study: Study, task: str, cell: CellKind) -> Remains | None:
    """Chips of a cell; None until all seeds are there, or for a cell without a circuit."""
    if not KINDS[cell].exportable:
        return None
    works = [chips_work(study, task, cell, seed) for seed in range(study.plan.seeds)]
    found = [study.chips(work) for work in works if work is not None]
    known = [one for one in found if one is not None]
    if len(known) < study.plan.seeds:
        return None
    return Remains(
        networks=tuple(one for one in known if not one.refusal),
        refusals=tuple(one.refusal for one in known if one.refusal),
    )
