"""What noise on a network's inputs does to its cells, in any engine.

ngspice has no noise in a transient, but it runs recordings that are noisy. So the same noise
reaches the candidates of the same cells in every engine: from outside, and never the cells' own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.trace import Floats, Trace
from hwsim.engines.trip_points import TripPoints
from hwsim.foundation.errors import InputError
from hwsim.studies.agreement import Count
from hwsim.studies.noise_figures import CellNoise, NoiseFigures, tells

Units = NDArray[np.bool_]
Run = Callable[[Sequences], Trace]
"""A design on an engine."""

_APPROACHES = 3


@dataclass(frozen=True, slots=True)
class CellsInNoise:
    """The cells of one stage, noisy recordings against the same without noise.

    Attributes:
        cells: how many there are.
        all: their figures.
        telling: how many of them tell recordings apart (`tells`).
        of_telling: figures of these alone; None where none does.
    """

    cells: int
    all: NoiseFigures
    telling: int
    of_telling: NoiseFigures | None


def noisy(sequences: Sequences, design: Design, rms: float, seed: int) -> Sequences:
    """Recordings with white noise, independent from step to step and channel to channel.

    Args:
        sequences: recordings.
        design: whose normalisation says what a channel's unit is.
        rms: of the noise on normalised inputs, before they are clipped.
        seed: of the noise; recording n of any data has the noise of its place n.
    """
    draws = [
        np.random.default_rng([seed, place]).standard_normal(sequences.values.shape[1:])
        for place in range(len(sequences))
    ]
    scale = np.asarray(design.inputs.scale)
    return replace(sequences, values=sequences.values + rms * scale * np.stack(draws))


def rms_of_inputs(
    design: Design, run: Run, sequences: Sequences, wanted: float, seed: int
) -> float:
    """The rms of noise on the inputs that makes candidates as noisy as wanted.

    Those of the first stage of cells, and of these the cells that tell recordings apart, if any
    does: a clock's candidates are as large as it likes.

    Args:
        design: a network with cells.
        run: it on an engine.
        sequences: recordings.
        wanted: rms noise of the candidates over their rms.
        seed: of the noise.

    Raises:
        InputError: an amount that is not positive and finite, or inputs that reach no candidate.
    """
    if not 0 < wanted < np.inf:
        raise InputError(f"noise of {wanted} times the candidates cannot be had")
    stage = design.cells[0].name
    quiet = run(sequences)
    units = telling_units(design, quiet)[stage]
    units = units if units.any() else ~units
    still = _current(quiet, stage)[:, units]
    rms = wanted
    for _ in range(_APPROACHES):
        found = _current(run(noisy(sequences, design, rms, seed)), stage)[:, units] - still
        if not found.any():
            raise InputError("noise on the inputs reaches no candidate")
        rms *= wanted / float(np.sqrt(np.mean(found**2) / np.mean(still**2)))
    return rms


def telling_units(design: Design, quiet: Trace) -> dict[str, Units]:
    """Which cells tell recordings apart (`tells`), [unit], by stage of cells.

    Args:
        design: the network.
        quiet: many recordings without noise.
    """
    places = np.nonzero(quiet.mask)[1]
    return {stage.name: tells(_levels(quiet, stage.name), places) for stage in design.cells}


def cells_in_noise(
    design: Design,
    trips: Mapping[str, TripPoints],
    telling: Mapping[str, Units],
    quiet: Trace,
    changed: Trace,
) -> dict[str, CellsInNoise]:
    """Compare noisy recordings with the same without noise.

    Args:
        design: the network.
        trips: of its stages of cells, which margins are measured from.
        telling: which of its cells tell recordings apart, by stage.
        quiet: without noise.
        changed: with noise.

    Returns:
        By stage of cells, in the order of the signal.
    """
    found = {}
    for stage in design.cells:
        cells = _Cells(
            _current(quiet, stage.name) / design.operating.unit_current,
            _current(changed, stage.name) / design.operating.unit_current,
            _levels(quiet, stage.name),
            _levels(changed, stage.name),
            trips[stage.name],
        )
        units = telling[stage.name]
        of_all = NoiseFigures(stage.name, (cells.noise(np.ones_like(units)),))
        of_telling = NoiseFigures(stage.name, (cells.noise(units),)) if units.any() else None
        found[stage.name] = CellsInNoise(len(units), of_all, int(units.sum()), of_telling)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Of one stage over the valid steps: candidates in unit currents and levels, [step, unit]."""

    candidates: Floats
    noisy: Floats
    levels: Floats
    changed: Floats
    trips: TripPoints

    def noise(self, units: Units) -> CellNoise:
        """Figures of some units, [unit]."""
        candidates, noise = self.candidates[:, units], (self.noisy - self.candidates)[:, units]
        levels, changed = self.levels[:, units], self.changed[:, units]
        above = np.abs(candidates - self.trips.upper[units])
        below = np.abs(candidates - self.trips.lower[units])
        # A cell that no noise reaches has no margin in its rms.
        rms = np.sqrt(np.mean(noise**2, axis=0))
        margin = (np.minimum(above, below) / np.where(rms > 0, rms, np.inf))[:, rms > 0]
        return CellNoise(
            same=Count(int(np.count_nonzero(levels == changed)), levels.size),
            candidate_noise=float(np.mean(noise**2)),
            candidate=float(np.mean(candidates**2)),
            level_change=float(np.mean((changed - levels) ** 2)),
            level=float(np.mean(levels**2)),
            margin=float(np.median(margin)) if margin.size else np.inf,
            low_margin=float(np.percentile(margin, 5)) if margin.size else np.inf,
        )


def _current(trace: Trace, stage: str) -> Floats:
    return trace.stages[stage].current[trace.mask]


def _levels(trace: Trace, stage: str) -> Floats:
    state = trace.stages[stage].state
    if state is None:
        raise InputError(f"the trace of {trace.engine} has no states of {stage}")
    return state[trace.mask].astype(np.float64)
