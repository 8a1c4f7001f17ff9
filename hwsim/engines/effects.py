"""What the behavioural engine models of a chip beside its gains and thresholds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwsim.foundation.errors import InputError


@dataclass(frozen=True, slots=True)
class Effects:
    """Effects of real circuits, each with a switch or an amount of its own.

    Mismatch is not among them: it belongs to the `Population`, whose scale 0 switches it off.

    Attributes:
        tails: a line whose current falls dies as charge over time, and a small current takes long
            to charge it (`hwsim.engines.line_dynamics`). From ``tail_charge_source`` and
            ``tail_charge_sink`` of the mirror's datasheet, C per unit transistor on the line.
        output_resistance: the gain of a mirror follows the voltage of the node that it drives,
            and that of its diode. From ``slope_source`` and ``slope_sink`` of the mirror, relative
            per half supply, its gains at other unit currents, and ``swing`` of the splitter, V.
        leakage: mirrors carry a current on empty lines, below which no line dies, and so do the
            empty level lines of cells. From ``leak_current`` of the splitter and
            ``off_current`` of the cell, A.
        settling: a decision needs a charge, so that a candidate must exceed its threshold by that
            charge over the time that it has. From ``rise_charge`` and ``fall_charge`` of
            comparators, C. The ladder decides on slow nodes that have followed the candidate
            since the step began: its datasheet's trip points hold as they are.
        step_noise: factor on the noise of the candidates from step to step; 1 is the datasheets'
            (``candidate_noise`` of the cell, ``noise_source`` and ``noise_sink`` of the mirrors).
        input_noise: rms of noise on every input current from step to step, unit currents.

    Raises:
        InputError: an amount that is negative or not a number.
    """

    tails: bool = True
    output_resistance: bool = True
    leakage: bool = True
    settling: bool = True
    step_noise: float = 0.0
    input_noise: float = 0.0

    def __post_init__(self) -> None:
        for name in ("step_noise", "input_noise"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise InputError(
                    f"the amount of {name.replace('_', ' ')} cannot be {value}",
                    where=name,
                    hint="0 switches it off",
                )


EVERY_EFFECT = Effects()
"""All but noise, which no transient of ngspice has."""

NOTHING_ELSE = Effects(False, False, False, False)
"""Gains, thresholds and levels alone."""
