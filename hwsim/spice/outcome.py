"""What a simulator process says, and the verdict on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwsim.spice.complaints import Complaint, Line, first_complaint, own_words
from hwsim.spice.deck import Deck, Result
from hwsim.spice.errors import (
    ConvergenceError,
    DeckError,
    IncompleteRun,
    RunError,
    WorkerDied,
)
from hwsim.spice.samples import Plots

_TIME_TOLERANCE = 1e-6  # of the stop time


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run left behind, before anybody trusts it.

    Attributes:
        plots: see `Result.plots`; empty when the run stopped at a fatal line.
        lines: everything ngspice wrote, in order.
        wall_seconds: from reading the deck to the end of the analyses [s].
        ngspice_version: for example ``39``.
        usable: False when the library cannot run anything any more.
        variants: of the deck's variants, as many as were run.
    """

    plots: Plots
    lines: tuple[Line, ...]
    wall_seconds: float
    ngspice_version: str
    usable: bool = True
    variants: tuple[Outcome, ...] = ()

    @property
    def log(self) -> str:
        """Everything ngspice wrote, as text."""
        return "\n".join(line.text for line in self.lines)


def judge(deck: Deck, outcome: Outcome) -> Result | RunError:
    """Decide whether an outcome is the result of its deck.

    ngspice's own success says little: an aborted transient, a deck without an analysis and a
    failed measurement all return success, so the result itself is examined.
    """
    complaint = first_complaint(outcome.lines)
    if complaint is not None:
        return _refusal(complaint, deck, outcome)
    if not outcome.usable:
        return WorkerDied(
            "the deck made ngspice quit",
            deck=deck,
            log=outcome.log,
            hint="take 'quit' out of its .control block",
        )
    shortfall = _shortfall(deck, outcome.plots)
    if shortfall is not None:
        words = own_words(outcome.lines)
        told = f"; ngspice says: {words}" if words else ""
        return IncompleteRun(shortfall + told, deck=deck, log=outcome.log)
    variants = tuple(judge(deck, variant) for variant in outcome.variants)
    return Result(
        outcome.plots, outcome.log, outcome.wall_seconds, outcome.ngspice_version, variants
    )


def _refusal(complaint: Complaint, deck: Deck, outcome: Outcome) -> RunError:
    kinds: dict[Complaint, type[RunError]] = {
        Complaint.DECK: DeckError,
        Complaint.CONVERGENCE: ConvergenceError,
        Complaint.MEASURE: IncompleteRun,
    }
    what = f"{complaint.value}: {own_words(outcome.lines)}"
    return kinds[complaint](what, deck=deck, log=outcome.log)


def _shortfall(deck: Deck, plots: Plots) -> str | None:
    """What the plots lack of what the deck promises, None when nothing."""
    for name in deck.expected_plots:
        if name not in plots:
            present = ", ".join(plots) or "none"
            return f"the run left no plot '{name}' (it left: {present})"
        if not plots[name] or min(len(samples) for samples in plots[name].values()) == 0:
            return f"plot '{name}' has no points"
    for name, vectors in plots.items():
        # One point is what `.save none` leaves, and that one lies at the stop time.
        if name.startswith("tran") and len(vectors.get("time", ())) < 2:
            return f"plot '{name}' has fewer than two points in time"
    if deck.stop_time is None:
        return None
    if "tran" not in plots:
        return "the deck has a stop time and the run left no plot 'tran'"
    last = float(plots["tran"]["time"][-1])
    if not math.isclose(last, deck.stop_time, rel_tol=_TIME_TOLERANCE):
        return f"the transient ends at {last:.6g} s instead of {deck.stop_time:.6g} s"
    return None
