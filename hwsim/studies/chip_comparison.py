"""One drawn chip in the behavioural engine and in ngspice."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.trace import Trace
from hwsim.studies.accuracy import Proportion, accuracy
from hwsim.studies.agreement import Agreement, SingleSteps, compare_traces, judge_single_steps
from hwsim.studies.power import measure_power


@dataclass(frozen=True, slots=True)
class ChipComparison:
    """One chip in both engines.

    Attributes:
        number: of the chip in its production.
        behavioural: accuracy.
        ngspice: accuracy.
        agreement: of ngspice with the behavioural engine.
        single_steps: of ngspice, judged by the behavioural candidates and trip points of the chip.
        power_ratio: supply power, behavioural over ngspice.
        violations: of the structure, in ngspice.
    """

    number: int
    behavioural: Proportion
    ngspice: Proportion
    agreement: Agreement
    single_steps: SingleSteps
    power_ratio: float
    violations: tuple[str, ...]

    def record(self) -> dict[str, object]:
        """As plain values, for JSON."""
        return {
            "chip": self.number,
            "accuracy_behavioural": self.behavioural.value,
            "accuracy_ngspice": self.ngspice.value,
            "decisions_equal": self.agreement.decisions,
            "clear_decisions_equal": self.agreement.equal_clear_decisions.value,
            "states_equal": self.agreement.states,
            "single_steps_equal": self.single_steps.agreement,
            "output_error": self.agreement.output_relative,
            "candidate_error": self.single_steps.candidate_rms,
            "power_ratio": self.power_ratio,
        }


def compare_chip(
    design: Design,
    sequences: Sequences,
    number: int,
    engine: BehaviouralEngine,
    trace: Trace,
    measured: Trace,
) -> ChipComparison:
    """Compare what one chip did in both engines.

    Args:
        design: the network.
        sequences: labelled, that the chip ran.
        number: of the chip in its production.
        engine: the behavioural one of this chip.
        trace: what it did.
        measured: what the transistors did.

    Raises:
        InputError: sequences without labels.
    """
    followed = engine.follow(design, sequences, measured)
    power, wanted = (measure_power(design, each).total for each in (trace, measured))
    return ChipComparison(
        number=number,
        behavioural=accuracy(design, trace, sequences),
        ngspice=accuracy(design, measured, sequences),
        agreement=compare_traces(design, measured, trace),
        single_steps=judge_single_steps(design, measured, followed, engine.trip_points(design)),
        power_ratio=power / wanted,
        violations=measured.violations,
    )
