"""What ngspice has finished of an export, found by its content hash; nothing is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hwsim.chips.population import Population
from hwsim.circuits.export import Export
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.testbench import Conditions
from hwsim.data.sequences import Sequences
from hwsim.engines.reading import Reading, join_readings
from hwsim.engines.result_store import ResultStore
from hwsim.engines.trace import Trace
from hwsim.engines.transients import Transients
from hwsim.spice import program_version
from hwsim.studies.samples import evenly_spaced

MOST_CHIPS = 64
"""Chips that are looked for: the name of a result hangs on every transistor of its chip, and to
draw them takes a tenth of a second a chip."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptTrace:
    """Recordings that ngspice has finished.

    Attributes:
        indices: of the recordings in their data set.
        trace: of these, in that order.
    """

    indices: tuple[int, ...]
    trace: Trace


@dataclass(frozen=True, slots=True, eq=False)
class KeptChips:
    """Drawn chips that ngspice has finished, each on the same recordings.

    Attributes:
        population: the chips, from number 0 on.
        indices: of the recordings in their data set.
        traces: one a chip.
    """

    population: Population
    indices: tuple[int, ...]
    traces: tuple[Trace, ...]


def sample_counts(sequences: Sequences, indices: Sequence[int]) -> tuple[int, ...]:
    """Numbers of samples that `evenly_spaced` turns into these recordings.

    Args:
        sequences: the data set.
        indices: of finished recordings.

    Returns:
        Few numbers that together cover all recordings which some number covers, the largest first.
    """
    finished, left, counts = set(indices), set(indices), []
    for count in range(len(finished), 0, -1):
        spread = set(evenly_spaced(sequences, count))
        if spread <= finished and spread & left:
            counts.append(count)
            left -= spread
    return tuple(counts)


class KeptResults:
    """Looks for finished transients of an export.

    Args:
        export: of a design; its folder holds the results.
        sequences: the recordings to look for.
        conditions: corner and temperature.

    Raises:
        InputError: conditions that the technology does not describe, or its PDK is not there:
            a result is found by everything that ngspice would have read.
    """

    def __init__(self, export: Export, sequences: Sequences, conditions: Conditions) -> None:
        self._export = export
        self._sequences = sequences
        self._conditions = conditions
        self._netlist = write_netlist(export.design, export.circuits)
        self._store = ResultStore(export.results)
        self._simulator = program_version()

    def as_drawn(self) -> KeptTrace | None:
        """Every finished recording of the circuit without mismatch; None when there is none."""
        found = self._readings(None, 0, range(len(self._sequences)))
        if not found:
            return None
        return KeptTrace(tuple(found), self._join(found))

    def chips(self, seed: int) -> KeptChips | None:
        """Finished chips of a production with the technology's own mismatch.

        Args:
            seed: of the production.

        Returns:
            Chips from number 0 on, at most `MOST_CHIPS`, on recordings that all of them have: as
            many transients as there are of that form. None when there is none.
        """
        population = Population(seed, MOST_CHIPS)
        finished: list[dict[int, Reading]] = []
        common: Sequence[int] = range(len(self._sequences))
        while len(finished) < MOST_CHIPS:
            found = self._readings(population, len(finished), common)
            if not found:
                break
            common = list(found)
            finished.append(found)
        if not finished:
            return None
        most = max(range(len(finished)), key=lambda chip: (chip + 1) * len(finished[chip]))
        indices = tuple(finished[most])
        chosen = ({index: found[index] for index in indices} for found in finished[: most + 1])
        traces = tuple(self._join(found) for found in chosen)
        return KeptChips(Population(seed, len(traces)), indices, traces)

    def _readings(
        self, population: Population | None, chip: int, indices: Sequence[int]
    ) -> dict[int, Reading]:
        """Finished recordings of one chip, by index."""
        export = self._export
        made = Transients(
            export.design, self._netlist, export.circuits, self._conditions, population
        )
        some = self._sequences.take(list(indices))
        keys = (transient.key(self._simulator) for transient in made.of(some, [chip]))
        found = {index: self._store.load(key) for index, key in zip(indices, keys, strict=True)}
        return {index: reading for index, reading in found.items() if reading is not None}

    def _join(self, found: dict[int, Reading]) -> Trace:
        lengths = self._sequences.lengths[np.fromiter(found, dtype=np.int64)]
        steps = self._sequences.values.shape[1]
        return join_readings(self._export.design, list(found.values()), lengths, steps)
