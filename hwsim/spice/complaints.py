"""Which of the lines that ngspice writes mean that a run failed.

ngspice's return codes do not tell: it returns success after an aborted transient, and it writes
to its error stream in runs that went well (every BSIM3 model reports its parameter check there).
So each line of the error stream is judged by its text. The texts are those of ngspice 39.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Complaint(Enum):
    """What a fatal line is about."""

    DECK = "ngspice does not accept the deck"
    CONVERGENCE = "ngspice finds no solution"
    MEASURE = "a .measure of the deck failed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that ngspice wrote.

    Attributes:
        text: without the line's end.
        is_error: whether it came on the error stream.
    """

    text: str
    is_error: bool


# Tried in this order: the first that matches a line decides.
_FATAL: tuple[tuple[Complaint, re.Pattern[str]], ...] = tuple(
    (complaint, re.compile(pattern, re.IGNORECASE))
    for complaint, pattern in (
        (Complaint.MEASURE, r"^\s*error:\s*measure"),
        (Complaint.MEASURE, r"^\s*\.?meas(ure)?\b.*\bfailed"),
        (Complaint.CONVERGENCE, r"timestep too small"),
        (Complaint.CONVERGENCE, r"no convergence in"),
        (Complaint.CONVERGENCE, r"iteration limit reached"),
        (Complaint.CONVERGENCE, r"^\s*doanalyses:"),
        (Complaint.CONVERGENCE, r"simulation\(s\) aborted"),
        (Complaint.DECK, r"circuit not parsed"),
        (Complaint.DECK, r"no circuit loaded|aren't any circuits loaded"),
        (Complaint.DECK, r"simulation interrupted due to error"),
        (Complaint.DECK, r"undefined parameter|cannot compute substitute"),
        (Complaint.DECK, r"unknown subckt"),
        (Complaint.DECK, r"could not find a valid modelname"),
        (Complaint.DECK, r"could not find (include|library) file"),
        (Complaint.DECK, r"no job \(.*\) defined|simulation not started"),
        (Complaint.DECK, r"(ic|nodeset) on non-existent node"),
        (Complaint.DECK, r"cannot recover and awaits to be"),
        (Complaint.DECK, r"^\s*(fatal )?error\b"),
    )
)

# Lines that explain nothing: progress of the search for an operating point, parameter checks.
_CHATTER = re.compile(
    r"^\s*(trying gmin|supplies reduced|checking parameters for|note:|using sparse|using klu)"
    r"|further gmin increment|one successful|\b[pa][ds] = 0 is less than w"
    r"|awaits to be|please check (your input|line)",
    re.IGNORECASE,
)
_FIRST_QUOTED, _LAST_QUOTED = 2, 4


def complaint_of(text: str) -> Complaint | None:
    """What one line of the error stream complains about, None when it is harmless."""
    return next((complaint for complaint, pattern in _FATAL if pattern.search(text)), None)


def first_complaint(lines: Sequence[Line]) -> Complaint | None:
    """The cause of a failed run: later complaints are consequences of the first."""
    found = (complaint_of(line.text) for line in lines if line.is_error)
    return next((complaint for complaint in found if complaint is not None), None)


def own_words(lines: Sequence[Line]) -> str:
    """The lines with which ngspice explains a failure, joined by semicolons.

    The first ones name the cause, the last ones the end; what lies between is left out when it
    is long. Empty when ngspice wrote nothing that explains a failure.
    """
    told = [" ".join(line.text.split()) for line in lines if line.is_error]
    telling = [text for text in told if text and not _CHATTER.search(text)]
    distinct = list(dict.fromkeys(telling))
    if len(distinct) > _FIRST_QUOTED + _LAST_QUOTED:
        distinct = [*distinct[:_FIRST_QUOTED], "...", *distinct[-_LAST_QUOTED:]]
    return "; ".join(distinct)
