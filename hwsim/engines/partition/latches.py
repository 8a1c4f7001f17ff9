"""Latches that a solver has left between the rails."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hwsim.circuits.template import Template
from hwsim.circuits.testbench import state_vectors
from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.engines.reading import SETTLED, Vectors

UNDECIDED = 0.2
"""How far from both rails the output of a latch may not be, of the supply."""


def undecided_latches(
    design: Design,
    stage: Stage,
    units: Sequence[int],
    template: Template,
    vectors: Vectors,
    steps: int,
) -> tuple[str, ...]:
    """Latches of ladders that are at neither rail at the end of a step.

    No latch of a circuit stays between them; a solver with long time steps can keep one there.

    Args:
        design: the network.
        stage: of it, with ladders.
        units: of the stage.
        template: of the ladders.
        vectors: by name, [point], with ``time``.
        steps: time steps of the sequence.
    """
    moments = (np.arange(steps) + SETTLED) * design.operating.step
    supply = design.operating.supply_voltage
    found = []
    for unit in units:
        for latch, name in enumerate(state_vectors(stage, unit, template)):
            volts = np.interp(moments, vectors["time"], vectors[name])
            between = np.minimum(volts, supply - volts) > UNDECIDED * supply
            found += [
                f"{stage.name}[{unit}]: latch {latch} is undecided in step {step}"
                for step in np.flatnonzero(between)
            ]
    return tuple(found)
