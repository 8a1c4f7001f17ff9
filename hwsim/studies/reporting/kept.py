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
            Chips from number 0 to the first that lacks a recording which chip 0 has, at most
            `MOST_CHIPS`; None when there is none.
        """
        population = Population(seed, MOST_CHIPS)
        first = self._readings(population, 0, range(len(self._sequences)))
        if not first:
            return None
        indices = tuple(first)
        traces = [self._join(first)]
        for chip in range(1, MOST_CHIPS):
            found = self._readings(population, chip, indices)
            if len(found) < len(indices):
                break
            traces.append(self._join(found))
        return KeptChips(Population(seed, len(traces)), indices, tuple(traces))

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
