"""The standard job: many chips of one block on many samples, computed by the engine and naively.

One block: signed inputs on two lines each, rows of ladders on them, level currents, a linear
readout of the mean over the steps, the class with the largest output. Every chip has gains, trip
points and levels of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.arrays import NUMPY
from hwsim.engines.kernels import Form, Kernels, kernels_for
from hwsim.engines.step_noise import StepNoise, stream_keys
from hwsim.engines.tiles import Tile, cut, over_tiles

Floats = NDArray[np.float64]
Decisions = NDArray[np.int64]

MISMATCH = 0.03
"""Standard deviation of gains, trip points and levels from chip to chip, relative."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the job is; the defaults are the standard one."""

    chips: int = 1000
    samples: int = 500
    steps: int = 64
    units: int = 16
    half_range: int = 7
    inputs: int = 8
    classes: int = 9

    @property
    def multiplications(self) -> int:
        """Of all matrix products of the job."""
        rows = 2 * self.inputs * self.units * self.steps + self.units * self.classes
        return self.chips * self.samples * rows

    def with_sizes(self, **sizes: int) -> Size:
        """This size with some other ones."""
        return replace(self, **sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """The numbers of a job, in unit currents.

    Attributes:
        size: how large it is.
        inputs: [step, sample, input].
        gains: of the lines into each unit, [chip, unit, line].
        upper: trip points, [chip, unit].
        lower: trip points, [chip, unit].
        levels: current of each level, [chip, unit, level].
        readout: [chip, class, unit].
    """

    size: Size
    inputs: Floats
    gains: Floats
    upper: Floats
    lower: Floats
    levels: Floats
    readout: Floats


def draw_job(size: Size, seed: int = 0) -> Job:
    """A network of random weights, and chips of it that differ by `MISMATCH`."""
    draw = np.random.default_rng(seed)

    def chips_of(nominal: Floats) -> Floats:
        shape = (size.chips, *nominal.shape)
        return np.asarray(nominal * (1 + MISMATCH * draw.standard_normal(shape)))

    weights = draw.normal(size=(size.units, size.inputs)) / np.sqrt(size.inputs)
    ladder = np.arange(-size.half_range, size.half_range + 1) / size.half_range
    return Job(
        size,
        inputs=draw.normal(size=(size.steps, size.samples, size.inputs)),
        gains=chips_of(np.concatenate([weights, -weights], axis=1)),
        upper=chips_of(draw.uniform(0.5, 1.5, size.units)),
        lower=chips_of(-draw.uniform(0.5, 1.5, size.units)),
        levels=chips_of(np.tile(ladder, (size.units, 1))),
        readout=chips_of(draw.normal(size=(size.classes, size.units))),
    )


def run_job(
    job: Job, noise: float = 0.0, form: Form = "fastest", workers: int | None = None
) -> Decisions:
    """Decisions of every chip on every sample as the engine computes them, [chip, sample].

    Args:
        job: what to compute.
        noise: rms of the step noise of every candidate, unit currents.
        form: of the kernels.
        workers: threads; None for one a core.
    """
    kernels = kernels_for(NUMPY, form)
    size = job.size
    lines = np.concatenate([np.maximum(job.inputs, 0.0), np.maximum(-job.inputs, 0.0)], axis=-1)
    keys = stream_keys(0, 0, range(size.chips), range(size.samples))
    step_noise = StepNoise(keys, np.full(job.upper.shape, noise)) if noise > 0 else None
    decisions = np.empty((size.chips, size.samples), dtype=np.int64)

    def work(tile: Tile) -> None:
        decisions[tile.chips, tile.samples] = _run_tile(job, lines, tile, step_noise, kernels)

    for _ in over_tiles(work, cut(size.chips, size.samples, size.steps * size.units), workers):
        pass
    return decisions


def _run_tile(
    job: Job, lines: Floats, tile: Tile, noise: StepNoise | None, kernels: Kernels
) -> Decisions:
    chips, samples = tile.chips, tile.samples
    candidate = lines[:, None, samples] @ job.gains[chips].transpose(0, 2, 1)
    if noise is not None:
        noise = StepNoise(noise.keys[chips, samples], noise.rms[chips])
    levels = kernels.run_ladder(
        candidate, job.upper[chips], job.lower[chips], job.size.half_range, noise
    )
    mean = kernels.level_currents(levels, job.levels[chips]).mean(axis=0)
    logits = mean @ job.readout[chips].transpose(0, 2, 1)
    return np.asarray(logits.argmax(axis=-1))


def run_naively(job: Job) -> Decisions:
    """The same without noise, as one writes it down: chip by chip in NumPy float32."""
    size = job.size
    inputs = job.inputs.astype(np.float32)
    return np.stack([_run_chip_naively(job, inputs, chip) for chip in range(size.chips)])


def _run_chip_naively(job: Job, inputs: NDArray[np.float32], chip: int) -> Decisions:
    size = job.size
    gains, upper, lower, table, readout = (
        numbers[chip].astype(np.float32)
        for numbers in (job.gains, job.upper, job.lower, job.levels, job.readout)
    )
    lines = np.concatenate([np.maximum(inputs, 0), np.maximum(-inputs, 0)], axis=-1)
    candidate = lines @ gains.T
    level = np.zeros((size.samples, size.units), dtype=np.int64)
    currents = np.empty((size.steps, size.samples, size.units), dtype=np.float32)
    units = np.arange(size.units)
    for step in range(size.steps):
        steps = (candidate[step] > upper).astype(np.int64) - (candidate[step] < lower)
        level = np.clip(level + steps, -size.half_range, size.half_range)
        currents[step] = table[units, level + size.half_range]
    return np.asarray((currents.mean(axis=0) @ readout.T).argmax(axis=-1))
