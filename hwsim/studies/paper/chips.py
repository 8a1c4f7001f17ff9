"""A trained network as chips: compiled, drawn and run in the behavioural engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hwsim.characterization.store import find_datasheet
from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.chips.datasheets import UNMEASURED
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import (
    DEFAULT_TEMPLATES,
    CircuitSet,
    choose_templates,
    load_circuits,
)
from hwsim.circuits.datasheet import datasheet_json
from hwsim.circuits.export import check_before_export
from hwsim.circuits.technology import load_technology
from hwsim.circuits.template import load_template
from hwsim.data.sequences import Sequences
from hwsim.design.compile import compile_design, unit_kind
from hwsim.design.design import Design
from hwsim.design.options import CompileOptions
from hwsim.engines.chip_runs import run_chips
from hwsim.engines.ideal import IdealEngine
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.studies.accuracy import accuracy
from hwsim.studies.exporting import measured_cells
from hwsim.studies.paper.outcomes import ChipsOutcome

PRODUCTION = 1
"""Seed of the production that all chips are from."""


@dataclass(frozen=True, slots=True)
class CircuitChoice:
    """What chips are made of; everything else is the compiler's default.

    Attributes:
        technology: name.
        bits: of a weight.
    """

    technology: str
    bits: int

    @property
    def options(self) -> CompileOptions:
        """Of the compiler."""
        return CompileOptions(
            technology=self.technology, bits=self.bits, templates=choose_templates({})
        )

    def identity(self) -> dict[str, object]:
        """What decides the chips of a network, by name, for JSON.

        Raises:
            InputError: there is no such technology.
        """
        return {
            "technology": self.technology,
            "bits": self.bits,
            "datasheets": _datasheets(self.technology),
            "production": PRODUCTION,
        }


def run_network_chips(
    network: Checkpoint, data: Sequences, circuit: CircuitChoice, chips: int
) -> ChipsOutcome:
    """Compile a network and run chips of it, with every effect that the engine knows.

    A network that no circuit can be made of is an outcome, and not an error.

    Args:
        network: of a kind that has a circuit.
        data: labelled sequences.
        circuit: what chips are made of.
        chips: how many.
    """
    try:
        design, circuits = _compiled(network, circuit)
    except InputError as error:
        return ChipsOutcome(software=None, nominal=None, chips=(), refusal=error.what)
    software = accuracy(design, IdealEngine().run(design, data), data).value
    (nominal,) = _accuracies(design, circuits, data, Population(PRODUCTION, 1, mismatch_scale=0))
    drawn = _accuracies(design, circuits, data, Population(PRODUCTION, chips))
    return ChipsOutcome(software=software, nominal=nominal, chips=drawn)


def _compiled(network: Checkpoint, circuit: CircuitChoice) -> tuple[Design, CircuitSet]:
    options = circuit.options
    design = compile_design(network, options, measured_cells(unit_kind(network), options), "chip")
    circuits = load_circuits(design)
    check_before_export(design, circuits)
    return design, circuits


def _accuracies(
    design: Design, circuits: CircuitSet, data: Sequences, population: Population
) -> tuple[float, ...]:
    found = run_chips(design, data, circuits, population, workers=1)
    return tuple(np.mean(found.decisions == data.labels, axis=1).tolist())


@lru_cache(maxsize=8)
def _datasheets(technology: str) -> str:
    """Hash of the datasheets of the default templates."""
    node = load_technology(technology)
    texts = {}
    for kind, name in sorted(DEFAULT_TEMPLATES.items()):
        if kind not in UNMEASURED:
            sheet = find_datasheet(load_template(name, kind), node)
            texts[kind] = None if sheet is None else datasheet_json(sheet)
    return content_hash(json.dumps(texts, sort_keys=True).encode())
