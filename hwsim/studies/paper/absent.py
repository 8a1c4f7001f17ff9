"""What a study has not run yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hwsim.cells.kinds import KINDS
from hwsim.studies.paper.agenda import STAGES, works
from hwsim.studies.paper.selection import Part, Selection
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.work import Work


@dataclass(frozen=True, slots=True)
class Absence:
    """Units of work of a part of a task that have not been done.

    Attributes:
        task: by name.
        part: of the study.
        missing: how many have not.
        total: how many there are to be.
        where: widths and cells of those that have not, in words.
    """

    task: str
    part: Part
    missing: int
    total: int
    where: tuple[str, ...]

    @property
    def words(self) -> str:
        """For a person."""
        of = "" if self.missing == self.total else f": {'; '.join(self.where)}"
        return f"{self.task}, {self.part}, {self.missing} of {self.total}{of}"


def absences(study: Study, selection: Selection) -> tuple[Absence, ...]:
    """What is selected and has not been done, in the order of the plan.

    Args:
        study: what there is.
        selection: what is looked for.
    """
    return tuple(_absences(study.forecast(), selection))


def _absences(forecast: Study, selection: Selection) -> Iterator[Absence]:
    for task in selection.tasks:
        for part in selection.parts:
            alone = replace(selection, parts=(part,))
            listed = [
                work
                for stage in STAGES
                if stage != "tuning"
                for work in works(forecast, alone, task, stage)
            ]
            missing = [work for work in listed if forecast.outcome(work) is None]
            if missing:
                counts = len(missing), len(listed)
                yield Absence(forecast.title(task), part, *counts, tuple(_where(missing, listed)))


def _where(missing: Sequence[Work], listed: Sequence[Work]) -> Iterator[str]:
    """Widths, each with the cells that lack something there."""
    every = {one.recipe.cell for one in listed}
    for units in sorted({one.recipe.units for one in missing}):
        cells = dict.fromkeys(one.recipe.cell for one in missing if one.recipe.units == units)
        named = ", ".join(KINDS[cell].title for cell in cells)
        yield f"d = {units} of {'every cell' if set(cells) == every else named}"
