"""The ngspice engine: the transistors of a design.

Finished sequences are kept by the content hash of their deck, so that an interrupted run
continues where it was and a repeated one costs nothing.

A network is one deck, the reference, or cut into parts that are simulated one after the other
(`partition`).
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.partition.part import Partition
from hwsim.circuits.testbench import Conditions
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.elsewhere import Workforce, finished_calls
from hwsim.engines.engine import require_channels
from hwsim.engines.partition.parted_network import PartedNetwork
from hwsim.engines.partition.parted_runs import PartedRuns
from hwsim.engines.reading import Reading, join_readings
from hwsim.engines.result_store import ResultStore
from hwsim.engines.simulations import Report
from hwsim.engines.trace import Trace
from hwsim.engines.transients import Transients
from hwsim.engines.whole_runs import WholeRuns
from hwsim.foundation.errors import InputError, SimulatorError
from hwsim.spice import WorkerPool, program_version

Progress = Callable[[float], None]


def _unwatched(_fraction: float) -> None:
    """Progress that nobody looks at."""


class Runs(Protocol):
    """Sequences on chips on their way through ngspice.

    Attributes:
        keys: of every sequence on every chip, chip after chip; equal runs have equal keys.
    """

    keys: tuple[str, ...]

    @property
    def steps(self) -> Mapping[str, int]:
        """Key -> time steps."""
        ...

    def simulate(
        self, missing: Sequence[str], pool: WorkerPool, folder: Path, report: Report
    ) -> Iterator[tuple[str, Reading]]:
        """Run some keys; yield each with its reading when finished.

        Args:
            missing: the keys.
            pool: of workers.
            folder: for decks, and for what is kept of unfinished runs.
            report: told of progress.

        Raises:
            InputError: the folder cannot be written to.
            SimulatorError: a deck failed.
        """
        ...


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
        partition: what one deck holds: the network, a stage of it, or some cells.
        workforce: takes one recording of one chip at a time; None for `workers` of this machine.
    """

    circuits: CircuitSet
    results: Path
    conditions: Conditions = field(default_factory=Conditions)
    workers: int | None = None
    timeout_seconds: float = 1800.0
    on_progress: Progress = _unwatched
    population: Population | None = None
    chip: int = 0
    partition: Partition = "none"
    workforce: Workforce | None = None

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

    def reading(self, design: Design, sequences: Sequences, chip: int) -> tuple[str, Reading]:
        """The key and the reading of one sequence on one chip.

        Raises:
            InputError: as `run`.
            SimulatorError: as `run`.
        """
        runs = self._runs(design, sequences, [chip])
        report = self._reporter(runs.steps, runs.keys)
        (found,) = self._simulate(runs, runs.keys, report)
        return found

    def _traces(
        self, design: Design, sequences: Sequences, chips: Sequence[int]
    ) -> Iterator[Trace]:
        require_channels(design, sequences)
        runs = self._runs(design, sequences, chips)
        store = ResultStore(self.results)
        readings = {key: store.load(key) for key in dict.fromkeys(runs.keys)}
        missing = [key for key, reading in readings.items() if reading is None]
        report = self._reporter(runs.steps, missing)
        if self.workforce is None:
            finished = self._simulate(runs, missing, report)
        else:
            calls = self._calls(runs.keys, design, sequences, chips)
            asked = {key: calls[key] for key in missing}
            finished = _simulate_elsewhere(self.workforce, asked)
        for key, reading in finished:
            store.save(key, reading)
            readings[key] = reading
            report(key, 1.0)
        for start in range(0, len(runs.keys), len(sequences)):
            own = runs.keys[start : start + len(sequences)]
            done = [found for key in own if (found := readings[key]) is not None]
            yield join_readings(design, done, sequences.lengths, sequences.values.shape[1])

    def _runs(self, design: Design, sequences: Sequences, chips: Sequence[int]) -> Runs:
        simulator = program_version()
        if self.partition == "none":
            netlist = write_netlist(design, self.circuits)
            made = Transients(design, netlist, self.circuits, self.conditions, self.population)
            return WholeRuns(design, self.circuits, list(made.of(sequences, chips)), simulator)
        network = PartedNetwork(design, self.circuits, self.conditions, self.partition)
        return PartedRuns(network, self.circuits, sequences, self.population, chips, simulator)

    def _reporter(self, steps: Mapping[str, int], missing: Sequence[str]) -> Report:
        """Takes the progress of keys; passes on that of the run."""
        finished = dict.fromkeys(steps, 1.0) | dict.fromkeys(missing, 0.0)
        total = sum(steps.values())

        def report(key: str, fraction: float) -> None:
            finished[key] = max(fraction, finished[key])  # a new analysis begins at 0
            self.on_progress(sum(steps[each] * part for each, part in finished.items()) / total)

        return report

    def _simulate(
        self, runs: Runs, missing: Sequence[str], report: Report
    ) -> Iterator[tuple[str, Reading]]:
        """Run what is missing; yield each reading when finished."""
        with WorkerPool(self.workers, self.timeout_seconds) as pool:
            yield from runs.simulate(missing, pool, self.results, report)

    def _calls(
        self, keys: Sequence[str], design: Design, sequences: Sequences, chips: Sequence[int]
    ) -> Mapping[str, _Call]:
        """What makes the reading of each key, wherever it is called."""
        there = replace(self, workers=1, workforce=None, on_progress=_unwatched)
        places = ((chip, index) for chip in chips for index in range(len(sequences)))
        return {
            key: functools.partial(_record, there, design, sequences.take([index]), chip)
            for key, (chip, index) in zip(keys, places, strict=True)
        }


_Call = Callable[[], tuple[str, Reading]]


def _record(
    engine: NgspiceEngine, design: Design, sequences: Sequences, chip: int
) -> tuple[str, Reading]:
    """The reading of one sequence on one chip, and its key; nothing is left on this machine.

    Raises:
        InputError: ngspice is missing here.
        SimulatorError: a deck failed.
    """
    with tempfile.TemporaryDirectory(prefix="hwsim-") as folder:
        here = replace(engine, results=Path(folder))
        try:
            return here.reading(design, sequences, chip)
        except SimulatorError as error:
            hint = "without --scheduler the deck that failed is kept"
            raise SimulatorError(error.what, hint=error.hint or hint) from None


def _simulate_elsewhere(
    workforce: Workforce, calls: Mapping[str, _Call]
) -> Iterator[tuple[str, Reading]]:
    """Let others run some keys; yield each reading when finished.

    Raises:
        InputError: a worker that would run other decks.
        SimulatorError: a deck failed.
    """
    for key, (made, reading) in finished_calls(workforce, calls.items()):
        if made != key:
            raise InputError(
                "a worker makes another deck of the same recording",
                hint="install the same hwsim, ngspice and PDK in the environment of the workers",
            )
        yield key, reading
