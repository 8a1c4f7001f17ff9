"""What chips are judged by, summed over the steps of a tile: the form of it on arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hwsim.design.design import Design
from hwsim.engines.arrays import Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.network_pass import NetworkPass
from hwsim.engines.stage_result import Places, StageResult
from hwsim.engines.supply import StageTotals, SupplyModel
from hwsim.engines.supply_totals import EachChip
from hwsim.engines.tiles import Tile, cut
from hwsim.engines.trace import Floats, Integers

CELLS = 1 << 16
"""Of a tile: each stage makes several arrays of this size, and the cache shall hold them."""


@dataclass(frozen=True, slots=True, eq=False)
class TileJob:
    """Samples for some chips; whoever has the most steps comes last.

    Attributes:
        inputs: input currents, unit currents, [step, sample, channel].
        lengths: valid steps, ascending, the last one all, [sample].
        places: which chips and samples these are.
        wanted: states to compare with by stage of cells, [step, sample, unit].
    """

    inputs: Floats
    lengths: Integers
    places: Places
    wanted: Mapping[str, Integers]


@dataclass(frozen=True, slots=True, eq=False)
class TileSums:
    """What chips did on the samples of a tile.

    Attributes:
        outputs: that decisions are read from, mean or last, unit currents, [chip, sample, class].
        equal: number of states that are those wanted, [chip].
        totals: what each stage but the outputs did, summed over valid steps and samples,
            [chip, unit]; one row where chips do not differ.
    """

    outputs: Floats
    equal: Integers
    totals: Mapping[str, StageTotals]


class TilePass(Protocol):
    """Runs chips of a model on samples."""

    def cut(self, chips: int, lengths: Integers) -> tuple[Tile, ...]:
        """Tiles for `run`.

        Args:
            chips: how many.
            lengths: steps of each sample.
        """
        ...

    def run(self, job: TileJob) -> TileSums:
        """What the chips did."""
        ...


class ArrayTilePass:
    """By `NetworkPass`, on the arrays of any library.

    Args:
        design: the network.
        model: the chips.
        supply: of the chips.
        arrays: whose arrays to compute with.
    """

    def __init__(
        self, design: Design, model: ChipModel, supply: SupplyModel, arrays: Arrays
    ) -> None:
        self._design = design
        self._supply = supply
        self._arrays = arrays
        self._moments = len(model.moments)
        self._network = NetworkPass(design, model, arrays)

    def cut(self, chips: int, lengths: Integers) -> tuple[Tile, ...]:
        """See `TilePass.cut`."""
        widest = max(stage.size for stage in self._design.stages)
        cells = int(lengths.max()) * self._moments * widest
        return cut(chips, len(lengths), cells, CELLS)

    def run(self, job: TileJob) -> TileSums:
        """See `TilePass.run`."""
        inputs = self._arrays.asarray(job.inputs)
        host = {
            name: self._on_host(result)
            for name, result in self._network.run(inputs, job.places).items()
        }
        valid = np.arange(len(job.inputs))[:, None] < job.lengths[None, :]
        equal = np.zeros(len(job.places.chips), dtype=np.int64)
        for name, wanted in job.wanted.items():
            state = host[name][1]
            equal += ((state == wanted) & valid[None, :, :, None]).sum(axis=(1, 2, 3))
        *before, last = self._design.stages
        over = EachChip((len(job.places.chips),), valid.reshape(-1).astype(np.float64))
        totals = {
            stage.name: self._supply.totals(stage, *host[stage.name], over, job.places.batch)
            for stage in before
        }
        return TileSums(self._read(host[last.name][0], job.lengths, valid), equal, totals)

    def _on_host(self, result: StageResult) -> tuple[Floats, Integers | None]:
        """Sums and states as NumPy's, [chip, step, sample, unit]."""
        total = self._arrays.to_numpy(result.total)
        return total, None if result.state is None else self._arrays.to_numpy(result.state)

    def _read(self, outputs: Floats, lengths: Integers, valid: NDArray[np.bool_]) -> Floats:
        if self._design.readout.over == "last":
            return outputs[:, lengths - 1, np.arange(len(lengths))]
        total = np.where(valid[None, :, :, None], outputs, 0.0).sum(axis=1)
        return np.asarray(total / lengths[None, :, None])
