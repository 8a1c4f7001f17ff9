"""The ngspice engine: the transistors of a design, one transient a sequence.

Finished sequences are kept by the content hash of their deck, so that an interrupted run
continues where it was and a repeated one costs nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.netlist import Netlist, write_netlist
from hwsim.circuits.testbench import DECK, Conditions, input_text, testbench_text
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.engine import require_channels
from hwsim.engines.reading import READING_VERSION, Reading, join_readings, read_sequence
from hwsim.engines.result_store import ResultStore
from hwsim.engines.trace import Floats, Trace
from hwsim.foundation.errors import InputError, SimulatorError
from hwsim.foundation.files import content_hash, write_text
from hwsim.spice import Deck, Result, WorkerPool, program_version

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
    """

    circuits: CircuitSet
    results: Path
    conditions: Conditions = field(default_factory=Conditions)
    workers: int | None = None
    timeout_seconds: float = 1800.0
    on_progress: Progress = _unwatched

    @property
    def name(self) -> str:
        """Name of the engine."""
        return "ngspice"

    def run(self, design: Design, sequences: Sequences) -> Trace:
        """See `Engine.run`; takes seconds a step.

        Raises:
            InputError: data or conditions that do not fit, or ngspice is missing.
            SimulatorError: a deck failed; it is kept, and so is every finished sequence.
        """
        require_channels(design, sequences)
        netlist = write_netlist(design, self.circuits)
        decks = {
            index: self._files(design, netlist, sequences, index) for index in range(len(sequences))
        }
        simulator = program_version()
        keys = {index: _key(files, simulator) for index, files in decks.items()}
        store = ResultStore(self.results)
        readings = {key: store.load(key) for key in keys.values()}
        # Of equal sequences one is enough; two decks of one key would share a folder.
        first = {key: index for index, key in sorted(keys.items(), reverse=True)}
        missing = sorted(index for key, index in first.items() if readings[key] is None)
        folders = {index: self.results / f"deck_{keys[index][:12]}" for index in missing}
        for index, reading in self._simulate(design, netlist, sequences, decks, folders):
            store.save(keys[index], reading)
            readings[keys[index]] = reading
        done = [found for key in keys.values() if (found := readings[key]) is not None]
        return join_readings(design, done, sequences.lengths, sequences.values.shape[1])

    def _files(
        self, design: Design, netlist: Netlist, sequences: Sequences, index: int
    ) -> Mapping[str, str]:
        """Every file of the deck of one sequence."""
        steps = int(sequences.lengths[index])
        inputs = design.inputs.apply(sequences.values[index, :steps])
        testbench = testbench_text(
            design, netlist, self.circuits.technology, self.conditions, steps
        )
        return {
            **netlist.files,
            "inputs.spice": input_text(design, inputs * design.operating.unit_current),
            DECK: testbench,
        }

    def _simulate(
        self,
        design: Design,
        netlist: Netlist,
        sequences: Sequences,
        decks: Mapping[int, Mapping[str, str]],
        folders: Mapping[int, Path],
    ) -> Iterator[tuple[int, Reading]]:
        """Run the decks that have a folder to be written to; yield each sequence when finished."""
        missing = list(folders)
        finished = {index: 1.0 for index in decks if index not in missing}
        weight = {index: int(sequences.lengths[index]) for index in decks}

        def report(position: int, fraction: float) -> None:
            index = missing[position]
            finished[index] = max(fraction, finished.get(index, 0.0))  # a new analysis begins at 0
            done = sum(weight[index] * part for index, part in finished.items())
            self.on_progress(done / sum(weight.values()))

        queue = (self._deck(design, folders[i], decks[i], weight[i]) for i in missing)
        with WorkerPool(self.workers, self.timeout_seconds) as pool:
            for position, outcome in pool.run(queue, report):
                index = missing[position]
                if isinstance(outcome, SimulatorError):
                    raise outcome
                yield (
                    index,
                    read_sequence(
                        design,
                        netlist.templates,
                        real_vectors(outcome),
                        weight[index],
                        outcome.wall_seconds,
                    ),
                )
                shutil.rmtree(folders[index], ignore_errors=True)
                report(position, 1.0)

    def _deck(self, design: Design, folder: Path, files: Mapping[str, str], steps: int) -> Deck:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write: {error.strerror}", where=str(folder)) from None
        for name, text in files.items():
            write_text(folder / name, text)
        return Deck(folder / DECK, stop_time=steps * design.operating.step)


def real_vectors(result: Result) -> dict[str, Floats]:
    """The vectors of the transient of a run, [point]."""
    return {name: np.real(values) for name, values in result.plots["tran"].items()}


def _key(files: Mapping[str, str], simulator: str | None) -> str:
    parts = [f"{name}\n{text}".encode() for name, text in sorted(files.items())]
    made_by = f"ngspice {simulator}, reading {READING_VERSION}"
    return content_hash(made_by.encode(), *parts)
