"""The scaling study: power of random networks over their width and their depth, and its laws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from hwsim.cells.kinds import CellKind
from hwsim.circuits.circuit_set import choose_templates, load_circuits
from hwsim.design.compile import compile_design, unit_kind
from hwsim.design.design import Design
from hwsim.design.options import CompileOptions
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.foundation.errors import InputError
from hwsim.studies.exporting import measured_cells
from hwsim.studies.power import measure_power
from hwsim.studies.scaling.networks import Size, drawn_network, drawn_recordings
from hwsim.studies.scaling.power_law import PowerLaw, fit_power_law
from hwsim.studies.scaling.split import SplitPower, split_power

Part: TypeAlias = Literal["recurrent", "state", "feedforward", "square"]

PARTS: Mapping[Part, str] = {
    "recurrent": "recurrent: the cells",
    "state": "recurrent, without comparators",
    "feedforward": "feedforward: all else",
    "square": "feedforward, d x d rows alone",
}
"""Parts of the power in words."""

LITERATURE: Mapping[Part, float] = {"recurrent": 1.0, "feedforward": 2.0}
"""Exponents of the power over the width that arXiv 2605.15216 states: the cost of recurrence is
linear in the state dimension, that of the feedforward layers quadratic."""

SOURCE = "A. Fyon et al., arXiv 2605.15216 (FQ-BMRU, 180 nm), abstract"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compiled and run.

    Attributes:
        cell: kind of the cells.
        widths: numbers of units of a block, with the first depth.
        depths: numbers of blocks, with the first width.
        seeds: networks of each size.
        options: of the compiler.

    Raises:
        InputError: too few sizes or networks for an exponent, or too large ones.
    """

    cell: CellKind = "saturating_cmru"
    widths: Sequence[int] = (4, 8, 16, 32, 64)
    depths: Sequence[int] = (1, 2, 3, 4)
    seeds: int = 5
    options: CompileOptions = field(default_factory=CompileOptions)

    def __post_init__(self) -> None:
        for what, values in (("widths", self.widths), ("depths", self.depths)):
            if len(set(values)) < 2 or len(set(values)) < len(values):
                raise InputError(
                    f"{what} {', '.join(map(str, values))} give no exponent",
                    hint="two different ones are the least, each once",
                )
        if self.seeds < 2:
            raise InputError("one network of each size gives no interval", hint="two or more do")
        self.sizes()

    @property
    def depth_width(self) -> int:
        """Width of the networks of every depth: the second smallest."""
        return sorted(self.widths)[1]

    def sizes(self) -> tuple[Size, ...]:
        """Every size once, the widths first."""
        shallow = min(self.depths)
        wide = [Size(self.cell, width, shallow) for width in self.widths]
        deep = [Size(self.cell, self.depth_width, depth) for depth in self.depths]
        return tuple(dict.fromkeys((*wide, *deep)))


@dataclass(frozen=True, slots=True)
class Run:
    """One network.

    Attributes:
        size: of it.
        seed: of its weights.
        power: of its nominal chip.
    """

    size: Size
    seed: int
    power: SplitPower

    def record(self) -> dict[str, object]:
        """For JSON."""
        size = {"units": self.size.units, "blocks": self.size.blocks, "seed": self.seed}
        watts = {f"{part}_watts": getattr(self.power, part) for part in PARTS}
        return {**size, **watts, "total_watts": self.power.total}


@dataclass(frozen=True, slots=True)
class Laws:
    """How the parts of the power follow one size.

    Attributes:
        by_part: over all networks.
        last: exponent between the two largest sizes alone, mean of the networks.
    """

    by_part: Mapping[Part, PowerLaw]
    last: Mapping[Part, float]

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            part: {**law.record(), "exponent_of_last_two": self.last[part]}
            for part, law in self.by_part.items()
        }


@dataclass(frozen=True, slots=True)
class Scaling:
    """What the study found.

    Attributes:
        plan: what was run.
        runs: every network.
        width: laws over the number of units, at the least depth.
        depth: laws over the number of blocks, at `Plan.depth_width`.
    """

    plan: Plan
    runs: tuple[Run, ...]
    width: Laws
    depth: Laws

    def record(self) -> dict[str, object]:
        """For JSON."""
        plan = self.plan
        return {
            "cell": plan.cell,
            "technology": plan.options.technology,
            "widths": list(plan.widths),
            "depths": list(plan.depths),
            "depth_width": plan.depth_width,
            "seeds": plan.seeds,
            "width": self.width.record(),
            "depth": self.depth.record(),
            "literature": {"width": dict(LITERATURE), "source": SOURCE},
            "runs": [each.record() for each in self.runs],
        }

    def widths(self) -> tuple[Run, ...]:
        """Networks of the study over the width."""
        return _widths(self.plan, self.runs)

    def depths(self) -> tuple[Run, ...]:
        """Networks of the study over the depth."""
        return _depths(self.plan, self.runs)


def study_scaling(
    plan: Plan, on_progress: Callable[[float], None] = lambda _fraction: None
) -> Scaling:
    """Compile random networks, run their nominal chips and fit their power.

    Args:
        plan: what to run.
        on_progress: takes the finished fraction.

    Raises:
        InputError: a cell, a technology or an operating point that cannot be used.
    """
    sizes = plan.sizes()
    tasks = [(size, seed) for size in sizes for seed in range(plan.seeds)]
    # A network of twice the width has four times the mirrors.
    costs = [size.units**2 * size.blocks for size, _ in tasks]
    runs, done = [], 0
    for (size, seed), cost in zip(tasks, costs, strict=True):
        runs.append(Run(size, seed, _power(plan, size, seed)))
        done += cost
        on_progress(done / sum(costs))
    found = tuple(runs)
    return Scaling(
        plan=plan,
        runs=found,
        width=_laws(_widths(plan, found), lambda size: size.units),
        depth=_laws(_depths(plan, found), lambda size: size.blocks),
    )


def compiled_network(plan: Plan, size: Size, seed: int) -> Design:
    """A random network as a circuit.

    Raises:
        InputError: a cell or a technology that cannot be used.
    """
    network = drawn_network(size, seed)
    options = replace(plan.options, templates=choose_templates(plan.options.templates))
    measured = measured_cells(unit_kind(network), options)
    return compile_design(network, options, measured, name=f"{size.cell} {size.units}")


def _power(plan: Plan, size: Size, seed: int) -> SplitPower:
    design = compiled_network(plan, size, seed)
    model = chip_model(design, load_circuits(design))
    trace = BehaviouralEngine(model).run(design, drawn_recordings(seed))
    return split_power(design, measure_power(design, trace))


def _widths(plan: Plan, runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(each for each in runs if each.size.blocks == min(plan.depths))


def _depths(plan: Plan, runs: Sequence[Run]) -> tuple[Run, ...]:
    chosen = {(plan.depth_width, depth) for depth in plan.depths}
    return tuple(each for each in runs if (each.size.units, each.size.blocks) in chosen)


def _laws(runs: Sequence[Run], along: Callable[[Size], int]) -> Laws:
    x = [float(along(each.size)) for each in runs]
    largest = sorted(set(x))[-2:]
    last = [place for place, value in enumerate(x) if value in largest]

    def law(part: Part, places: Sequence[int]) -> PowerLaw:
        y = [float(getattr(runs[place].power, part)) for place in places]
        return fit_power_law([x[place] for place in places], y)

    every = range(len(runs))
    return Laws(
        by_part={part: law(part, every) for part in PARTS},
        last={part: law(part, last).exponent for part in PARTS},
    )
