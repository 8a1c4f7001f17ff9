"""Many chips of a design on the same recordings: decisions, states and power of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hwsim.chips.parameters import NOMINAL
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.testbench import Conditions
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.arrays import NUMPY, Arrays
from hwsim.engines.chip_model import ChipModel, chip_model
from hwsim.engines.effects import EVERY_EFFECT, Effects
from hwsim.engines.engine import require_channels
from hwsim.engines.kernels import Form, Kernels, kernels_for
from hwsim.engines.network_pass import NetworkPass
from hwsim.engines.stage_result import Places, StageResult
from hwsim.engines.supply import SupplyModel
from hwsim.engines.tiles import Tile, cut, over_tiles
from hwsim.engines.trace import Floats, Integers, Trace

BATCH = 256
"""Chips whose parameters are held at once."""

CELLS = 1 << 16
"""Of a tile: each stage makes several arrays of this size, and the cache shall hold them."""


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
    equal: Floats
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
    kernels = kernels_for(arrays, form)
    results = ChipResults(
        decisions=np.zeros((population.count, len(sequences)), dtype=np.int64),
        logits=np.zeros((population.count, len(sequences), len(design.readout.classes))),
        state_agreement=np.zeros(population.count),
        supply_power=np.zeros(population.count),
    )
    done = 0
    for batch in population.batches(BATCH):
        model = chip_model(design, circuits, batch, conditions, effects, datasheets)
        run = _Batch(design, sequences, model, batch, arrays, kernels, reference)
        # Threads take tiles; a matrix product of a tile is far too small for threads of its own.
        with threadpool_limits(1, user_api="blas"):
            parts = list(run.parts(workers))
        for part in parts:
            here = slice(part.chips.start + done, part.chips.stop + done)
            results.logits[here, part.samples] = part.logits
            results.state_agreement[here] += part.equal
            results.supply_power[here] += part.charge
        done += batch.count
        if on_progress is not None:
            on_progress(done / population.count)
    return _finished(design, sequences, results, reference)


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
        model: ChipModel,
        population: Population,
        arrays: Arrays,
        kernels: Kernels,
        reference: Trace | None,
    ) -> None:
        self._design = design
        self._lengths = sequences.lengths
        self._model = model
        self._population = population
        self._arrays = arrays
        self._kernels = kernels
        self._reference = reference
        self._supply = SupplyModel(design, model, kernels.form)
        self._network = NetworkPass(design, model, arrays, kernels)
        self._inputs = np.swapaxes(design.inputs.apply(sequences.values), 0, 1)
        # Tiles of sequences of like length waste few steps behind the ends.
        self._order = np.argsort(sequences.lengths, kind="stable")

    def parts(self, workers: int | None) -> Iterator[_Part]:
        """Everything, tile by tile."""
        widest = max(stage.size for stage in self._design.stages)
        cells = int(self._lengths.max()) * len(self._model.moments) * widest
        tiles = cut(self._population.count, len(self._lengths), cells, CELLS)
        return over_tiles(self._part, tiles, workers)

    def _part(self, tile: Tile) -> _Part:
        samples = self._order[tile.samples]
        lengths = self._lengths[samples]
        steps = int(lengths.max())
        chips = range(tile.chips.start, tile.chips.stop)
        numbers = self._population.indices[tile.chips]
        places = Places(self._population.seed, numbers, tuple(map(int, samples)), tile.chips)
        inputs = self._arrays.asarray(self._inputs[:steps, samples])
        found = self._network.run(inputs, places)
        mask = np.arange(steps)[:, None] < lengths[None, :]
        host = {name: self._on_host(result, len(chips)) for name, result in found.items()}
        return _Part(
            chips,
            samples,
            self._logits(host[self._design.stages[-1].name][0], lengths, mask),
            self._equal(host, samples, mask),
            self._charge(host, mask, tile.chips),
        )

    def _on_host(self, result: StageResult, chips: int) -> tuple[Floats, Integers | None]:
        """Sums and states as NumPy's, [chip, step, sample, unit]."""
        total = self._arrays.to_numpy(result.total)
        total = np.broadcast_to(total, (chips, *total.shape[1:]))
        return total, None if result.state is None else self._arrays.to_numpy(result.state)

    def _logits(self, outputs: Floats, lengths: Integers, mask: NDArray[np.bool_]) -> Floats:
        """What decisions are read from, unit currents, [chip, sample, class]."""
        if self._design.readout.over == "last":
            return outputs[:, lengths - 1, np.arange(len(lengths))]
        total = np.where(mask[None, :, :, None], outputs, 0.0).sum(axis=1)
        return np.asarray(total / lengths[None, :, None])

    def _equal(
        self,
        host: Mapping[str, tuple[Floats, Integers | None]],
        samples: NDArray[np.int64],
        mask: NDArray[np.bool_],
    ) -> Floats:
        """Number of states that are those of the reference, [chip]."""
        total: Floats | float = 0.0
        for stage in self._design.cells if self._reference is not None else ():
            wanted = self._reference.stages[stage.name].state if self._reference else None
            state = host[stage.name][1]
            if wanted is None or state is None:
                continue
            wanted = np.swapaxes(wanted[samples, : len(mask)], 0, 1)
            total = total + ((state == wanted) & mask[None, :, :, None]).sum(axis=(1, 2, 3))
        return np.asarray(total)

    def _charge(
        self,
        host: Mapping[str, tuple[Floats, Integers | None]],
        mask: NDArray[np.bool_],
        chips: slice,
    ) -> Floats:
        """Supply current summed over valid steps, unit currents, [chip]."""
        sums = {name: total for name, (total, _) in host.items()}
        states = {name: state for name, (_, state) in host.items()}
        return self._supply.charges(sums, states, mask, chips)
