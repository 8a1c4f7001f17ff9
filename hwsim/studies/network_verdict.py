"""The designer's verdict: what two templates of one kind make of the same chips of a network."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hwsim.characterization.grid import NOMINAL
from hwsim.chips.population import Population
from hwsim.data.sequences import Sequences
from hwsim.engines.chip_runs import ChipResults, run_chips
from hwsim.engines.ideal import IdealEngine
from hwsim.engines.supply_figures import supply_figures
from hwsim.engines.trace import Floats, Trace
from hwsim.foundation.errors import InputError
from hwsim.studies.paired_bootstrap import LEVEL, RESAMPLES, SEED
from hwsim.studies.template_swap import Swap, census
from hwsim.studies.verdict_lines import ChipFigures, Line, verdict_lines

MARGIN = 0.01
"""What a good chip may lack of the accuracy of the first template's chip without mismatch."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkVerdict:
    """Two templates in the same chips of one network.

    Attributes:
        network: its name.
        kind: of the templates.
        technology: of the network.
        first: with the template to start from.
        second: with the other.
        seed: of the production.
        samples: that every chip decides.
        needed: samples that a good chip decides as labelled.
        lines: figures side by side.
    """

    network: str
    kind: str
    technology: str
    first: ChipFigures
    second: ChipFigures
    seed: int
    samples: int
    needed: int
    lines: tuple[Line, ...]

    @property
    def chips(self) -> int:
        """How many."""
        return len(self.first.accuracy)

    @property
    def bar(self) -> float:
        """Accuracy of a good chip, at least."""
        return self.needed / self.samples

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "chips": self.chips,
            "samples": self.samples,
            "seed": self.seed,
            "good_from": self.bar,
            "test": {
                "name": "paired bootstrap over chips, percentile interval",
                "level": LEVEL,
                "resamples": RESAMPLES,
                "seed": SEED,
            },
            "lines": [line.record() for line in self.lines],
        }


def judge(
    first: Swap,
    second: Swap,
    sequences: Sequences,
    population: Population,
    *,
    workers: int | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> NetworkVerdict:
    """Run the same chips with each of two templates.

    A transistor that both templates have under one name has the same deviation in both, and noise
    belongs to its place: what differs between two runs is the template.

    Args:
        first: the network with the template to start from.
        second: the same network with the other one.
        sequences: labelled samples.
        population: which chips.
        workers: threads; None for one a core.
        on_progress: called with the finished fraction.

    Raises:
        InputError: samples without labels, or conditions that were not measured.
    """
    if sequences.labels is None:
        raise InputError("the data has no labels, so there is no accuracy")
    reference = IdealEngine().run(first.design, sequences)
    told = on_progress or (lambda _: None)
    both = [
        _figures(each, sequences, population, reference, workers, _half(told, place))
        for place, each in enumerate((first, second))
    ]
    samples = len(sequences)
    needed = math.ceil(round((both[0].nominal_accuracy - MARGIN) * samples, 9))
    return NetworkVerdict(
        network=first.design.name,
        kind=first.template.kind,
        technology=first.design.technology,
        first=both[0],
        second=both[1],
        seed=population.seed,
        samples=samples,
        needed=needed,
        lines=tuple(verdict_lines(both[0], both[1], first.template.kind, needed, samples)),
    )


def _half(told: Callable[[float], None], place: int) -> Callable[[float], None]:
    """Progress of one of two runs as that of both."""
    return lambda fraction: told((place + fraction) / 2)


def _figures(
    swapped: Swap,
    sequences: Sequences,
    population: Population,
    reference: Trace,
    workers: int | None,
    told: Callable[[float], None],
) -> ChipFigures:
    def run(chips: Population, on_progress: Callable[[float], None] | None) -> ChipResults:
        return run_chips(
            swapped.design,
            sequences,
            swapped.circuits,
            chips,
            datasheets=swapped.datasheets,
            workers=workers,
            reference=reference,
            on_progress=on_progress,
        )

    operating = swapped.design.operating
    at = NOMINAL.conditions.model_copy(
        update={
            "supply_voltage": operating.supply_voltage,
            "unit_current": operating.unit_current,
        }
    )
    figures = supply_figures(swapped.design, swapped.datasheets, at)
    clock = (figures.clock_energy(swapped.design) or 0.0) / operating.step
    drawn = run(population, told)
    nominal = run(Population(population.seed, 1, mismatch_scale=0.0), None)
    power = drawn.supply_power + clock
    seconds = sequences.lengths.mean() * operating.step
    return ChipFigures(
        template=swapped.template.name,
        nominal_accuracy=float(_accuracy(nominal, sequences)[0]),
        accuracy=_accuracy(drawn, sequences),
        agreement=drawn.state_agreement,
        power=power,
        energy=power * seconds,
        census=census(swapped),
    )


def _accuracy(results: ChipResults, sequences: Sequences) -> Floats:
    return np.asarray(np.mean(results.decisions == sequences.labels, axis=1))
