"""The study of the cells as tables in Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from hwsim import __version__
from hwsim.cells.kinds import KINDS, CellKind
from hwsim.report.numbers import DASH, SPACE, share
from hwsim.studies.paper.absent import absences
from hwsim.studies.paper.claims import Claim, claims
from hwsim.studies.paper.convergence import Convergence, convergence, widest
from hwsim.studies.paper.gradients import Flow, gradients
from hwsim.studies.paper.remains import Remains, remains
from hwsim.studies.paper.selection import Selection
from hwsim.studies.paper.sensitivity import KNOBS, Start, sensitivity
from hwsim.studies.paper.study import Study
from hwsim.studies.paper.subject import subject_of
from hwsim.studies.paper.tuning import best_rate


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; a bar in a word does not end its column."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(word.replace('|', chr(92) + '|') for word in line)} |" for line in lines
    )


def claims_table(study: Study) -> str:
    """Every claim, its rule, its verdict and the figures behind it."""
    return "\n\n".join(_claim(number, one) for number, one in enumerate(claims(study), start=1))


def _claim(number: int, claim: Claim) -> str:
    lines = [f"**{number}. {claim.statement[0].upper()}{claim.statement[1:]}: {claim.verdict}.**"]
    lines += [f"Holds where {claim.rule}.", ""]
    lines += [f"- `{one.task}`: {one.verdict}. {one.words}" for one in claim.findings]
    return "\n".join(lines).rstrip()


def tasks_table(study: Study) -> str:
    """How every cell is trained on each task."""
    head = ("task", "longest", "chance", "target", "blocks", "K", "steps", "batch", "α₀", "β₀")
    rows = []
    for one in study.plan.tasks:
        subject = subject_of(one.task)
        numbers = (one.blocks, one.levels_half, one.steps, one.batch, one.alpha, one.beta)
        shares = (share(subject.chance), share(one.target, 0))
        rows.append((f"`{subject.name}`", str(subject.steps), *shares, *map(str, numbers)))
    return markdown_table(head, rows)


def budget_words(study: Study) -> str:
    """The tuning and the seeds in a sentence."""
    plan, tuning = study.plan, study.plan.tuning
    rates = ", ".join(f"{rate:g}" for rate in tuning.rates)
    return (
        f"{plan.seeds} seeds; d = {', '.join(map(str, plan.units))}; learning rates {rates}, each "
        f"tried with {tuning.seeds} other seed{'s' if tuning.seeds > 1 else ''} at d = "
        f"{tuning.units}; hwsim {__version__}."
    )


def summary_table(study: Study) -> str:
    """Mean test accuracy of every cell at the largest width that was run, by task."""
    head = ("task", "d", *(KINDS[cell].title for cell in study.plan.cells))
    rows = []
    for one in study.plan.tasks:
        found = widest(study, one.task, study.plan.cells)
        if found:
            units = str(next(iter(found.values())).units)
            rows.append(
                (
                    f"`{study.title(one.task)}`",
                    units,
                    *(share(each.mean) for each in found.values()),
                )
            )
    return markdown_table(head, rows) if rows else _NOTHING


def convergence_tables(study: Study) -> str:
    """Accuracy and convergence of every cell and width, a section a task."""
    sections = [_task_section(study, one.task) for one in study.plan.tasks]
    return "\n\n".join(section for section in sections if section) or _NOTHING


def _task_section(study: Study, task: str) -> str:
    plan = study.plan
    found = {
        cell: [convergence(study, task, cell, units) for units in plan.units] for cell in plan.cells
    }
    if not any(one for each in found.values() for one in each):
        return ""
    widths = [f"d = {units}" for units in plan.units]
    accuracies = markdown_table(
        ("cell", "rate", *widths),
        (
            (KINDS[cell].title, _rate(study, task, cell), *(_spread(one) for one in each))
            for cell, each in found.items()
        ),
    )
    arrivals = markdown_table(
        ("cell", "parameters", *widths),
        (
            (KINDS[cell].title, _parameters(study, task, cell), *(_reached(one) for one in each))
            for cell, each in found.items()
        ),
    )
    target = share(plan.task(task).target, 0)
    return (
        f"### {study.title(task)}\n\n"
        "Test accuracy in %: mean ± standard deviation (worst seed). A star marks a learning rate "
        "at an end of those that were tried.\n\n"
        f"{accuracies}\n\nSeeds that reach {target}; median of the steps until nine tenths of the "
        f"final validation accuracy.\n\n{arrivals}"
    )


def _code(study: Study, task: str) -> str:
    return f"`{study.title(task)}`"


def _rate(study: Study, task: str, cell: CellKind) -> str:
    rate = best_rate(study, task, cell)
    if rate is None:
        return DASH
    tried = study.plan.tuning.rates
    # A star is no emphasis in Markdown as long as it stands alone in its cell.
    return f"{rate:g}{' *' if rate in (min(tried), max(tried)) else ''}"


def _parameters(study: Study, task: str, cell: CellKind) -> str:
    plan, subject = study.plan.task(task), subject_of(task)
    counts = [subject.parameters(plan, cell, units) for units in study.plan.units]
    return ", ".join(map(str, counts))


def _spread(found: Convergence | None) -> str:
    if found is None:
        return DASH
    ran_away = f", {found.diverged} diverged" if found.diverged else ""
    mean, deviation = 100 * found.mean, 100 * found.deviation
    return f"{mean:.1f} ± {deviation:.1f} ({100 * found.least:.1f}){ran_away}"


def _reached(found: Convergence | None) -> str:
    if found is None:
        return DASH
    when = "" if found.arrival is None else f"; {found.arrival:.0f}"
    return f"{found.converged} of {len(found.tests)}{when}"


def sensitivity_tables(study: Study) -> str:
    """What every cell becomes from other starts, a table a task."""
    sections = [_sensitivity(study, task) for task in study.plan.sensitivity.tasks]
    return "\n\n".join(section for section in sections if section) or _NOTHING


def _sensitivity(study: Study, task: str) -> str:
    plan = study.plan
    starts = [Start(knob, factor) for knob in KNOBS for factor in plan.sensitivity.factors]
    starts = [start for start in starts if start.factor != 1]
    rows = []
    for cell in plan.cells:
        found = sensitivity(study, task, cell)
        if found is not None:
            others = (found.others.get(start) for start in starts)
            words = [DASH if one is None else _short(one) for one in others]
            rows.append((KINDS[cell].title, _short(found.planned), *words))
    if not rows:
        return ""
    names = {"alpha": "α₀", "beta": "β₀", "weight_gain": "weights"}
    head = ("cell", "as planned", *(f"{names[one.knob]} · {one.factor:g}" for one in starts))
    return (
        f"### {study.title(task)}, d = {plan.sensitivity.units}\n\n"
        "Mean test accuracy in %, and seeds that "
        f"reach {share(plan.task(task).target, 0)}.\n\n{markdown_table(head, rows)}"
    )


def _short(found: Convergence) -> str:
    return f"{100 * found.mean:.1f}, {found.converged}"


def gradients_table(study: Study) -> str:
    """What of a gradient is left at the beginning of a sequence, by task and cell."""
    plan = study.plan
    head = (
        "cell",
        *(f"`{study.title(task)}`, {when}" for task in plan.gradients.tasks for when in _WHEN),
    )
    rows = []
    for cell in plan.cells:
        flows = [gradients(study, task, cell) for task in plan.gradients.tasks]
        if any(flows):
            rows.append((KINDS[cell].title, *(word for flow in flows for word in _flow(flow))))
    return markdown_table(head, rows) if rows else _NOTHING


_WHEN = ("before", "trained")


def _flow(flow: Flow | None) -> Iterator[str]:
    values = (math.nan,) * 2 if flow is None else (flow.left_at_start, flow.left_trained)
    for value in values:
        yield DASH if math.isnan(value) else f"{value:.2g}"


def remains_table(study: Study) -> str:
    """What is left of trained networks as chips."""
    plan = study.plan
    head = ("task", "cell", "software", "compiled", "median chip", "5th percentile", "worst chip")
    rows = []
    for task in plan.remains.tasks:
        for cell in plan.cells:
            found = remains(study, task, cell)
            if found is not None:
                rows.append((_code(study, task), KINDS[cell].title, *_remains(found)))
    return markdown_table(head, rows) if rows else _NOTHING


def _remains(found: Remains) -> Iterator[str]:
    refused = f" ({len(found.refusals)}{SPACE}refused)" if found.refusals else ""
    if not found.networks:
        yield from (f"{DASH}{refused}", *[DASH] * 4)
        return
    yield f"{share(found.software)}{refused}"
    for value in (found.nominal, found.median, found.low, found.worst):
        yield share(value)


def absent_list(study: Study) -> str:
    """What of the plan has not been run."""
    found = absences(study, Selection.everything(study.plan))
    if not found:
        return "Everything that is planned has been run."
    return "\n".join(f"- {one.words}" for one in found)


_NOTHING = "Not run yet."
