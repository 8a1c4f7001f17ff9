"""Three engines on the same recordings: do they tell the same story?"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass

from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.engine import Engine
from hwsim.engines.ideal import IdealEngine
from hwsim.engines.trace import Trace
from hwsim.engines.trip_points import TripPoints
from hwsim.studies.accuracy import Proportion, accuracy
from hwsim.studies.agreement import Agreement, SingleSteps, compare_traces, judge_single_steps
from hwsim.studies.power import Power, measure_power
from hwsim.studies.samples import evenly_spaced


@dataclass(frozen=True, slots=True)
class Verification:
    """What three engines say of one design.

    Attributes:
        indices: sequences of the data set that ngspice ran.
        traces: of those sequences, by engine.
        accuracy: ideal and behavioural over the whole data set, ngspice over `indices`.
        agreement: by pair; behavioural against ideal over the whole data set.
        single_steps: of ngspice, judged by the behavioural candidates.
        power: behavioural and ngspice over `indices`.
        seconds: wall time by engine.
        trips: trip points of the chip, unit currents, by stage of cells.
    """

    indices: tuple[int, ...]
    traces: Mapping[str, Trace]
    accuracy: Mapping[str, Proportion]
    agreement: Mapping[str, Agreement]
    single_steps: SingleSteps
    power: Mapping[str, Power]
    seconds: Mapping[str, float]
    trips: Mapping[str, TripPoints]

    @property
    def power_error(self) -> float:
        """Behavioural estimate of the supply power relative to that of ngspice, minus one."""
        return self.power["behavioural"].total / self.power["ngspice"].total - 1.0

    def record(self) -> dict[str, object]:
        """The figures as plain values, for JSON."""
        ngspice = self.traces["ngspice"]
        return {
            "accuracy": {name: value.value for name, value in self.accuracy.items()},
            "accuracy_interval": {
                name: [value.low, value.high] for name, value in self.accuracy.items()
            },
            "samples": {name: value.total for name, value in self.accuracy.items()},
            "decision_agreement": {k: a.decisions for k, a in self.agreement.items()},
            "decision_agreement_clear": {
                k: a.equal_clear_decisions.value for k, a in self.agreement.items()
            },
            "state_agreement": {k: a.states for k, a in self.agreement.items()},
            "output_error": {k: a.output_relative for k, a in self.agreement.items()},
            "single_step_agreement": self.single_steps.agreement,
            "step_errors": [dataclasses.asdict(error) for error in self.single_steps.errors],
            "candidate_error": self.single_steps.candidate_rms,
            "structural_violations": list(ngspice.violations),
            "attempts": list(ngspice.attempts),
            "power_watts": {name: power.total for name, power in self.power.items()},
            "power_error": self.power_error,
            "energy_joules_per_inference": self.power["ngspice"].energy_per_inference,
            "seconds": dict(self.seconds),
            "indices": list(self.indices),
        }


def verify(
    design: Design,
    sequences: Sequences,
    samples: int,
    ngspice: Engine,
    engine: BehaviouralEngine,
) -> Verification:
    """Run the three engines and compare them.

    Args:
        design: the network.
        sequences: labelled data; ideal and behavioural run all of it.
        samples: how many sequences, spread evenly over the data, ngspice runs.
        ngspice: the transistor-level engine.
        engine: the behavioural one, of the same chip under the same conditions.

    Raises:
        InputError: data that does not fit, or fewer sequences than samples.
        SimulatorError: ngspice failed.
    """
    indices = evenly_spaced(sequences, samples)
    some = sequences.take(list(indices))
    seconds: dict[str, float] = {}

    def timed(engine: Engine, data: Sequences) -> Trace:
        start = time.perf_counter()
        trace = engine.run(design, data)
        seconds[engine.name] = time.perf_counter() - start
        return trace

    ideal = timed(IdealEngine(), sequences)
    behavioural = timed(engine, sequences)
    measured = timed(ngspice, some)
    short = {
        "ideal": ideal.take(indices),
        "behavioural": behavioural.take(indices),
        "ngspice": measured,
    }
    followed = engine.follow(design, some, measured)
    trips = engine.trip_points(design)
    return Verification(
        indices=indices,
        traces=short,
        accuracy={
            "ideal": accuracy(design, ideal, sequences),
            "behavioural": accuracy(design, behavioural, sequences),
            "ngspice": accuracy(design, measured, some),
        },
        agreement={
            "ngspice_vs_behavioural": compare_traces(design, measured, short["behavioural"]),
            "ngspice_vs_ideal": compare_traces(design, measured, short["ideal"]),
            "behavioural_vs_ideal": compare_traces(design, behavioural, ideal),
        },
        single_steps=judge_single_steps(design, measured, followed, trips),
        power={
            "behavioural": measure_power(design, short["behavioural"]),
            "ngspice": measure_power(design, measured),
        },
        seconds=seconds,
        trips=trips,
    )
