"""What the literature claims of the CMRU, and what this study says to it.

Only the abstracts of arXiv 2605.11855 (CMRU) and 2601.09495 (BMRU) were at hand, so the claims are
theirs in this project's words, and the rules by which they hold are this project's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import fisher_exact

from hwsim.cells.kinds import KINDS, CellKind
from hwsim.studies.paper.convergence import convergence, widest
from hwsim.studies.paper.gradients import Flow, gradients
from hwsim.studies.paper.remains import remains
from hwsim.studies.paper.sensitivity import sensitivity
from hwsim.studies.paper.study import Study

Verdict = Literal["holds", "not shown", "does not hold"]

TIMES = 10.0
"""How much more gradient counts as more."""

LEVEL = 0.05
"""Probability of a chance difference (Fisher's exact test, two-sided) below which it counts."""

LESS = 0.01
"""Accuracy by which a fall is smaller than another."""

CLOSE = 0.03
"""Accuracy within which two cells are close."""

MEDIAN_LOSS, LOW_LOSS = 0.01, 0.03
"""Accuracy that the median chip and the 5th percentile of the chips may lose."""

_NEW: tuple[CellKind, ...] = ("cmru", "saturating_cmru")
_RIVALS: tuple[CellKind, ...] = ("lru", "mingru")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one task says to a claim.

    Attributes:
        task: by name.
        verdict: of this task.
        words: the figures.
    """

    task: str
    verdict: Verdict
    words: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim and its findings.

    Attributes:
        statement: what is claimed.
        rule: when it holds.
        findings: of the tasks that were measured.
    """

    statement: str
    rule: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        """On how many tasks it holds, in words."""
        found = {one.verdict for one in self.findings}
        if len(found) <= 1:
            return next(iter(found), "not measured")
        holds = sum(one.verdict == "holds" for one in self.findings)
        return f"holds on {holds} of {len(self.findings)} tasks"


def claims(study: Study) -> tuple[Claim, ...]:
    """Every claim with what the study knows."""
    plan = study.plan
    long, every = plan.gradients.tasks, tuple(one.task for one in plan.tasks)
    return (
        Claim(
            "before training, gradients pass through the time of a CMRU and are blocked in a BMRU",
            f"{TIMES:g} times as much is left at the beginning of the sequences",
            _findings(study, long, _gradients_at_start),
        ),
        Claim(
            "in trained networks, gradients pass through the time of a CMRU and are blocked in a "
            "BMRU",
            f"{TIMES:g} times as much is left at the beginning of the sequences",
            _findings(study, long, _gradients_trained),
        ),
        Claim(
            "on long tasks a CMRU converges more reliably than a BMRU",
            f"more trainings of the widths that were run reach the target, p < {LEVEL:g}",
            _findings(study, long, _reliable),
        ),
        Claim(
            "a CMRU is less sensitive to its initialisation than a BMRU",
            "from other starts, its mean accuracy falls less below that from the planned one, by "
            f"{100 * LESS:g} point or more",
            _findings(study, plan.sensitivity.tasks, _insensitive),
        ),
        Claim(
            "a CMRU comes close to LRU and minGRU",
            "at the largest width that was run, CMRU or saturating CMRU is at most "
            f"{100 * CLOSE:g} points below the better of them, mean of the seeds",
            _findings(study, every, _close),
        ),
        Claim(
            "quantised states survive the circuit",
            f"of the saturating CMRU, the median chip loses at most {100 * MEDIAN_LOSS:g} point, "
            f"the 5th percentile at most {100 * LOW_LOSS:g}",
            _findings(study, plan.remains.tasks, _robust),
        ),
    )


def _findings(
    study: Study, tasks: Iterable[str], judge: Callable[[Study, str], Finding | None]
) -> tuple[Finding, ...]:
    found = (judge(study, task) for task in tasks)
    return tuple(one for one in found if one is not None)


def _gradients_at_start(study: Study, task: str) -> Finding | None:
    return _more_left(study, task, lambda flow: flow.left_at_start)


def _gradients_trained(study: Study, task: str) -> Finding | None:
    return _more_left(study, task, lambda flow: flow.left_trained)


def _more_left(study: Study, task: str, part: Callable[[Flow], float]) -> Finding | None:
    if not _has(study, "cmru", "bmru"):
        return None
    cmru, bmru = gradients(study, task, "cmru"), gradients(study, task, "bmru")
    if cmru is None or bmru is None:
        return None
    ours, theirs = part(cmru), part(bmru)
    if math.isnan(ours) or math.isnan(theirs):
        return None
    # Where nothing is left of theirs, anything is more: a product knows no division by zero.
    more = ours > 0 and ours >= TIMES * theirs
    words = f"left of CMRU {ours:.2g}, of BMRU {theirs:.2g}"
    return Finding(study.title(task), "holds" if more else "does not hold", words)


def _reliable(study: Study, task: str) -> Finding | None:
    if not _has(study, "cmru", "bmru"):
        return None
    reached = {"cmru": 0, "bmru": 0}
    widths = []
    for units in study.plan.units:
        cmru = convergence(study, task, "cmru", units)
        bmru = convergence(study, task, "bmru", units)
        if cmru is not None and bmru is not None:
            widths.append(units)
            reached["cmru"] += cmru.converged
            reached["bmru"] += bmru.converged
    if not widths:
        return None
    count = len(widths) * study.plan.seeds
    words = (
        f"CMRU {reached['cmru']} of {count}, BMRU {reached['bmru']} of {count}, "
        f"d = {', '.join(map(str, widths))}"
    )
    return _compared(study.title(task), (reached["cmru"], count), (reached["bmru"], count), words)


def _insensitive(study: Study, task: str) -> Finding | None:
    if not _has(study, "cmru", "bmru"):
        return None
    cmru, bmru = sensitivity(study, task, "cmru"), sensitivity(study, task, "bmru")
    if cmru is None or bmru is None:
        return None
    words = ", ".join(
        f"{name} falls by {100 * one.loss:.1f} points, "
        f"{one.converged} of {one.trainings} still reach the target"
        for name, one in (("CMRU", cmru), ("BMRU", bmru))
    )
    less = bmru.loss - cmru.loss
    verdict: Verdict = "not shown" if abs(less) < LESS else "holds"
    return Finding(study.title(task), "does not hold" if less <= -LESS else verdict, words)


def _compared(title: str, ours: tuple[int, int], theirs: tuple[int, int], words: str) -> Finding:
    table = np.array([[reached, of - reached] for reached, of in (ours, theirs)])
    probability = float(fisher_exact(table).pvalue)
    words = f"{words}; p = {probability:.2g}"
    if probability >= LEVEL:
        return Finding(title, "not shown", words)
    more = ours[0] / ours[1] > theirs[0] / theirs[1]
    return Finding(title, "holds" if more else "does not hold", words)


def _close(study: Study, task: str) -> Finding | None:
    if not _has(study, *_NEW, *_RIVALS):
        return None
    found = widest(study, task, (*_NEW, *_RIVALS))
    if not found:
        return None
    means = {cell: one.mean for cell, one in found.items()}
    behind = max(means[cell] for cell in _RIVALS) - max(means[cell] for cell in _NEW)
    words = ", ".join(f"{KINDS[cell].title} {100 * mean:.1f} %" for cell, mean in means.items())
    return Finding(
        task, "holds" if behind <= CLOSE else "does not hold", f"d = {found['cmru'].units}: {words}"
    )


def _robust(study: Study, task: str) -> Finding | None:
    if not _has(study, "saturating_cmru"):
        return None
    found = remains(study, task, "saturating_cmru")
    if found is None or not found.networks:
        return None
    median, low = found.software - found.median, found.software - found.low
    words = (
        f"{100 * found.software:.1f} % in software, {100 * found.median:.1f} % the median chip, "
        f"{100 * found.low:.1f} % the 5th percentile"
    )
    kept = median <= MEDIAN_LOSS and low <= LOW_LOSS
    return Finding(study.title(task), "holds" if kept else "does not hold", words)


def _has(study: Study, *cells: CellKind) -> bool:
    return all(cell in study.plan.cells for cell in cells)
