"""``hwsim study``: the cells compared over seeds, starts, gradients and chips."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FileType, FolderType
from hwsim.cli.output import emit, json_option, progress
from hwsim.cli.scaling import CountsType

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.studies.paper.plan import StudyPlan
    from hwsim.studies.paper.run import Progress
    from hwsim.studies.paper.selection import Part, Selection
    from hwsim.studies.paper.study import Study

PARTS = ("convergence", "sensitivity", "gradients", "remains")
"""Those of `hwsim.studies.paper.selection`, which would take long to import."""


@click.group("study")
def study_command() -> None:
    """Compare the cells over many seeds: convergence, initialisation, gradients, chips."""


@study_command.command("paper")
@click.option("--out", type=FolderType, required=True, help="Folder to make or to continue.")
@click.option(
    "--plan",
    "plan_file",
    type=FileType,
    help="A plan in a YAML file.  [default: the folder's, else the usual one]",
)
@click.option("--change-plan", is_flag=True, help="Give a folder another plan than it has.")
@click.option("--task", "tasks", multiple=True, help="Only this task. Again for another one.")
@click.option("--cell", "cells", multiple=True, help="Only this cell. Again for another one.")
@click.option("--units", type=CountsType(), help="Only these widths, like 4,16.")
@click.option("--seeds", type=int, help="Only the first so many.")
@click.option(
    "--part", "parts", type=click.Choice(PARTS), multiple=True, help="Only this. Again for more."
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@click.option("--estimate", "only_estimate", is_flag=True, help="Say how long it would take.")
@json_option
def paper_command(
    out: Path,
    plan_file: Path | None,
    tasks: tuple[str, ...],
    cells: tuple[str, ...],
    units: tuple[int, ...] | None,
    seeds: int | None,
    parts: tuple[Part, ...],
    jobs: int,
    *,
    change_plan: bool,
    only_estimate: bool,
    as_json: bool,
) -> None:
    """Run what a study lacks: trainings of every cell, task, width and seed, and looks at them.

    What has finished is kept: interrupted at any moment, the same command continues and ends with
    the same results. `hwsim study page` makes tables and pictures of them.
    """
    from hwsim.studies.paper.folder import StudyFolder, opened
    from hwsim.studies.paper.selection import Selection
    from hwsim.studies.paper.study import Study

    plan = _plan(out, plan_file)
    selection = Selection.of(
        plan, tasks=tasks, cells=cells, units=units or (), seeds=seeds, parts=parts
    )
    _require_usable(plan, selection)
    if only_estimate:
        _estimate(Study(plan, StudyFolder(out)), selection, as_json=as_json)
        return
    with opened(out, plan, change=change_plan) as folder:
        study = Study(plan, folder)
        _run(study, selection, jobs, as_json=as_json)
        _emit_counts(study, selection, as_json=as_json)


def _plan(out: Path, file: Path | None) -> StudyPlan:
    """The plan that is meant: the file's, else the folder's, else the usual one."""
    from hwsim.studies.paper.folder import PLAN
    from hwsim.studies.paper.plan import read_plan
    from hwsim.studies.paper.usual_plan import USUAL

    if file is not None:
        return read_plan(file)
    return read_plan(out / PLAN) if (out / PLAN).is_file() else USUAL


def _require_usable(plan: StudyPlan, selection: Selection) -> None:
    """Refuse tasks and technologies that cannot be used, before anything is written."""
    from hwsim.studies.paper.chips import CircuitChoice
    from hwsim.studies.paper.subject import subject_of

    for task in selection.tasks:
        subject_of(task)
    if "remains" in selection.parts:
        CircuitChoice(plan.remains.technology, plan.remains.bits).identity()


def _run(study: Study, selection: Selection, jobs: int, *, as_json: bool) -> None:
    from hwsim.studies.paper.processes import workers
    from hwsim.studies.paper.run import run_study

    try:
        with _watching(as_json=as_json) as watch, workers(jobs) as executor:
            run_study(study, selection, executor, workers=jobs, watch=watch)
    except KeyboardInterrupt:
        click.echo(f"kept in {study.folder.path}: the same command goes on", err=True)
        raise


@contextlib.contextmanager
def _watching(*, as_json: bool) -> Iterator[Callable[[Progress], None]]:
    """Tell a person how far a run has come; a log gets a line a stage, with the time left."""
    if not as_json and sys.stderr.isatty():
        with progress("study", 1.0) as advance:
            yield _Bar(advance)
        return
    yield _Log()


class _Bar:
    """Moves a bar.

    Args:
        advance: takes the fraction that has been done since it was last called.
    """

    def __init__(self, advance: Callable[[float], None]) -> None:
        self._advance = advance
        self._shown = 0.0

    def __call__(self, now: Progress) -> None:
        fraction = now.done / now.total if now.total else 1.0
        self._advance(fraction - self._shown)
        self._shown = fraction


class _Log:
    """Writes a line for every stage that begins, on stderr."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._stage = ""

    def __call__(self, now: Progress) -> None:
        stage = f"{now.task}, {now.stage}"
        if stage == self._stage:
            return
        self._stage = stage
        spent = time.monotonic() - self._begun
        left = f", about {spent * (now.total / now.done - 1) / 60:.0f} min left" if now.done else ""
        click.echo(f"{spent / 60:6.1f} min: {stage}: {now.done / now.total:.0%}{left}", err=True)


def _emit_counts(study: Study, selection: Selection, *, as_json: bool) -> None:
    """Say what is left of the whole plan."""
    from hwsim.studies.paper.absent import absences
    from hwsim.studies.paper.selection import Selection

    missing = absences(study, Selection.everything(study.plan))
    record = {
        "folder": study.folder.path,
        "left_of_selection": sum(one.missing for one in absences(study, selection)),
        "left_of_plan": [one.words for one in missing],
    }

    def show(console: Console) -> None:
        for one in missing:
            console.print(f"not run yet: {one.words}")
        console.print(f"tables and pictures: hwsim study page {study.folder.path} study.md")

    emit(record, as_json=as_json, show=show)


def _estimate(study: Study, selection: Selection, *, as_json: bool) -> None:
    from hwsim.studies.paper.estimate import estimate, totals

    with progress("timing a few steps", 1.0, as_json=as_json) as advance:
        found = estimate(study, selection, advance)
    rows = {**found, "all": totals(found)}
    record = {
        name: {
            stage: {"works": one.works, "cpu_seconds": one.seconds} for stage, one in row.items()
        }
        for name, row in rows.items()
    }

    def show(console: Console) -> None:
        from rich.table import Table

        table = Table("left, in minutes of one processor", *rows["all"])
        for name, row in rows.items():
            table.add_row(name, *(f"{one.seconds / 60:.1f} ({one.works})" for one in row.values()))
        console.print(table)

    emit(record, as_json=as_json, show=show)


@study_command.command("page")
@click.argument("folder", metavar="DIR", type=FolderType)
@click.argument("page", metavar="PAGE", type=FileType)
@json_option
def page_command(folder: Path, page: Path, *, as_json: bool) -> None:
    """Write what a study found into PAGE, a Markdown file, with pictures beside it.

    In a page that is there, what stands between `<!-- study: NAME -->` and `<!-- end -->` is made
    anew, and everything else stays. What has not been run is listed.
    """
    from hwsim.report.study_page import write_page
    from hwsim.studies.paper.folder import StudyFolder
    from hwsim.studies.paper.study import Study

    there = StudyFolder(folder)
    pictures = write_page(Study(there.plan(), there), page)
    emit(
        {"page": page, "pictures": list(pictures)},
        as_json=as_json,
        show=lambda console: console.print(
            f"page: {page}; pictures: {', '.join(str(one) for one in pictures) or 'none'}"
        ),
    )


@study_command.command("plan")
def plan_command() -> None:
    """Print the usual plan: a file to edit, and to give to `hwsim study paper --plan`."""
    from hwsim.studies.paper.usual_plan import USUAL

    click.echo(USUAL.text(), nl=False)
