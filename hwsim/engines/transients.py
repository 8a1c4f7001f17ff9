"""Transients to run: the deck of one sequence on one chip, and the key of its result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwsim.chips.alterations import alterations
from hwsim.chips.population import Population
from hwsim.circuits.alteration_script import script_text
from hwsim.circuits.attempts import Attempt, attempts_at
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.netlist import Netlist
from hwsim.circuits.testbench import DECK, Conditions, input_text, testbench_text
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.engines.reading import READING_VERSION
from hwsim.engines.trace import Floats
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash, write_text
from hwsim.spice import Deck

CHIP = "chip.alter"
"""File in the folder of a deck that makes the circuit a drawn chip: `source` it in ngspice."""


@dataclass(frozen=True, slots=True)
class Transient:
    """One sequence on one chip.

    Attributes:
        files: name -> text of everything in the folder of the deck.
        altered: parameters of devices of the chip; none for the circuit as drawn.
        steps: time steps.
        stop_time: s; None for a deck that is no transient.
        plots: that ngspice must leave.
    """

    files: Mapping[str, str]
    altered: Mapping[str, float]
    steps: int
    stop_time: float | None
    plots: tuple[str, ...] = ("tran",)

    def key(self, simulator: str | None) -> str:
        """Hash of everything that the result follows from.

        Args:
            simulator: version of ngspice.
        """
        parts = [f"{name}\n{text}".encode() for name, text in sorted(self.files.items())]
        made_by = f"ngspice {simulator}, reading {READING_VERSION}"
        return content_hash(made_by.encode(), *parts)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Ways to simulate it, to be tried in this order."""
        return attempts_at(self.files[DECK])

    def deck(self, folder: Path, attempt: Attempt) -> Deck:
        """Write the deck.

        Args:
            folder: made if it is not there.
            attempt: how to simulate it.

        Raises:
            InputError: the folder cannot be written to.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write: {error.strerror}", where=str(folder)) from None
        for name, text in self.files.items():
            write_text(folder / name, attempt.change(text) if name == DECK else text)
        return Deck(folder / DECK, self.stop_time, self.plots, altered=self.altered)


@dataclass(frozen=True, slots=True)
class Transients:
    """Makes the transients of a design.

    Attributes:
        design: the network.
        netlist: its transistors.
        circuits: its technology and templates.
        conditions: corner and temperature.
        population: of drawn chips; None for the circuit as drawn.
    """

    design: Design
    netlist: Netlist
    circuits: CircuitSet
    conditions: Conditions
    population: Population | None = None

    def of(self, sequences: Sequences, chips: Sequence[int]) -> Iterator[Transient]:
        """Chip after chip, all sequences of each.

        Args:
            sequences: what they compute.
            chips: positions in the population.

        Raises:
            InputError: conditions outside the technology, or no such chip.
        """
        inputs = [self._files(sequences, index) for index in range(len(sequences))]
        for chip in chips:
            altered = chip_alterations(self.design, self.circuits, self.population, chip)
            drawn = {CHIP: script_text(altered)} if altered else {}
            for files, steps in inputs:
                stop = steps * self.design.operating.step
                yield Transient({**files, **drawn}, altered, steps, stop)

    def _files(self, sequences: Sequences, index: int) -> tuple[Mapping[str, str], int]:
        """Every file of the deck of one sequence, and its steps."""
        steps = int(sequences.lengths[index])
        currents = input_currents(self.design, sequences, index)
        testbench = testbench_text(
            self.design, self.netlist, self.circuits.technology, self.conditions, steps
        )
        files = {
            **self.netlist.files,
            "inputs.spice": input_text(self.design, currents),
            DECK: testbench,
        }
        return files, steps


def input_currents(design: Design, sequences: Sequences, index: int) -> Floats:
    """Currents into a chip for one sequence, A, [step, channel]."""
    values = sequences.values[index, : int(sequences.lengths[index])]
    return np.asarray(design.inputs.apply(values) * design.operating.unit_current)


def chip_alterations(
    design: Design, circuits: CircuitSet, population: Population | None, chip: int
) -> Mapping[str, float]:
    """What makes the circuit as drawn a chip.

    Raises:
        InputError: no such chip.
    """
    if population is None:
        if chip:
            raise InputError(
                f"there is no chip {chip} without a population",
                where="chip",
                hint="say which chips there are: Population(seed, count)",
            )
        return {}
    population.chip(chip)
    if population.mismatch_scale == 0:
        return {}  # all chips are the circuit as drawn, and share its results
    return alterations(design, circuits, population, chip)
