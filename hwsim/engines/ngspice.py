"""The ngspice engine: the transistors of a design, one transient a sequence and chip.

Finished sequences are kept by the content hash of their deck, so that an interrupted run
continues where it was and a repeated one costs nothing.

Every transient is a deck of its own, also those of many chips: reading a network and altering its
transistors takes less than a tenth of the time of a step, and each one that is finished is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.testbench import Conditions
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.engine import require_channels
from hwsim.engines.reading import Reading, join_readings, read_sequence
from hwsim.engines.result_store import ResultStore
from hwsim.engines.simulations import Simulations
from hwsim.engines.trace import Floats, Trace
from hwsim.engines.transients import Transient, Transients
from hwsim.spice import Result, WorkerPool, program_version

Progress = Callable[[float], None]


def _unwatched(_fraction: float) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class NgspiceEngine:
    """Runs the transistors of a design.

    Attributes:
        circuits: technology and templates of the design.
        results: folder in which finished sequences are kept and failed decks stay.
        conditions: corner and temperature.
        workers: processes; None for one a core.
        timeout_seconds: for one sequence.
        on_progress: called with the finished fraction of the run.
        population: of chips with mismatch; None for the circuit as drawn.
        chip: position in the population of the one that `run` runs.
    """

    circuits: CircuitSet
    results: Path
    conditions: Conditions = field(default_factory=Conditions)
    workers: int | None = None
    timeout_seconds: float = 1800.0
    on_progress: Progress = _unwatched
    population: Population | None = None
    chip: int = 0

    @property
    def name(self) -> str:
        """Name of the engine."""
        return "ngspice"

    def run(self, design: Design, sequences: Sequences) -> Trace:
        """See `Engine.run`; takes seconds a step.

        Raises:
            InputError: data or conditions that do not fit, no such chip, or ngspice is missing.
            SimulatorError: a deck failed; it is kept, and so is every finished sequence.
        """
        (trace,) = self._traces(design, sequences, [self.chip])
        return trace

    def run_chips(self, design: Design, sequences: Sequences) -> tuple[Trace, ...]:
        """Every sequence on every chip of the population, in the order of the chips.

        The workers take whatever is next, so that no chip waits for the end of another.

        Raises:
            InputError: as `run`.
            SimulatorError: as `run`.
        """
        count = 1 if self.population is None else self.population.count
        return tuple(self._traces(design, sequences, range(count)))

    def _traces(
        self, design: Design, sequences: Sequences, chips: Sequence[int]
    ) -> Iterator[Trace]:
        require_channels(design, sequences)
        netlist = write_netlist(design, self.circuits)
        made = Transients(design, netlist, self.circuits, self.conditions, self.population)
        transients = list(made.of(sequences, chips))
        simulator = program_version()
        keys = [transient.key(simulator) for transient in transients]
        store = ResultStore(self.results)
        readings = {key: store.load(key) for key in dict.fromkeys(keys)}
        # Of equal transients one is enough; two decks of one key would share a folder.
        wanted = {key: transients[keys.index(key)] for key in readings}
        missing = [key for key, reading in readings.items() if reading is None]
        for key, reading in self._simulate(design, wanted, missing):
            store.save(key, reading)
            readings[key] = reading
        for start in range(0, len(keys), len(sequences)):
            own = keys[start : start + len(sequences)]
            done = [found for key in own if (found := readings[key]) is not None]
            yield join_readings(design, done, sequences.lengths, sequences.values.shape[1])

    def _simulate(
        self, design: Design, transients: Mapping[str, Transient], missing: Sequence[str]
    ) -> Iterator[tuple[str, Reading]]:
        """Run the transients that are missing; yield each when finished."""
        finished = {key: 0.0 if key in missing else 1.0 for key in transients}
        total = sum(transient.steps for transient in transients.values())

        def report(key: str, fraction: float) -> None:
            finished[key] = max(fraction, finished[key])  # a new analysis begins at 0
            done = sum(transients[key].steps * part for key, part in finished.items())
            self.on_progress(done / total)

        with WorkerPool(self.workers, self.timeout_seconds) as pool:
            runs = Simulations(pool, self.results)
            waiting = ((key, transients[key]) for key in missing)
            for key, outcome, attempts in runs.run(waiting, report):
                reading = read_sequence(
                    design,
                    self.circuits.templates,
                    real_vectors(outcome),
                    transients[key].steps,
                    outcome.wall_seconds,
                )
                report(key, 1.0)
                yield key, replace(reading, attempts=attempts)


def real_vectors(result: Result) -> dict[str, Floats]:
    """The vectors of the transient of a run, [point]."""
    return {name: np.real(values) for name, values in result.plots["tran"].items()}
