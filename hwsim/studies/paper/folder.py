"""The folder of a study: its plan, finished units of work by their keys, trained networks."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from hwsim.foundation.errors import InputError
from hwsim.foundation.files import (
    content_hash,
    locked_folder,
    replaced_folder,
    require_own_folder,
    write_bytes,
    write_text,
)
from hwsim.studies.paper.outcomes import Outcome, TrainingOutcome
from hwsim.studies.paper.plan import StudyPlan, differences, read_plan
from hwsim.studies.paper.work import NETWORKS, Work, network_hash

PLAN = "study.yaml"
"""The file by which the folder of a study is known."""

RESULTS = "results"
"""Folder of the finished units of work."""

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


class StudyFolder:
    """The folder of one study; `opened` makes or continues it.

    Args:
        path: an existing folder with a plan.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def plan(self) -> StudyPlan:
        """What it is of.

        Raises:
            InputError: it is not the folder of a study, or of another version.
        """
        if not (self.path / PLAN).is_file():
            raise InputError(
                f"is not the folder of a study (no {PLAN} in it)",
                where=str(self.path),
                hint="make one: hwsim study paper --out DIR",
            )
        return read_plan(self.path / PLAN)

    def load(self, work: Work) -> Outcome | None:
        """The outcome of a unit of work; None if it is not there, damaged, or lost its network."""
        try:
            content = json.loads(self._file(work.key).read_bytes())
            outcome = _OUTCOME.validate_json(content["outcome"])
            whole = content["sum"] == _sum(work.key, content["outcome"])
        except (OSError, ValueError, KeyError, TypeError, ValidationError):
            return None
        if isinstance(outcome, TrainingOutcome) and outcome.network is not None:
            whole = whole and network_hash(self.path, work.key) == outcome.network
        return outcome if whole else None

    def save(self, work: Work, outcome: Outcome) -> None:
        """Keep the outcome of a unit of work; its network is there already.

        Raises:
            InputError: it cannot be written; what is there stays.
        """
        text = outcome.model_dump_json()
        content = {"outcome": text, "sum": _sum(work.key, text)}
        try:
            write_bytes(self._file(work.key), json.dumps(content).encode())
        except InputError as error:
            raise kept(error) from None

    def _file(self, key: str) -> Path:
        return self.path / RESULTS / f"{key}.json"


def kept(error: InputError) -> InputError:
    """An error that ended a run, with what that means for the study."""
    hint = error.hint or "what has finished is kept: the same command continues"
    return InputError(error.what, where=error.where, hint=hint)


def _sum(key: str, text: str) -> str:
    """Check sum of an outcome: a disk that lost power can leave a file with holes."""
    return content_hash(key.encode(), text.encode())[:16]


@contextlib.contextmanager
def opened(path: Path, plan: StudyPlan | None, *, change: bool = False) -> Iterator[StudyFolder]:
    """Make the folder of a study, or continue it, and keep others out for as long.

    Args:
        path: the folder; its parents are made.
        plan: of the study; None for the one that is there.
        change: take another plan than the one that is there; what both have in common is kept.

    Raises:
        InputError: the folder is not a study's, is of another plan or another version, is being
            written by another run, or cannot be written. Nothing in it has changed then.
    """
    require_own_folder(path, PLAN)
    folder = StudyFolder(path)
    if not (path / PLAN).is_file():
        if plan is None:
            folder.plan()
        else:
            _make(path, plan)
    with locked_folder(path, "study"):
        if plan is not None:
            there = folder.plan()
            if there != plan and not change:
                raise InputError(
                    f"holds a study with {next(differences(there, plan))}",
                    where=str(path),
                    hint="choose another folder, or --change-plan: what both have is kept",
                )
            if there != plan:
                write_text(path / PLAN, plan.text())
        _remove_torn(path)
        yield folder


def _make(path: Path, plan: StudyPlan) -> None:
    with replaced_folder(path, PLAN) as fresh:
        for name in (RESULTS, NETWORKS):
            (fresh / name).mkdir()
        write_text(fresh / PLAN, plan.text())


def _remove_torn(path: Path) -> None:
    """Remove what a killed run was writing; nobody else writes while the folder is locked."""
    for folder in (path, path / RESULTS, path / NETWORKS):
        for torn in folder.glob(".*"):
            torn.unlink(missing_ok=True)
