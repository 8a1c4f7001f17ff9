"""A study: its plan, and what its folder knows of it."""

from __future__ import annotations

from hwsim.cells.kinds import CellKind
from hwsim.studies.paper.folder import StudyFolder
from hwsim.studies.paper.outcomes import ChipsOutcome, GradientsOutcome, Outcome, TrainingOutcome
from hwsim.studies.paper.plan import StudyPlan
from hwsim.studies.paper.subject import subject_of
from hwsim.studies.paper.work import ChipsWork, GradientsWork, TrainingWork, Work
from hwsim.training.recipe import Recipe


class Study:
    """A plan and the outcomes that there are.

    Args:
        plan: of the study.
        folder: of the study.
        provisional_rate: learning rate to take for one that is not known yet, in forecasts; None
            to have no work of that cell until it is known.
    """

    def __init__(
        self, plan: StudyPlan, folder: StudyFolder, provisional_rate: float | None = None
    ) -> None:
        self.plan = plan
        self.folder = folder
        self.provisional_rate = provisional_rate
        self._known: dict[str, Outcome] = {}

    def forecast(self) -> Study:
        """The same study with a learning rate for every cell."""
        return Study(self.plan, self.folder, self.plan.tuning.rates[0])

    def outcome(self, work: Work) -> Outcome | None:
        """What became of a unit of work; None where it has not been done."""
        if work.key not in self._known:
            found = self.folder.load(work)
            if found is None:
                return None
            self._known[work.key] = found
        return self._known[work.key]

    def training(self, work: TrainingWork) -> TrainingOutcome | None:
        """`outcome` of a training."""
        found = self.outcome(work)
        return found if isinstance(found, TrainingOutcome) else None

    def gradients(self, work: GradientsWork) -> GradientsOutcome | None:
        """`outcome` of a look at gradients."""
        found = self.outcome(work)
        return found if isinstance(found, GradientsOutcome) else None

    def chips(self, work: ChipsWork) -> ChipsOutcome | None:
        """`outcome` of chips."""
        found = self.outcome(work)
        return found if isinstance(found, ChipsOutcome) else None

    def keep(self, work: Work, outcome: Outcome) -> None:
        """Take in the outcome of a unit of work.

        Raises:
            InputError: the folder cannot be written.
        """
        self.folder.save(work, outcome)
        self._known[work.key] = outcome

    def title(self, task: str) -> str:
        """Name of a task: that of the file where the plan has a path."""
        return subject_of(task).name

    def recipe(self, task: str, cell: CellKind, units: int, rate: float) -> Recipe:
        """How a cell is trained, with seed 0."""
        return subject_of(task).recipe(self.plan.task(task), cell, units, rate)
