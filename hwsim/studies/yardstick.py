"""A yardstick: the same inference on digital hardware, from published energies of its operations.

Operations are counted in the network; what one of them costs is published. Everything else is an
assumption, and each stands in a `DigitalCore` with its words.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, Stage


@dataclass(frozen=True, slots=True)
class Operations:
    """What a network does in one step, or at the end of an inference.

    Attributes:
        multiplications: of an input and a weight that is neither 0 nor 1 nor -1.
        additions: into a sum or a state.
        comparisons: with a threshold, a bound or zero.
        parameters: numbers that are fetched: weights, biases, thresholds.
        operands: inputs of the multiplications, fetched too where they do not stay in registers.
        states: of cells and running means.
    """

    multiplications: int = 0
    additions: int = 0
    comparisons: int = 0
    parameters: int = 0
    operands: int = 0
    states: int = 0

    def __add__(self, other: Operations) -> Operations:
        mine, theirs = dataclasses.astuple(self), dataclasses.astuple(other)
        return Operations(*(a + b for a, b in zip(mine, theirs, strict=True)))


def operations_of_step(design: Design) -> Operations:
    """Count one step of a network.

    A row starts at its bias and adds a product for each weight that is not 0; a weight of 1 or -1,
    as in a skip, needs no product. Each unit that something takes rectified compares with zero.
    The levels of cells are multiplied into the weights behind them, and so is the normalisation of
    the inputs into the first weights.
    """
    total = Operations()
    for stage in design.stages:
        total += _rows(stage) + _cells(stage)
    rectified = {
        each.source
        for stage in design.stages
        for each in stage.connections
        if each.tap == "rectified"
    }
    total += Operations(comparisons=sum(design.stage(name).size for name in rectified))
    if design.readout.over == "mean":
        classes = len(design.readout.classes)
        total += Operations(additions=classes, states=classes)
    return total


def operations_at_end(design: Design) -> Operations:
    """Count what an inference takes once: the largest of the outputs."""
    return Operations(comparisons=len(design.readout.classes) - 1)


def _rows(stage: Stage) -> Operations:
    weights = [w for each in stage.connections for row in each.learned for w in row if w != 0]
    products = sum(abs(weight) != 1 for weight in weights)
    biases = 0 if stage.kind == "input" else stage.size
    return Operations(
        multiplications=products,
        additions=len(weights),
        parameters=products + biases,
        operands=products,
    )


def _cells(stage: Stage) -> Operations:
    """A ladder compares with both thresholds, adds a step and stays within its ends.

    A comparator compares with zero (its candidate is rectified) and with both thresholds, and sets
    its state.
    """
    if stage.cell is None:
        return Operations()
    if isinstance(stage.cell, CmruCell):
        return Operations(
            additions=stage.size,
            comparisons=4 * stage.size,
            parameters=stage.size,
            states=stage.size,
        )
    return Operations(comparisons=3 * stage.size, parameters=2 * stage.size, states=stage.size)


@dataclass(frozen=True, slots=True)
class DigitalCore:
    """A digital core and what is assumed of it.

    Attributes:
        name: short.
        multiplication: J.
        addition: J.
        comparison: J.
        access: J, of one access to memory.
        parameters_an_access: numbers that one access brings.
        fetches_operands: inputs of products come from memory, each with an access of its own.
        accesses_a_state: to memory, for each state; 0 where states stay in registers.
        idle: W, all the time.
        assumptions: in words, with sources.
    """

    name: str
    multiplication: float
    addition: float
    comparison: float
    access: float
    parameters_an_access: int
    fetches_operands: bool
    accesses_a_state: int
    idle: float
    assumptions: tuple[str, ...]

    def energy(self, work: Operations) -> tuple[float, float]:
        """Energy of operations, J: of the arithmetic and of the memory."""
        arithmetic = (
            work.multiplications * self.multiplication
            + work.additions * self.addition
            + work.comparisons * self.comparison
        )
        accesses = math.ceil(work.parameters / self.parameters_an_access)
        accesses += self.accesses_a_state * work.states
        if self.fetches_operands:
            accesses += work.operands
        return arithmetic, accesses * self.access


@dataclass(frozen=True, slots=True)
class DigitalEnergy:
    """An inference on a digital core.

    Attributes:
        core: what was assumed.
        arithmetic: J.
        memory: J.
        idle: J.
        ratio: total over the energy of the chip; above 1 the chip is the better one.
    """

    core: DigitalCore
    arithmetic: float
    memory: float
    idle: float
    ratio: float

    @property
    def total(self) -> float:
        """J."""
        return self.arithmetic + self.memory + self.idle

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.core.name,
            "energy_joules": self.total,
            "arithmetic_joules": self.arithmetic,
            "memory_joules": self.memory,
            "idle_joules": self.idle,
            "idle_watts": self.core.idle,
            "digital_over_chip": self.ratio,
            "chip_over_digital": 1 / self.ratio,
            "assumptions": list(self.core.assumptions),
        }


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A chip beside digital cores that do the same inference.

    Attributes:
        network: its name.
        technology: of the chip.
        supply_voltage: of the chip, V.
        step: s.
        steps: of an inference, mean.
        chip: J an inference, from the supply.
        each_step: operations of a step.
        at_end: operations of an inference beside its steps.
        cores: one for each set of assumptions.
    """

    network: str
    technology: str
    supply_voltage: float
    step: float
    steps: float
    chip: float
    each_step: Operations
    at_end: Operations
    cores: tuple[DigitalEnergy, ...]

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "name": self.network,
            "technology": self.technology,
            "supply_volts": self.supply_voltage,
            "step_seconds": self.step,
            "steps": self.steps,
            "chip_joules": self.chip,
            "operations_of_step": dataclasses.asdict(self.each_step),
            "operations_at_end": dataclasses.asdict(self.at_end),
            "cores": [each.record() for each in self.cores],
        }


def measure(design: Design, steps: float, chip: float, cores: tuple[DigitalCore, ...]) -> Yardstick:
    """Put the energy of a chip beside that of digital cores.

    The digital core gets a new input once a step, as the chip does, and idles for the rest of it.

    Args:
        design: the network.
        steps: of an inference, mean.
        chip: energy of an inference of the chip, J.
        cores: what is assumed of digital cores.
    """
    each_step, at_end = operations_of_step(design), operations_at_end(design)
    found = []
    for core in cores:
        arithmetic, memory = core.energy(each_step)
        last_arithmetic, last_memory = core.energy(at_end)
        arithmetic = steps * arithmetic + last_arithmetic
        memory = steps * memory + last_memory
        idle = core.idle * steps * design.operating.step
        ratio = (arithmetic + memory + idle) / chip
        found.append(DigitalEnergy(core, arithmetic, memory, idle, ratio))
    return Yardstick(
        network=design.name,
        technology=design.technology,
        supply_voltage=design.operating.supply_voltage,
        step=design.operating.step,
        steps=steps,
        chip=chip,
        each_step=each_step,
        at_end=at_end,
        cores=tuple(found),
    )
