"""The protocol that the three engines follow."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.engines.trace import Floats, Trace
from hwsim.foundation.errors import InputError


class Engine(Protocol):
    """Runs a design on sequences."""

    @property
    def name(self) -> str:
        """``ideal``, ``behavioural`` or ``ngspice``."""
        ...

    def run(self, design: Design, sequences: Sequences) -> Trace:
        """Run every sequence from reset.

        Args:
            design: the network.
            sequences: raw data; the design says how it becomes input currents.

        Raises:
            InputError: sequences that do not fit the design.
        """
        ...


def current_into_units(stage: Stage, total: Floats) -> Floats:
    """What of a sum current flows into the units: a rectifying diode takes none backwards."""
    if stage.kind in ("relu", "fq_bmru"):
        return np.maximum(total, 0.0)
    return total


def require_channels(design: Design, sequences: Sequences) -> None:
    """Refuse data with another number of channels than the network has inputs.

    Raises:
        InputError: the numbers differ.
    """
    expected = design.stages[0].size
    if sequences.channels != expected:
        raise InputError(
            f"the data has {sequences.channels} channels, the network {expected} inputs"
        )
