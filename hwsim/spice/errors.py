"""What can go wrong between a deck and its arrays, one class a cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwsim.foundation.errors import InputError, SimulatorError

if TYPE_CHECKING:
    from hwsim.spice.deck import Deck


class NgspiceMissing(InputError):  # noqa: N818 - says what is the matter
    """The ngspice library or program is not installed."""

    def __init__(self, what: str) -> None:
        super().__init__(what, hint="`hwsim doctor` says what is missing and how to get it")


class RunError(SimulatorError):
    """One deck did not give a trustworthy result.

    Args:
        what: what went wrong, with ngspice's own words where it had any.
        deck: the deck that was run; its file is left where it is.
        log: everything ngspice said during the run.
        hint: what the user can do about it.
    """

    def __init__(self, what: str, *, deck: Deck, log: str = "", hint: str | None = None) -> None:
        super().__init__(what, where=str(deck.path), hint=hint)
        self.deck = deck
        self.log = log


class DeckError(RunError):
    """ngspice does not accept the deck: syntax, parameter, subcircuit, model, include."""


class ConvergenceError(RunError):
    """ngspice accepts the deck and finds no solution: operating point, time step, matrix."""


class IncompleteRun(RunError):  # noqa: N818 - says what is the matter
    """ngspice reports success and a result is absent, empty or stops too early."""


class SimulationTimeout(RunError):  # noqa: N818 - says what is the matter
    """The run took longer than it was allowed; its process was ended."""


class WorkerDied(RunError):  # noqa: N818 - says what is the matter
    """The process that ran the deck ended before it had answered."""
