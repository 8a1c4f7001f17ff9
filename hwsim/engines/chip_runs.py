"""Many chips of a design on the same recordings: decisions, states and power of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.parameters import NOMINAL
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.testbench import Conditions
from hwsim.data.sequences import Sequences
from hwsim.design import wiring
from hwsim.design.design import Design
from hwsim.engines.arrays import NUMPY, Arrays
from hwsim.engines.chip_model import chip_model
from hwsim.engines.effects import EVERY_EFFECT, Effects
from hwsim.engines.engine import require_channels
from hwsim.engines.forms import Form, is_compiled, tile_pass
from hwsim.engines.stage_result import Places
from hwsim.engines.supply import SupplyModel
from hwsim.engines.tile_sums import TileJob, TilePass
from hwsim.engines.tiles import Tile, over_tiles
from hwsim.engines.trace import Floats, Integers, Trace

GAINS = 1 << 21
"""Of mirrors, of all chips whose parameters are held at once: 16 MiB, in several forms each."""


@dataclass(frozen=True, slots=True, eq=False)
class ChipResults:
    """What chips did.

    Attributes:
        decisions: index of the chosen class, [chip, sample].
        logits: mean or last output current, A, [chip, sample, class].
        state_agreement: part of cell x step whose state is that of the reference, [chip]; NaN
            without a reference.
        supply_power: mean over the valid steps of all samples, W, [chip].
    """

    decisions: Integers
    logits: Floats
    state_agreement: Floats
    supply_power: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Sums over the samples of one tile."""

    chips: range
    samples: NDArray[np.int64]
    logits: Floats
    equal: Integers
    charge: Floats


def run_chips(
    design: Design,
    sequences: Sequences,
    circuits: CircuitSet,
    population: Population,
    *,
    conditions: Conditions = NOMINAL,
    effects: Effects = EVERY_EFFECT,
    datasheets: Mapping[str, Datasheet] | None = None,
    arrays: Arrays = NUMPY,
    form: Form = "fastest",
    workers: int | None = None,
    reference: Trace | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> ChipResults:
    """Run every chip of a population on every sequence.

    Results do not depend on `workers`, `form` or `arrays`: a chip is (seed, number), and its noise
    belongs to its place.

    Args:
        design: the network.
        sequences: raw data.
        circuits: templates and technology of the design.
        population: which chips.
        conditions: corner and temperature.
        effects: what is modelled beside gains and thresholds.
        datasheets: by kind of template; None takes those that are shipped or measured.
        arrays: whose arrays to compute with.
        form: of the inner loops.
        workers: threads; None for one a core.
        reference: the same sequences elsewhere; `ChipResults.state_agreement` compares with it.
        on_progress: called with the finished fraction.

    Raises:
        InputError: data that does not fit, conditions that were not measured.
    """
    require_channels(design, sequences)
    is_compiled(arrays, form)
    results = ChipResults(
        decisions=np.zeros((population.count, len(sequences)), dtype=np.int64),
        logits=np.zeros((population.count, len(sequences), len(design.readout.classes))),
        state_agreement=np.zeros(population.count),
        supply_power=np.zeros(population.count),
    )
    sheets = datasheets_of(circuits) if datasheets is None else datasheets
    start = done = 0
    for batch in population.batches(chips_at_once(design)):
        model = chip_model(design, circuits, batch, conditions, effects, sheets)
        supply = SupplyModel(design, model)
        passing = tile_pass(design, model, supply, arrays, form)
        run = _Batch(design, sequences, batch, supply, passing, reference)
        # Threads take tiles; a matrix product of a tile is far too small for threads of its own.
        with threadpool_limits(1, user_api="blas"):
            for part in run.parts(workers):
                here = slice(part.chips.start + start, part.chips.stop + start)
                results.logits[here, part.samples] = part.logits
                results.state_agreement[here] += part.equal
                results.supply_power[here] += part.charge
                done += len(part.chips) * len(part.samples)
                if on_progress is not None:
                    on_progress(done / results.decisions.size)
        start += batch.count
    return _finished(design, sequences, results, reference)


def chips_at_once(design: Design) -> int:
    """How many chips to hold at once: reading a network takes as long as drawing hundreds."""
    stages = {stage.name: stage for stage in design.stages}
    gains = sum(
        stage.size * stages[each.source].size * len(wiring.parts(stages[each.source]))
        for stage in design.stages
        for each in stage.connections
    )
    return max(1, GAINS // gains)


def _finished(
    design: Design, sequences: Sequences, sums: ChipResults, reference: Trace | None
) -> ChipResults:
    """Means out of sums."""
    steps = int(sequences.lengths.sum())
    cells = sum(stage.size for stage in design.cells)
    unit = design.operating.unit_current
    agreement = sums.state_agreement / (steps * cells) if reference is not None else np.nan
    return ChipResults(
        decisions=sums.logits.argmax(axis=2),
        logits=sums.logits * unit,
        state_agreement=np.broadcast_to(agreement, sums.supply_power.shape),
        supply_power=sums.supply_power / steps * unit * design.operating.supply_voltage,
    )


class _Batch:
    """Chips whose parameters are at hand, on all sequences."""

    def __init__(
        self,
        design: Design,
        sequences: Sequences,
        population: Population,
        supply: SupplyModel,
        passing: TilePass,
        reference: Trace | None,
    ) -> None:
        self._design = design
        self._lengths = sequences.lengths
        self._population = population
        self._pass = passing
        self._reference = reference
        self._supply = supply
        self._inputs = np.swapaxes(design.inputs.apply(sequences.values), 0, 1)
        # Tiles of sequences of like length waste few steps behind the ends.
        self._order = np.argsort(sequences.lengths, kind="stable")

    def parts(self, workers: int | None) -> Iterator[_Part]:
        """Everything, tile by tile."""
        tiles = self._pass.cut(self._population.count, self._lengths)
        return over_tiles(self._part, tiles, workers)

    def _part(self, tile: Tile) -> _Part:
        samples = self._order[tile.samples]
        lengths = self._lengths[samples]
        steps = int(lengths.max())
        chips = range(tile.chips.start, tile.chips.stop)
        numbers = self._population.indices[tile.chips]
        places = Places(self._population.seed, numbers, tuple(map(int, samples)), tile.chips)
        inputs = np.ascontiguousarray(self._inputs[:steps, samples])
        found = self._pass.run(TileJob(inputs, lengths, places, self._wanted(samples, steps)))
        charge = self._supply.charges_of(found.totals, float(lengths.sum()), tile.chips)
        return _Part(chips, samples, found.outputs, found.equal, charge)

    def _wanted(self, samples: NDArray[np.int64], steps: int) -> dict[str, Integers]:
        """States of the reference by stage of cells, [step, sample, unit]."""
        if self._reference is None:
            return {}
        states = {s.name: self._reference.stages[s.name].state for s in self._design.cells}
        return {
            name: np.swapaxes(state[samples, :steps], 0, 1)
            for name, state in states.items()
            if state is not None
        }
