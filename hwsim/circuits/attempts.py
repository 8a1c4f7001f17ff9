"""Other ways to simulate a deck for which ngspice finds no solution."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST_STEP = re.compile(r"^(\.tran \S+ \S+ \S+ )(\S+)$", re.MULTILINE)
_TRUNCATION = re.compile(r"^(\.options .*\btrtol=)(\S+)", re.MULTILINE)
_OPTIONS = re.compile(r"^\.options .*$", re.MULTILINE)
_SUPPLY = re.compile(r"^(Vsupply_\S+ \S+ 0) (\S+)$", re.MULTILINE)
_RAMP = "20u"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A way to simulate a deck.

    Attributes:
        name: for people.
        change: from the deck as it is written to the one to run.
    """

    name: str
    change: Callable[[str], str]


def finer_steps(deck: str, halvings: int) -> str:
    """A deck with the longest step of its transient halved some times.

    Where it says how large the error of a step may be (``trtol``), that grows with the third power
    of the step: an eighth of it halves the other steps too.
    """
    if not halvings:
        return deck

    def halved(line: re.Match[str]) -> str:
        return f"{line[1]}{float(line[2]) / 2**halvings:.12g}"

    def stricter(line: re.Match[str]) -> str:
        return f"{line[1]}{float(line[2]) / 8**halvings:.12g}"

    return _TRUNCATION.sub(stricter, _LONGEST_STEP.sub(halved, deck))


def _trapezoids(deck: str) -> str:
    """Another integration, more iterations, and every transistor evaluated every time."""
    options = (
        ".options gmin=1e-17 abstol=1e-15 vntol=1e-6 reltol=2e-3 chgtol=1e-16 "
        "method=trap itl1=500 itl4=500"
    )
    return _OPTIONS.sub(options, finer_steps(deck, 1), count=1)


def _ramped(deck: str) -> str:
    """No operating point: supplies rise at the beginning, from a circuit without charge."""
    ramped = _SUPPLY.sub(rf"\1 pwl( 0 0 {_RAMP} \2 )", finer_steps(deck, 1))
    return re.sub(r"^(\.tran .*)$", r"\1 uic", ramped, flags=re.MULTILINE)


def _held(deck: str) -> str:
    """Lines begin where they are guessed to be instead of being looked for from there."""
    return finer_steps(deck, 1).replace("\n.nodeset ", "\n.ic ")


ATTEMPTS = (
    Attempt("as written", lambda deck: deck),
    Attempt("steps halved", lambda deck: finer_steps(deck, 1)),
    Attempt("steps quartered", lambda deck: finer_steps(deck, 2)),
    Attempt("trapezoids", _trapezoids),
    Attempt("lines held at the start", _held),
    Attempt("supplies ramped", _ramped),
)
"""In the order in which they are tried."""


def attempts_at(deck: str) -> tuple[Attempt, ...]:
    """The attempts that make a difference to a deck."""
    made: dict[str, Attempt] = {}
    for attempt in ATTEMPTS:
        made.setdefault(attempt.change(deck), attempt)
    return tuple(made.values())
