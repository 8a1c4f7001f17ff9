"""Sequences on chips, simulated part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hwsim.chips.population import Population
from hwsim.circuits.alteration_script import script_text
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.data.sequences import Sequences
from hwsim.engines.partition.parted_network import PartedNetwork, by_place
from hwsim.engines.partition.pipeline import Pipeline
from hwsim.engines.partition.recording import Recording
from hwsim.engines.partition.run_cache import RunCache
from hwsim.engines.reading import READING_VERSION, Reading
from hwsim.engines.simulations import Report
from hwsim.engines.trace import Floats
from hwsim.engines.transients import chip_alterations, input_currents
from hwsim.foundation.files import content_hash
from hwsim.spice import WorkerPool

PARTS = "parts"
"""Folder of the finished runs of parts, in that of the results."""


class PartedRuns:
    """See `hwsim.engines.ngspice.Runs`.

    Args:
        network: in parts.
        circuits: its technology and templates.
        sequences: what every chip computes.
        population: of drawn chips; None for the circuit as drawn.
        chips: positions in the population.
        simulator: version of ngspice.

    Raises:
        InputError: no such chip.
    """

    def __init__(
        self,
        network: PartedNetwork,
        circuits: CircuitSet,
        sequences: Sequences,
        population: Population | None,
        chips: Sequence[int],
        simulator: str | None,
    ) -> None:
        self._network = network
        self._simulator = simulator
        made = f"{network.identity}, ngspice {simulator}, reading {READING_VERSION}".encode()
        inputs = [input_currents(network.design, sequences, i) for i in range(len(sequences))]
        self._work: dict[str, tuple[Floats, Mapping[str, float]]] = {}
        keys: list[str] = []
        for chip in chips:
            altered = chip_alterations(network.design, circuits, population, chip)
            drawn = script_text(altered).encode()
            for currents in inputs:
                key = content_hash(made, drawn, currents.tobytes())
                self._work[key] = currents, altered
                keys.append(key)
        self.keys = tuple(keys)

    @property
    def steps(self) -> Mapping[str, int]:
        """Key -> time steps."""
        return {key: len(currents) for key, (currents, _) in self._work.items()}

    def simulate(
        self, missing: Sequence[str], pool: WorkerPool, folder: Path, report: Report
    ) -> Iterator[tuple[str, Reading]]:
        """Run the recordings of some keys; yield each when finished.

        Raises:
            InputError: a folder cannot be written to.
            SimulatorError: a deck failed.
        """
        pipeline = Pipeline(self._network, RunCache(folder / PARTS), self._simulator)
        recordings = (self._recording(key) for key in missing)
        yield from pipeline.run(recordings, pool, folder, report)

    def _recording(self, key: str) -> Recording:
        currents, altered = self._work[key]
        return Recording(key, self._network, currents, by_place(altered))
