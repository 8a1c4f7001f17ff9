"""The engines on the circuit as drawn: each on the recordings that it has, and pair by pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.ideal import IdealEngine
from hwsim.engines.trace import Trace
from hwsim.engines.trip_points import TripPoints, trip_points
from hwsim.studies.accuracy import Proportion, accuracy
from hwsim.studies.agreement import Agreement, SingleSteps, compare_traces, judge_single_steps
from hwsim.studies.power import Power, measure_power
from hwsim.studies.reporting.kept import KeptTrace

ENGINES = ("ideal", "behavioural", "ngspice")
"""From the software to the transistors."""


@dataclass(frozen=True, slots=True, eq=False)
class EngineRun:
    """One engine.

    Attributes:
        indices: recordings of the data set that it ran.
        trace: of these, in that order.
        accuracy: over these.
    """

    indices: tuple[int, ...]
    trace: Trace
    accuracy: Proportion

    def at(self, indices: Sequence[int]) -> Trace:
        """The trace of some recordings of the data set."""
        places = {index: place for place, index in enumerate(self.indices)}
        return self.trace.take([places[index] for index in indices])


@dataclass(frozen=True, slots=True, eq=False)
class EngineRuns:
    """What the engines say of one circuit.

    Attributes:
        runs: by engine, in the order of `ENGINES`; those that did not run are left out.
        common: recordings that all of them ran.
        agreement: of a pair of engines, the one nearer to the transistors first, over the
            recordings that both ran.
        single_steps: of ngspice, judged by the behavioural candidates; None without one of them.
        power: by engine that knows one, over `common`.
        trips: trip points of the chip, unit currents, by stage of cells.
    """

    runs: Mapping[str, EngineRun]
    common: tuple[int, ...]
    agreement: Mapping[tuple[str, str], Agreement]
    single_steps: SingleSteps | None
    power: Mapping[str, Power]
    trips: Mapping[str, TripPoints]

    @property
    def chip(self) -> EngineRun | None:
        """The chip as it was run on most recordings: behavioural, or what ngspice has."""
        return self.runs.get("behavioural") or self.runs.get("ngspice")

    @property
    def best_power(self) -> Power | None:
        """Measured in transistors where it was, else estimated."""
        return self.power.get("ngspice") or self.power.get("behavioural")

    @property
    def power_error(self) -> float | None:
        """The estimate over what ngspice has measured, minus one; None without one of them."""
        if not {"ngspice", "behavioural"} <= set(self.power):
            return None
        return self.power["behavioural"].total / self.power["ngspice"].total - 1.0

    def traces(self, index: int) -> dict[str, Trace]:
        """One recording on every engine that ran it, by engine."""
        return {name: run.at([index]) for name, run in self.runs.items() if index in run.indices}

    def record(self) -> dict[str, object]:
        """For JSON."""
        steps = self.single_steps
        return {
            "engines": {name: _run_record(run) for name, run in self.runs.items()},
            "agreement": {
                f"{tested}_vs_{reference}": _agreement_record(value)
                for (tested, reference), value in self.agreement.items()
            },
            "single_steps": None
            if steps is None
            else {
                "agreement": steps.agreement,
                "judged": steps.judged,
                "errors": len(steps.errors),
                "candidate_error": steps.candidate_rms,
            },
            "power_watts": {name: power.total for name, power in self.power.items()},
            "power_watts_by_part": {
                name: dict(power.by_part) for name, power in self.power.items()
            },
            "energy_joules_per_inference": {
                name: power.energy_per_inference for name, power in self.power.items()
            },
            "power_samples": len(self.common),
            "power_error": self.power_error,
        }


def _run_record(run: EngineRun) -> dict[str, object]:
    return {
        "accuracy": run.accuracy.value,
        "accuracy_interval": [run.accuracy.low, run.accuracy.high],
        "samples": run.accuracy.total,
        "structural_violations": list(run.trace.violations),
    }


def _agreement_record(value: Agreement) -> dict[str, object]:
    return {
        "decisions": value.decisions,
        "clear_decisions": value.equal_clear_decisions.value,
        "states": value.states,
        "output_error": value.output_relative,
        "samples": value.equal_decisions.total,
    }


def run_engines(
    design: Design,
    sequences: Sequences,
    behavioural: BehaviouralEngine | None,
    kept: KeptTrace | None,
) -> EngineRuns:
    """Run what is cheap and compare it with what ngspice has kept.

    Args:
        design: the network.
        sequences: labelled; ideal and behavioural run all of them.
        behavioural: the chip; None where it is not known.
        kept: of ngspice, under the same conditions; None where nothing is.

    Raises:
        InputError: sequences that do not fit, or have no labels.
    """
    everything = tuple(range(len(sequences)))
    traces = {"ideal": (everything, IdealEngine().run(design, sequences))}
    if behavioural is not None:
        traces["behavioural"] = everything, behavioural.run(design, sequences)
    if kept is not None:
        traces["ngspice"] = kept.indices, kept.trace
    runs = {
        name: EngineRun(indices, trace, accuracy(design, trace, sequences.take(list(indices))))
        for name, (indices, trace) in traces.items()
    }
    common = everything if kept is None else kept.indices
    steps = None
    if behavioural is not None and kept is not None:
        followed = behavioural.follow(design, sequences.take(list(common)), kept.trace)
        trips = behavioural.trip_points(design)
        steps = judge_single_steps(design, kept.trace, followed, trips)
    return EngineRuns(
        runs=runs,
        common=common,
        agreement=dict(_pairs(design, runs)),
        single_steps=steps,
        power={
            name: measure_power(design, run.at(common))
            for name, run in runs.items()
            if run.trace.supply_current
        },
        trips=_trips(design, behavioural),
    )


def _pairs(
    design: Design, runs: Mapping[str, EngineRun]
) -> Iterator[tuple[tuple[str, str], Agreement]]:
    """Every pair of engines on the recordings that both ran."""
    for reference, tested in combinations(runs, 2):
        common = sorted(set(runs[reference].indices) & set(runs[tested].indices))
        both = (runs[name].at(common) for name in (tested, reference))
        yield (tested, reference), compare_traces(design, *both)


def _trips(design: Design, behavioural: BehaviouralEngine | None) -> Mapping[str, TripPoints]:
    if behavioural is not None:
        return behavioural.trip_points(design)
    return {stage.name: trip_points(design, stage) for stage in design.cells}
