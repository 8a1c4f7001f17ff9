"""What an exploration found: figures of each point, the front, and the point to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hwsim.engines.trace import Floats
from hwsim.foundation.errors import InputError
from hwsim.studies.explore.candidates import Candidate
from hwsim.studies.explore.front import on_front
from hwsim.studies.paired_bootstrap import Change, paired_change
from hwsim.studies.sweep.job import Sweep
from hwsim.studies.sweep.parameters import PARAMETERS
from hwsim.studies.sweep.results import Results
from hwsim.studies.sweep.verdict import Band, PointSummary, Verdict
from hwsim.studies.verdict_lines import fifth_percentile

_ROUNDING = 1e-9
"""Of two accuracies that are the same number of samples."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The chips of one point.

    Attributes:
        accuracy: fraction of samples decided as labelled.
        state_agreement: fraction of cell x step that equals the ideal network.
        power: W.
        energy: J an inference, mean over samples.
    """

    accuracy: Band
    state_agreement: Band
    power: Band
    energy: Band


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Points that ran on the same chips and samples.

    Attributes:
        results: of every chip.
        figures: by number of the point.
        ideal_accuracy: of the ideal network of the export on the same samples.
    """

    results: Results
    figures: Mapping[int, Figures]
    ideal_accuracy: float

    @property
    def sweep(self) -> Sweep:
        """What was run."""
        return self.results.sweep

    def accuracy(self, index: int) -> Floats:
        """Accuracy of the chips of a point, [chip]."""
        return np.asarray(self.results.accuracy[list(self.figures).index(index)])


def stage_of(
    results: Results, indices: tuple[int, ...], steps: float, ideal_accuracy: float
) -> Stage:
    """Sum up a sweep.

    Args:
        results: of every chip.
        indices: number of each of its points.
        steps: of a recording, mean.
        ideal_accuracy: of the ideal network of the export.
    """
    summaries = Verdict.of(results, ideal_accuracy).points
    found = {index: _figures(each, steps) for index, each in zip(indices, summaries, strict=True)}
    return Stage(results, found, ideal_accuracy)


def _figures(summary: PointSummary, steps: float) -> Figures:
    seconds = steps * summary.point.step
    power = summary.power
    return Figures(
        accuracy=summary.accuracy,
        state_agreement=summary.state_agreement,
        power=power,
        energy=Band(power.median * seconds, power.low * seconds, power.high * seconds),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """The point that is chosen, against the export.

    Attributes:
        index: its number.
        energy_ratio: energy of its median chip over that of the export's.
        change: of the 5th percentile of accuracy over the same chips.
    """

    index: int
    energy_ratio: float
    change: Change


@dataclass(frozen=True, slots=True, eq=False)
class Exploration:
    """What an exploration found.

    Attributes:
        candidates: every point, the export first.
        choices: names of what may differ between them.
        left_out: what was not looked at, and why.
        overdrive: at which a candidate has to be decided within its step.
        screening: all points that can work, on few chips and samples.
        finals: the best of them, on all chips and samples.
    """

    candidates: tuple[Candidate, ...]
    choices: tuple[str, ...]
    left_out: Mapping[str, str]
    overdrive: float
    screening: Stage
    finals: Stage

    @property
    def varied(self) -> tuple[str, ...]:
        """Names of what does differ between points."""
        fields = {name: PARAMETERS[name].field for name in self.choices}
        return tuple(
            name
            for name, field in fields.items()
            if len({getattr(each.point, field) for each in self.candidates}) > 1
        )

    @property
    def reference(self) -> Figures:
        """The export itself."""
        return self.finals.figures[0]

    def front(self, merit: str) -> tuple[int, ...]:
        """Points that no other one beats in energy and accuracy, the cheapest first.

        Args:
            merit: field of `Band` of the accuracy, ``median`` or ``low`` for the 5th percentile.
        """
        able = [i for i in self.finals.figures if self.candidates[i].refusal is None]
        figures = [self.finals.figures[index] for index in able]
        energy = [each.energy.median for each in figures]
        mask = on_front(energy, [getattr(each.accuracy, merit) for each in figures])
        chosen = [(energy[place], able[place]) for place in np.flatnonzero(mask)]
        return tuple(index for _, index in sorted(chosen))

    def choose(self, loss: float, index: int | None = None) -> Choice | None:
        """The point of least energy that is as accurate as asked.

        Args:
            loss: what the 5th percentile of accuracy may lose against the export, a fraction.
            index: the point that the user wants instead.

        Returns:
            None where no point that can work is as accurate.

        Raises:
            InputError: a point that was not run on all chips.
        """
        if index is not None:
            return self._choice(self._required(index))
        least = self.reference.accuracy.low - loss - _ROUNDING
        able = [
            (figures.energy.median, number)
            for number, figures in self.finals.figures.items()
            if figures.accuracy.low >= least and self.candidates[number].refusal is None
        ]
        return self._choice(min(able)[1]) if able else None

    def _required(self, index: int) -> int:
        if index not in self.finals.figures:
            known = ", ".join(str(each) for each in sorted(self.finals.figures))
            raise InputError(
                f"point {index} was not run on all chips", hint=f"points to choose: {known}"
            )
        return index

    def _choice(self, index: int) -> Choice:
        ratio = self.finals.figures[index].energy.median / self.reference.energy.median
        here, there = self.finals.accuracy(0), self.finals.accuracy(index)
        return Choice(index, ratio, paired_change(here, there, fifth_percentile))
