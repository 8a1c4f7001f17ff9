"""A float network as chips: the spread of its accuracy, and how steady its cells are in noise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.chips.population import Population
from hwsim.data.sequences import Sequences
from hwsim.studies.agreement import Count
from hwsim.studies.chip_statistics import Floats
from hwsim.studies.noise_figures import CellNoise, NoiseFigures, tells
from hwsim.training.chip_scores import CellRuns, ChipRuns
from hwsim.training.fit import Advance

_ALL = slice(None)

CHIPS_IN_NOISE = 20
"""Chips of which the figures of noise are taken: each is an average over all steps already."""


@dataclass(frozen=True, slots=True, eq=False)
class SoftwareChips:
    """What chips of a float network do on one set of sequences.

    Attributes:
        accuracies: of each chip, [chip].
        nominal: accuracy without any deviation, and without noise.
        noise: figures of noise by block of cells; empty without noise.
        telling: cells of each block whose level differs between recordings (`telling_cells`), mean
            over the same chips. The others are clocks or constants: they hold their states in any
            noise, and say nothing.
        of_telling: the same figures of these cells alone, None where there are none.
    """

    accuracies: Floats
    nominal: float
    noise: tuple[NoiseFigures, ...]
    telling: tuple[float, ...]
    of_telling: tuple[NoiseFigures | None, ...]

    @property
    def median(self) -> float:
        """Of the accuracies."""
        return float(np.median(self.accuracies))

    @property
    def low(self) -> float:
        """Their 5th percentile."""
        return float(np.percentile(self.accuracies, 5))

    def record(self) -> dict[str, object]:
        """As plain values, for JSON."""
        return {
            "nominal": self.nominal,
            "mean": float(self.accuracies.mean()),
            "median": self.median,
            "percentile_5": self.low,
            "least": float(self.accuracies.min()),
            "chips": len(self.accuracies),
            "noise": {
                figures.stage: figures.record()
                | {
                    "telling_cells": telling,
                    "of_telling": None if those is None else those.record(),
                }
                for figures, telling, those in zip(
                    self.noise, self.telling, self.of_telling, strict=True
                )
            },
        }


def software_chips(
    checkpoint: Checkpoint,
    data: Sequences,
    chips: Population,
    noise: float = 0.0,
    advance: Advance = lambda _chips: None,
) -> SoftwareChips:
    """Run a float network as chips with every parameter off by itself.

    Args:
        checkpoint: the network.
        data: labelled sequences.
        chips: which; their `mismatch_scale` is the relative standard deviation of a parameter.
        noise: standard deviation of the noise on every candidate of every step, over the rms
            candidate of that cell.
        advance: told how many chips have been run.

    Raises:
        InputError: a cell that has no chips, or data of other channels or classes.
    """
    runs = ChipRuns(checkpoint, data)
    nominal = float(runs.accuracies(Population(chips.seed, 1, mismatch_scale=0.0))[0])
    accuracies = runs.accuracies(chips, noise, advance)
    if not noise:
        return SoftwareChips(accuracies, nominal, (), (), ())
    count = min(chips.count, CHIPS_IN_NOISE)
    blocks = tuple(zip(*(runs.cell_runs(chips, k, noise) for k in range(count)), strict=True))
    return SoftwareChips(
        accuracies,
        nominal,
        tuple(
            NoiseFigures(_stage(block), tuple(_cell_noise(each) for each in of_block))
            for block, of_block in enumerate(blocks)
        ),
        tuple(float(np.mean([telling_cells(each) for each in of_block])) for of_block in blocks),
        tuple(_of_telling(_stage(block), of_block) for block, of_block in enumerate(blocks)),
    )


def telling_cells(run: CellRuns) -> int:
    """How many cells tell recordings apart (`hwsim.studies.noise_figures.tells`)."""
    return int(np.count_nonzero(tells(run.states, run.places)))


def _stage(block: int) -> str:
    return f"cells_{block + 1}"


def _of_telling(stage: str, runs: Iterable[CellRuns]) -> NoiseFigures | None:
    """Figures of the cells that tell, on the chips that have some."""
    units = [(run, tells(run.states, run.places)) for run in runs]
    found = tuple(_cell_noise(run, those) for run, those in units if those.any())
    return NoiseFigures(stage, found) if found else None


def _cell_noise(run: CellRuns, units: NDArray[np.bool_] | slice = _ALL) -> CellNoise:
    candidates, states, changed = (
        each[:, units] for each in (run.candidates, run.states, run.changed)
    )
    noise = run.noisy[:, units] - candidates
    margin = run.distances[:, units] / np.sqrt(np.mean(noise**2, axis=0))
    same = np.isclose(states, changed, rtol=0, atol=0.5)
    return CellNoise(
        same=Count(int(np.count_nonzero(same)), same.size),
        candidate_noise=float(np.mean(noise**2)),
        candidate=float(np.mean(candidates**2)),
        level_change=float(np.mean((changed - states) ** 2)),
        level=float(np.mean(states**2)),
        margin=float(np.median(margin)),
        low_margin=float(np.percentile(margin, 5)),
    )
