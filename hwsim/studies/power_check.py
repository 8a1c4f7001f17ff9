"""The power model against the supplies of ngspice: recordings, corners and temperatures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt

from hwsim.circuits.export import Export
from hwsim.circuits.testbench import Conditions
from hwsim.data.sequences import Sequences
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.engines.trace import Trace
from hwsim.studies.samples import evenly_spaced

NOMINAL = Conditions()

OTHERS = tuple(
    conditions
    for corner in ("tt", "ff", "ss")
    for temperature in (0.0, 27.0, 85.0)
    if (conditions := Conditions(corner, temperature)) != NOMINAL
)
"""Conditions beside the nominal ones that a check goes through."""

MEAN_LIMIT, STAGE_LIMIT = 5.0, 15.0
"""Largest mean errors of a check that passes, %, of the whole chip and of its worst stage."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PowerCase(_Frozen):
    """One recording under one set of conditions; energies from the supply, J, by part."""

    sample: NonNegativeInt = Field(description="index in the data")
    corner: str
    temperature: float = Field(description="degrees Celsius")
    steps: PositiveInt
    model: dict[str, float]
    ngspice: dict[str, float]

    def error(self, part: str | None = None) -> float:
        """Model over ngspice minus one, %, of a part or of the whole chip."""
        if part is None:
            return 100 * (sum(self.model.values()) / sum(self.ngspice.values()) - 1)
        return 100 * (self.model[part] / self.ngspice[part] - 1)


class PowerCheck(_Frozen):
    """How far the model is from ngspice, over cases.

    `mean` and `by_stage` are means of absolute relative errors of energies, %.
    """

    cases: tuple[PowerCase, ...] = Field(min_length=1)

    @property
    def mean(self) -> float:
        """Of the whole chip."""
        return _mean(abs(case.error()) for case in self.cases)

    @property
    def max(self) -> float:
        """Largest absolute error of the whole chip in one case, %."""
        return max(abs(case.error()) for case in self.cases)

    @property
    def by_stage(self) -> dict[str, float]:
        """Of each part of the chip."""
        return {
            part: _mean(abs(case.error(part)) for case in self.cases)
            for part in self.cases[0].model
        }

    @property
    def passed(self) -> bool:
        """Whether both limits hold."""
        return self.mean <= MEAN_LIMIT and max(self.by_stage.values()) <= STAGE_LIMIT

    def near(self, conditions: Conditions) -> PowerCheck:
        """The cases under these conditions; all where there are none."""
        return self.by_conditions().get(conditions, self)

    def by_conditions(self) -> dict[Conditions, PowerCheck]:
        """The cases under each set of conditions by themselves."""
        found: dict[Conditions, list[PowerCase]] = {}
        for case in self.cases:
            found.setdefault(Conditions(case.corner, case.temperature), []).append(case)
        return {where: PowerCheck(cases=tuple(cases)) for where, cases in found.items()}

    def record(self) -> dict[str, object]:
        """The figures as plain values, for JSON."""
        return {
            "pass": self.passed,
            "samples": len({case.sample for case in self.cases}),
            "cases": len(self.cases),
            "error_percent": {"mean": self.mean, "max": self.max, "by_stage": self.by_stage},
            "limits_percent": {"mean": MEAN_LIMIT, "worst_stage": STAGE_LIMIT},
            "conditions": [
                {
                    "corner": where.corner,
                    "temperature": where.temperature,
                    "cases": len(part.cases),
                    "error_percent": {
                        "mean": part.mean,
                        "max": part.max,
                        "by_stage": part.by_stage,
                    },
                }
                for where, part in self.by_conditions().items()
            ],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What a check runs: positions among its recordings, under each set of conditions."""

    runs: tuple[tuple[Conditions, tuple[int, ...]], ...]

    @classmethod
    def of(cls, samples: int, *, full: bool) -> Plan:
        """Every recording at nominal conditions, and recording i at the i-th of the others in turn.

        Args:
            samples: number of recordings.
            full: every recording everywhere.
        """
        everything = tuple(range(samples))
        turns = len(OTHERS)
        others = [
            (where, everything if full else everything[turn::turns])
            for turn, where in enumerate(OTHERS)
        ]
        return cls(tuple(run for run in ((NOMINAL, everything), *others) if run[1]))


def check_power(
    export: Export,
    sequences: Sequences,
    samples: int,
    *,
    full: bool = False,
    workers: int | None = None,
    timeout_seconds: float = 1800.0,
    on_progress: Callable[[float], None] | None = None,
) -> PowerCheck:
    """Compare the model with ngspice. What ngspice has finished before is not run again.

    Args:
        export: the chip.
        sequences: what to take recordings of, evenly spaced.
        samples: how many.
        full: every recording under all conditions, instead of the nominal ones and one of the
            others in turn.
        workers: ngspice processes; None for one a core.
        timeout_seconds: for one recording.
        on_progress: called with the finished fraction.

    Raises:
        InputError: data that does not fit, or conditions that datasheets do not hold.
        SimulatorError: ngspice failed; every finished recording is kept.
    """
    design, indices = export.design, evenly_spaced(sequences, samples)
    plan = Plan.of(samples, full=full)
    # Datasheets that lack a corner shall say so before hours of simulation.
    models = {
        where: chip_model(design, export.circuits, conditions=where) for where, _ in plan.runs
    }
    steps = [int(sequences.lengths[[indices[i] for i in chosen]].sum()) for _, chosen in plan.runs]
    cases: list[PowerCase] = []
    for number, (where, chosen) in enumerate(plan.runs):
        taken = [indices[position] for position in chosen]
        recordings = sequences.take(taken)
        engine = NgspiceEngine(
            circuits=export.circuits,
            results=export.results,
            conditions=where,
            workers=workers,
            timeout_seconds=timeout_seconds,
            on_progress=_part_of(on_progress, steps, number),
        )
        measured = engine.run(design, recordings)
        modelled = BehaviouralEngine(models[where]).run(design, recordings)
        both = _energies(modelled, export), _energies(measured, export)
        cases += [
            PowerCase(
                sample=sample,
                corner=where.corner,
                temperature=where.temperature,
                steps=int(measured.lengths[place]),
                model={part: each[place] for part, each in both[0].items()},
                ngspice={part: each[place] for part, each in both[1].items()},
            )
            for place, sample in enumerate(taken)
        ]
    return PowerCheck(cases=tuple(cases))


def _energies(trace: Trace, export: Export) -> Mapping[str, list[float]]:
    """Energy of each recording by part, J."""
    scale = export.design.operating.supply_voltage * trace.step
    return {
        part: [
            float(scale * current[place, :length].sum())
            for place, length in enumerate(trace.lengths)
        ]
        for part, current in trace.supply_current.items()
    }


def _part_of(
    told: Callable[[float], None] | None, steps: list[int], number: int
) -> Callable[[float], None]:
    """Progress of one run as that of all of them."""
    done, own, everything = sum(steps[:number]), steps[number], sum(steps)
    if told is None:
        return lambda _fraction: None
    tell = told
    return lambda fraction: tell((done + own * fraction) / everything)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return math.fsum(found) / len(found)
