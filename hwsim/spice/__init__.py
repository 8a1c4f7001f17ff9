"""ngspice through PySpice: deck in, arrays out, typed errors."""

from hwsim.spice.deck import Deck, Plots, Result, Samples
from hwsim.spice.errors import (
    ConvergenceError,
    DeckError,
    IncompleteRun,
    NgspiceMissing,
    RunError,
    SimulationTimeout,
    WorkerDied,
)
from hwsim.spice.pool import ProgressCallback, WorkerPool, run_deck

__all__ = [
    "ConvergenceError",
    "Deck",
    "DeckError",
    "IncompleteRun",
    "NgspiceMissing",
    "Plots",
    "ProgressCallback",
    "Result",
    "RunError",
    "Samples",
    "SimulationTimeout",
    "WorkerDied",
    "WorkerPool",
    "run_deck",
]
