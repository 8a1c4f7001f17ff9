"""The units of work of a selection, task by task, each stage after what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from hwsim.cells.kinds import KINDS, CellKind
from hwsim.studies.paper.convergence import training_work
from hwsim.studies.paper.gradients import gradients_work
from hwsim.studies.paper.remains import chips_work
from hwsim.studies.paper.selection import Selection
from hwsim.studies.paper.sensitivity import sensitivity_work, starts
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.tuning import tuning_works
from hwsim.studies.paper.work import Work

Stage: TypeAlias = Literal["tuning", "training", "sensitivity", "gradients", "chips"]

_Listing = Callable[[Study, Selection, str], Iterable[Work | None]]


def works(study: Study, selection: Selection, task: str, stage: Stage) -> tuple[Work, ...]:
    """The units of work of a stage of one task, each once.

    Args:
        study: whose earlier stages are done, as far as the selection goes.
        selection: what is wanted.
        task: one of the selection's.
        stage: of the work.
    """
    listed = [work for work in _LISTINGS[stage](study, selection, task) if work is not None]
    return tuple({work.key: work for work in listed}.values())


def _tuning(study: Study, selection: Selection, task: str) -> Iterable[Work | None]:
    for cell in selection.cells:
        for trials in tuning_works(study, task, cell).values():
            yield from trials


def _training(study: Study, selection: Selection, task: str) -> Iterable[Work | None]:
    """Those of the convergence, and the networks that the other parts look at."""
    plan = study.plan
    for units in selection.units if "convergence" in selection.parts else ():
        yield from _each(study, selection, task, selection.cells, units)
    looked_at: Mapping[str, tuple[tuple[str, ...], int, tuple[CellKind, ...]]] = {
        "sensitivity": (plan.sensitivity.tasks, plan.sensitivity.units, selection.cells),
        "gradients": (plan.gradients.tasks, plan.gradients.units, selection.cells),
        "remains": (plan.remains.tasks, plan.remains.units, _exportable(selection)),
    }
    for part, (tasks, units, cells) in looked_at.items():
        if part in selection.parts and task in tasks:
            yield from _each(study, selection, task, cells, units)


def _each(
    study: Study, selection: Selection, task: str, cells: Iterable[CellKind], units: int
) -> Iterable[Work | None]:
    for cell in cells:
        for seed in range(selection.seeds):
            yield training_work(study, task, cell, units, seed)


def _sensitivity(study: Study, selection: Selection, task: str) -> Iterable[Work | None]:
    if "sensitivity" not in selection.parts or task not in study.plan.sensitivity.tasks:
        return
    for cell in selection.cells:
        for start in starts(study, cell):
            for seed in range(selection.seeds):
                yield sensitivity_work(study, task, cell, start, seed)


def _gradients(study: Study, selection: Selection, task: str) -> Iterable[Work | None]:
    if "gradients" not in selection.parts or task not in study.plan.gradients.tasks:
        return
    for cell in selection.cells:
        for seed in range(selection.seeds):
            yield gradients_work(study, task, cell, seed)


def _chips(study: Study, selection: Selection, task: str) -> Iterable[Work | None]:
    if "remains" not in selection.parts or task not in study.plan.remains.tasks:
        return
    for cell in _exportable(selection):
        for seed in range(selection.seeds):
            yield chips_work(study, task, cell, seed)


def _exportable(selection: Selection) -> tuple[CellKind, ...]:
    return tuple(cell for cell in selection.cells if KINDS[cell].exportable)


_LISTINGS: Mapping[Stage, _Listing] = MappingProxyType(
    {
        "tuning": _tuning,
        "training": _training,
        "sensitivity": _sensitivity,
        "gradients": _gradients,
        "chips": _chips,
    }
)

STAGES: tuple[Stage, ...] = tuple(_LISTINGS)
"""In the order of the work."""
