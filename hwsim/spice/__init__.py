"""ngspice through PySpice: deck in, arrays out, typed errors."""

from hwsim.spice.batch import run_batch
from hwsim.spice.deck import Alterations, Deck, Result
from hwsim.spice.errors import (
    ConvergenceError,
    DeckError,
    IncompleteRun,
    NgspiceMissing,
    RunError,
    SimulationTimeout,
    WorkerDied,
)
from hwsim.spice.installation import core_count, find_library, find_program, program_version
from hwsim.spice.pool import ProgressCallback, WorkerPool, run_deck
from hwsim.spice.raw import read_raw
from hwsim.spice.samples import Plots, Samples

__all__ = [
    "Alterations",
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
    "core_count",
    "find_library",
    "find_program",
    "program_version",
    "read_raw",
    "run_batch",
    "run_deck",
]
