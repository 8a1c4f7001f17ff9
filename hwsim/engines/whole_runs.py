"""Transients of whole networks, one deck a sequence and chip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hwsim.circuits.circuit_set import CircuitSet
from hwsim.design.design import Design
from hwsim.engines.reading import Reading, read_sequence
from hwsim.engines.simulations import Report, Simulations
from hwsim.engines.trace import Floats
from hwsim.engines.transients import Transient
from hwsim.spice import Result, WorkerPool


class WholeRuns:
    """See `hwsim.engines.ngspice.Runs`.

    Every transient is a deck of its own, also those of many chips: reading a network and altering
    its transistors takes less than a tenth of the time of a step, and each one that is finished is
    kept.

    Args:
        design: the network.
        circuits: its technology and templates.
        transients: every sequence of every chip.
        simulator: version of ngspice.
    """

    def __init__(
        self,
        design: Design,
        circuits: CircuitSet,
        transients: Sequence[Transient],
        simulator: str | None,
    ) -> None:
        self._design = design
        self._circuits = circuits
        self.keys = tuple(transient.key(simulator) for transient in transients)
        # Of equal transients one is enough; two decks of one key would share a folder.
        self._transients = dict(zip(self.keys, transients, strict=True))

    @property
    def steps(self) -> Mapping[str, int]:
        """Key -> time steps."""
        return {key: transient.steps for key, transient in self._transients.items()}

    def simulate(
        self, missing: Sequence[str], pool: WorkerPool, folder: Path, report: Report
    ) -> Iterator[tuple[str, Reading]]:
        """Run the transients of some keys; yield each when finished.

        Raises:
            SimulatorError: a deck failed.
        """
        waiting = ((key, self._transients[key]) for key in missing)
        for key, outcome, attempts in Simulations(pool, folder).run(waiting, report):
            reading = read_sequence(
                self._design,
                self._circuits.templates,
                real_vectors(outcome),
                self._transients[key].steps,
                outcome.wall_seconds,
            )
            tried = (f"network: {', '.join(attempts)}",) if attempts else ()
            yield key, replace(reading, attempts=tried)


def real_vectors(result: Result) -> dict[str, Floats]:
    """The vectors of the transient of a run, [point]."""
    return {name: np.real(values) for name, values in result.plots["tran"].items()}
