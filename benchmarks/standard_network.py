"""The standard job as users run it: chips of a compiled network, by the engine and naively.

One block of 16 ladders of 15 levels on 8 inputs with random weights, compiled to a circuit. The
naive form has the same stages and the same numbers of every chip, and computes decisions alone:
no power, no states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hwsim.characterization.store import find_datasheet
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import CheckpointHeader
from hwsim.checkpoints.tensors import expected_shapes
from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.parameters import ChipParameters, StageParameters, chip_parameters
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import CircuitSet, choose_templates, load_circuits
from hwsim.circuits.technology import load_technology
from hwsim.circuits.template import load_template
from hwsim.data.sequences import Sequences
from hwsim.design.compile import compile_design
from hwsim.design.design import Design, Measured
from hwsim.design.options import CompileOptions
from hwsim.design.stage import Stage
from hwsim.design.wiring import native_polarity, parts
from hwsim.engines.chip_runs import chips_at_once, run_chips
from hwsim.engines.effects import NOTHING_ELSE, Effects
from hwsim.engines.forms import Form
from hwsim.foundation.errors import InputError

Singles = NDArray[np.float32]
Decisions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Size:
    """How large the job is; the defaults are the standard one."""

    chips: int = 1000
    samples: int = 500
    steps: int = 64
    units: int = 16
    half_range: int = 7
    inputs: int = 8
    classes: int = 9

    def with_sizes(self, **sizes: int) -> Size:
        """This size with some other ones."""
        return replace(self, **sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A compiled network, what it is built of, and recordings for it."""

    design: Design
    circuits: CircuitSet
    sequences: Sequences

    @property
    def multiplications(self) -> int:
        """Of all rows on all recordings, for one chip."""
        stages = {stage.name: stage for stage in self.design.stages}
        rows = sum(
            stage.size * stages[each.source].size * len(parts(stages[each.source]))
            for stage in self.design.stages
            for each in stage.connections
        )
        return rows * int(self.sequences.lengths.sum())


def draw_network(size: Size, seed: int = 0) -> Network:
    """Random weights compiled to 5 bits with the default templates, and random recordings."""
    draw = np.random.default_rng(seed)
    header = CheckpointHeader.model_validate(_header(size))
    tensors = {
        name: draw.uniform(0.3, 0.8, shape)
        if name.endswith(("alpha", "beta"))
        else draw.normal(0.0, 0.2 if name.endswith("bias") else 0.8, shape)
        for name, shape in expected_shapes(header).items()
    }
    templates = choose_templates({})
    cells = load_template(templates["cmru"], "cmru")
    datasheet = find_datasheet(cells, load_technology(CompileOptions().technology))
    if datasheet is None:
        raise InputError(f"there is no datasheet of {cells.name}")
    measured = Measured(
        template=cells.name, datasheet=datasheet.provenance.content, figures=datasheet.nominal
    )
    options = CompileOptions(bits=5, templates=templates)
    design = compile_design(Checkpoint(header, tensors), options, measured, name="standard")
    values = draw.normal(0.0, 1.2, (size.samples, size.steps, size.inputs))
    lengths = np.full(size.samples, size.steps)
    labels = np.arange(size.samples) % size.classes
    sequences = Sequences(values, lengths, labels, design.readout.classes)
    return Network(design, load_circuits(design), sequences)


def _header(size: Size) -> dict[str, object]:
    return {
        "cell": {"kind": "saturating_cmru", "levels_half": size.half_range},
        "channels": size.inputs,
        "units": size.units,
        "blocks": 1,
        "classes": tuple(f"class {index}" for index in range(size.classes)),
        "readout": "mean",
        "task": "standard",
        "normalisation": {
            "mean": (0.0,) * size.inputs,
            "scale": (1.0,) * size.inputs,
            "clip": 3.0,
        },
        "metrics": {"train": 1.0, "validation": 1.0, "test": 1.0},
        "seed": 0,
        "versions": {"hwsim": "0", "torch": "0", "numpy": "0", "python": "0"},
        "recipe": {},
        "command": "benchmark",
    }


def run_network(
    network: Network,
    chips: int,
    effects: Effects = NOTHING_ELSE,
    form: Form = "fastest",
    workers: int | None = None,
) -> Decisions:
    """Decisions of chips with mismatch, [chip, sample], by the engine."""
    population = Population(seed=0, count=chips)
    found = run_chips(
        network.design,
        network.sequences,
        network.circuits,
        population,
        effects=effects,
        form=form,
        workers=workers,
    )
    return found.decisions


def run_network_naively(network: Network, chips: int) -> Decisions:
    """The same with mismatch alone, as one writes it down: chip by chip in NumPy float32.

    The numbers of the chips are drawn for as many at once as the engine does: this is the same
    work in both.
    """
    design = network.design
    inputs = design.inputs.apply(network.sequences.values).astype(np.float32)
    inputs = np.ascontiguousarray(np.swapaxes(inputs, 0, 1))
    decisions = []
    sheets = datasheets_of(network.circuits)
    for batch in Population(seed=0, count=chips).batches(chips_at_once(design)):
        found = chip_parameters(design, sheets, batch, circuits=network.circuits)
        decisions += [_run_chip(design, found, chip, inputs) for chip in range(batch.count)]
    return np.stack(decisions)


def _run_chip(design: Design, found: ChipParameters, chip: int, inputs: Singles) -> Decisions:
    """Decisions of one chip, [sample]; `inputs` are [step, sample, channel]."""
    lines: dict[str, Singles] = {}
    total = inputs
    for stage in design.stages:
        numbers = found.stages[stage.name]
        if stage.kind != "input":
            total = np.asarray((numbers.bias_push - numbers.bias_pull)[chip], dtype=np.float32)
            for source, gain in _gains(design, found, numbers, chip).items():
                total = total + lines[source] @ gain
        signed = _climb(stage, numbers, chip, total) if stage.cell is not None else total
        sides = [signed if part == "plus" else -signed for part in parts(stage)]
        if sides:
            kept = numbers.keep[chip].T.astype(np.float32) if numbers.keep_parts else None
            driven = [np.maximum(side, 0) for side in sides]
            if kept is not None:
                driven = [side + keep for side, keep in zip(driven, kept, strict=True)]
            lines[stage.name] = np.concatenate(driven, axis=-1)
    return np.asarray(total.mean(axis=0).argmax(axis=-1))


def _gains(
    design: Design, found: ChipParameters, numbers: StageParameters, chip: int
) -> dict[str, Singles]:
    """Gains of a chip's rows by the stage that drives them, [line, unit]."""
    gains: dict[str, Singles] = {}
    for index, end in enumerate(numbers.ends):
        source = design.stage(end.line.stage)
        driver = found.stages[source.name]
        shape = (len(parts(source)) * source.size, numbers.gain.shape[1])
        gain = numbers.gain[chip, :, index]
        if end.line in driver.turned and native_polarity(source, end.line.part) != end.polarity:
            gain = gain * driver.turn_gain[chip, driver.turned.index(end.line)]
        row = parts(source).index(end.line.part) * source.size + end.line.unit
        gains.setdefault(source.name, np.zeros(shape, dtype=np.float32))[row] += gain
    return gains


def _climb(stage: Stage, numbers: StageParameters, chip: int, candidate: Singles) -> Singles:
    """Currents of ladders, [step, sample, unit]."""
    if numbers.upper is None or numbers.lower is None or numbers.levels is None:
        raise ValueError(f"stage {stage.name} has no cells")
    upper, lower = numbers.upper[chip].astype(np.float32), numbers.lower[chip].astype(np.float32)
    table = numbers.levels[chip].astype(np.float32)
    largest = table.shape[1] // 2
    units = np.arange(stage.size)
    level = np.zeros(candidate.shape[1:], dtype=np.int64)
    currents = np.empty_like(candidate)
    for step, now in enumerate(candidate):
        level = np.clip(level + (now > upper).astype(np.int64) - (now < lower), -largest, largest)
        currents[step] = table[units, level + largest]
    return currents
