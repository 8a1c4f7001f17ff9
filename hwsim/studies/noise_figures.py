"""What noise does to chips: the three figures that a cell with memory is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hwsim.chips.population import Population
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.trace import Floats, Trace
from hwsim.foundation.errors import InputError
from hwsim.studies.agreement import Count
from hwsim.studies.chip_statistics import Estimate, Integers, Share, mean_over_chips, over_chips

_STILL = 0.01
"""Variance of a level between recordings below which a cell says nothing, levels squared."""


@dataclass(frozen=True, slots=True)
class CellNoise:
    """The cells of one stage of one chip, over the valid steps.

    Attributes:
        same: cell x step whose state is that without noise.
        candidate_noise: mean square noise of a candidate, unit currents squared: what comes from
            before the cell, and the cell's own.
        candidate: mean square candidate without noise, unit currents squared.
        level_change: mean square change of the level by noise.
        level: mean square level without noise.
        margin: median distance of a candidate from its nearer trip point, in rms of its own noise.
        low_margin: 5th percentile of that distance.
    """

    same: Count
    candidate_noise: float
    candidate: float
    level_change: float
    level: float
    margin: float
    low_margin: float


@dataclass(frozen=True, slots=True)
class NoiseFigures:
    """The cells of one stage on all chips.

    Attributes:
        stage: its name.
        chips: in their order.
    """

    stage: str
    chips: tuple[CellNoise, ...]

    @property
    def same_states(self) -> Share:
        """Exact-state fraction."""
        return Share(tuple(chip.same for chip in self.chips))

    @property
    def suppression(self) -> Estimate:
        """Relative rms noise of the candidate over relative rms change of the level.

        Above 1 the cells suppress noise; infinite where no level changed. Mean squares are
        averaged over chips before they are divided: few levels change on a single chip.
        """
        squares = np.array(
            [(c.candidate_noise, c.candidate, c.level_change, c.level) for c in self.chips]
        )

        def figure(chips: Integers) -> Floats:
            noise, candidate, change, level = np.moveaxis(squares[chips].mean(axis=1), -1, 0)
            ratio = np.where(change > 0, (noise / candidate) * (level / change), np.inf)
            return np.asarray(np.sqrt(ratio))

        return over_chips(figure, len(self.chips))

    @property
    def margin(self) -> Estimate:
        """Median distance from the nearer trip point in rms of the noise, mean over chips."""
        return mean_over_chips(np.array([chip.margin for chip in self.chips]))

    @property
    def low_margin(self) -> Estimate:
        """5th percentile of that distance, mean over chips."""
        return mean_over_chips(np.array([chip.low_margin for chip in self.chips]))

    def record(self) -> dict[str, object]:
        """As plain values, for JSON; what is infinite is null there."""
        return {
            "exact_state_fraction": self.same_states.record(),
            "rms_suppression": self.suppression.record(),
            "margin_median": self.margin.record(),
            "margin_5th_percentile": self.low_margin.record(),
        }


def noise_figures(
    design: Design,
    model: ChipModel,
    population: Population,
    sequences: Sequences,
    quiet: Sequence[Trace],
) -> tuple[NoiseFigures, ...]:
    """Run the chips of a model with noise, and compare each with itself without.

    Args:
        design: the network.
        model: the chips, with noise among its effects.
        population: the same chips.
        sequences: what they run.
        quiet: the same in the same model without noise (`without_noise`), of each chip.

    Returns:
        One a stage of cells, in the order of the signal.

    Raises:
        InputError: a model without noise.
    """
    if not model.effects.step_noise:
        raise InputError("a model without noise has no figures of noise")
    by_stage: dict[str, list[CellNoise]] = {stage.name: [] for stage in design.cells}
    for chip, trace in enumerate(quiet):
        noisy = BehaviouralEngine(model, population, chip).run(design, sequences)
        for stage in design.cells:
            by_stage[stage.name].append(_cell_noise(design, stage, model, chip, noisy, trace))
    return tuple(NoiseFigures(name, tuple(chips)) for name, chips in by_stage.items())


def tells(levels: Floats, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which cells tell recordings apart: their level varies between them at equal steps.

    By more than a hundredth of a level squared, in the mean over steps. The others are clocks: they
    climb at every step, whatever they see, or stay.

    Args:
        levels: without noise, [step, unit].
        places: of the steps in their recordings, [step].
    """
    variances = [
        levels[places == place].var(axis=0) * np.count_nonzero(places == place)
        for place in np.unique(places)
    ]
    return np.asarray(np.sum(variances, axis=0) > _STILL * len(places))


def without_noise(model: ChipModel) -> ChipModel:
    """The same chips without noise from step to step."""
    return replace(model, effects=replace(model.effects, step_noise=0.0))


def _cell_noise(
    design: Design, stage: Stage, model: ChipModel, chip: int, noisy: Trace, quiet: Trace
) -> CellNoise:
    mask, unit = quiet.mask, design.operating.unit_current
    candidate = quiet.stages[stage.name].current[mask] / unit
    arriving = noisy.stages[stage.name].current[mask] / unit - candidate
    own = model.effects.step_noise * model.noise[stage.name][chip]
    levels, changed = _levels(quiet, stage)[mask], _levels(noisy, stage)[mask]
    # TripPoints.distance is relative to the trip point; noise is a current.
    trips = model.trip_points(stage, chip)
    above, below = np.abs(candidate - trips.upper), np.abs(candidate - trips.lower)
    margin = np.minimum(above, below) / own
    return CellNoise(
        same=Count(int(np.count_nonzero(levels == changed)), levels.size),
        candidate_noise=float(np.mean(arriving**2 + own**2)),
        candidate=float(np.mean(candidate**2)),
        level_change=float(np.mean((changed - levels) ** 2)),
        level=float(np.mean(levels**2)),
        margin=float(np.median(margin)),
        low_margin=float(np.percentile(margin, 5)),
    )


def _levels(trace: Trace, stage: Stage) -> NDArray[np.float64]:
    state = trace.stages[stage.name].state
    if state is None:
        raise InputError(f"the trace of {trace.engine} has no states of {stage.name}")
    return state.astype(np.float64)
