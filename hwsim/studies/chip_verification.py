"""The same drawn chips in the behavioural engine and in ngspice: are they the same chips?"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hwsim.chips.population import Population
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.foundation.errors import InputError
from hwsim.spice import WorkerPool
from hwsim.studies.agreement import StepError
from hwsim.studies.chip_comparison import ChipComparison, compare_chip
from hwsim.studies.chip_statistics import (
    Correlation,
    Estimate,
    Share,
    TwoSamples,
    mean_over_chips,
    two_samples,
)
from hwsim.studies.measured_trips import correlate_trips, measure_trips
from hwsim.studies.noise_figures import NoiseFigures, noise_figures, without_noise
from hwsim.studies.samples import evenly_spaced

WORST = 20
"""Step errors that are listed: those farthest from their threshold."""


@dataclass(frozen=True, slots=True)
class ChipVerification:
    """Drawn chips in both engines.

    Attributes:
        population: which chips.
        indices: sequences of the data set that every chip ran.
        chips: in the order of the population.
        trips: how the trip points of the datasheets' chips follow those of the transistors,
            ``upper`` and ``lower``.
        unmeasured: trip points that no measurement found.
        noise: by stage of cells; empty when noise is off.
        noise_scale: factor on the datasheets' noise.
        seconds: wall time by engine, and of the trip points; what ngspice had kept costs none.
    """

    population: Population
    indices: tuple[int, ...]
    chips: tuple[ChipComparison, ...]
    trips: Mapping[str, Correlation]
    unmeasured: int
    noise: tuple[NoiseFigures, ...]
    noise_scale: float
    seconds: Mapping[str, float]

    @property
    def shares(self) -> dict[str, Share]:
        """What is equal: decisions, clear ones, states, single steps."""
        chips = self.chips
        return {
            "decisions_equal": Share(tuple(c.agreement.equal_decisions for c in chips)),
            "clear_decisions_equal": Share(tuple(c.agreement.equal_clear_decisions for c in chips)),
            "states_equal": Share(tuple(c.agreement.equal_states for c in chips)),
            "single_steps_equal": Share(tuple(c.single_steps.following for c in chips)),
        }

    @property
    def output_error(self) -> Estimate:
        """Rms difference of outputs over their rms, mean over chips."""
        return mean_over_chips(np.array([chip.agreement.output_relative for chip in self.chips]))

    @property
    def power_ratio(self) -> Estimate:
        """Behavioural supply power over that of ngspice, mean over chips."""
        return mean_over_chips(np.array([chip.power_ratio for chip in self.chips]))

    @property
    def worst_power(self) -> ChipComparison:
        """The chip whose power ratio is farthest from 1."""
        return max(self.chips, key=lambda chip: abs(np.log(chip.power_ratio)))

    @property
    def accuracy_test(self) -> TwoSamples:
        """Whether the accuracies of the chips tell the engines apart."""
        return two_samples(
            [chip.behavioural.value for chip in self.chips],
            [chip.ngspice.value for chip in self.chips],
        )

    @property
    def step_errors(self) -> list[tuple[int, StepError]]:
        """Every step error with the number of its chip, the farthest from a threshold first."""
        errors = [(chip.number, each) for chip in self.chips for each in chip.single_steps.errors]
        return sorted(errors, key=lambda pair: -pair[1].distance)

    @property
    def violations(self) -> list[str]:
        """Of the structure, each with its chip."""
        return [f"chip {chip.number}: {each}" for chip in self.chips for each in chip.violations]

    def record(self) -> dict[str, object]:
        """The figures as plain values, for JSON."""
        errors = self.step_errors
        worst = [
            {"chip": number, "recording": self.indices[error.sequence], **dataclasses.asdict(error)}
            for number, error in errors[:WORST]
        ]
        return {
            "chips": self.population.count,
            "samples": len(self.indices),
            "seed": self.population.seed,
            "mismatch": self.population.mismatch_scale,
            "noise_scale": self.noise_scale,
            **{name: share.record() for name, share in self.shares.items()},
            "step_errors": {"count": len(errors), "worst": worst},
            "output_error": self.output_error.record(),
            "power_ratio": {
                **self.power_ratio.record(),
                "worst": self.worst_power.power_ratio,
                "worst_chip": self.worst_power.number,
            },
            "accuracy": {
                "behavioural": [chip.behavioural.value for chip in self.chips],
                "ngspice": [chip.ngspice.value for chip in self.chips],
                "kolmogorov_smirnov": self.accuracy_test.record(),
            },
            "trip_points": {
                **{side: found.record() for side, found in self.trips.items()},
                "unmeasured": self.unmeasured,
            },
            "noise": {each.stage: each.record() for each in self.noise},
            "structural_violations": self.violations,
            "by_chip": [chip.record() for chip in self.chips],
            "seconds": dict(self.seconds),
            "indices": list(self.indices),
        }


def verify_chips(
    design: Design,
    sequences: Sequences,
    samples: int,
    model: ChipModel,
    ngspice: NgspiceEngine,
) -> ChipVerification:
    """Run chips in both engines and compare them.

    Args:
        design: the network.
        sequences: labelled data.
        samples: how many sequences, spread evenly over the data, every chip runs.
        model: the chips of the population of `ngspice`, under its conditions; with noise among
            its effects the figures of noise are found, too. The comparison is without noise.
        ngspice: the transistor-level engine, with a population.

    Raises:
        InputError: data that does not fit, without labels, fewer sequences than samples, or an
            engine without a population.
        SimulatorError: ngspice failed; what it finished is kept.
    """
    population = ngspice.population
    if population is None:
        raise InputError("chips can only be compared of an engine with a population")
    if sequences.labels is None:
        raise InputError("the data has no labels, so there is no accuracy")
    indices = evenly_spaced(sequences, samples)
    some = sequences.take(list(indices))
    clock = _Clock()
    quiet = without_noise(model)
    engines = [BehaviouralEngine(quiet, population, k) for k in range(population.count)]
    traces = [engine.run(design, some) for engine in engines]
    clock.lap("behavioural")
    noise = noise_figures(design, model, population, some, traces) if _is_noisy(model) else ()
    clock.lap("noise")
    with WorkerPool(ngspice.workers, ngspice.timeout_seconds) as pool:
        trips = measure_trips(
            design, ngspice.circuits, population, ngspice.conditions, pool, ngspice.results
        )
    clock.lap("trip_points")
    measured = ngspice.run_chips(design, some)
    clock.lap("ngspice")
    chips = tuple(
        compare_chip(design, some, number, engine, trace, found)
        for number, engine, trace, found in zip(
            population.indices, engines, traces, measured, strict=True
        )
    )
    clock.lap("comparison")
    return ChipVerification(
        population=population,
        indices=indices,
        chips=chips,
        trips=correlate_trips(quiet, trips),
        unmeasured=sum(
            int(np.isnan(side).sum())
            for each in trips.values()
            for side in (each.upper, each.lower)
        ),
        noise=noise,
        noise_scale=model.effects.step_noise,
        seconds=clock.laps,
    )


class _Clock:
    """Wall time of what is done one after the other, s."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now


def _is_noisy(model: ChipModel) -> bool:
    return model.effects.step_noise > 0
