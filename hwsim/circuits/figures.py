"""Figures of merit of templates: what each is called, in which unit, and what it means.

Specifications, datasheets, tables and plots take names and units from here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hwsim.foundation.errors import InputError

Domain = Literal["log", "linear"]
"""In which domain a figure follows the deviations of its devices.

``log``: currents of transistors in weak inversion, ``I ~ exp(-dvth / (n Ut)) (1 + dbeta)``, so that
``ln(figure)`` is linear in ``dvth``. ``linear``: differences of such currents, and voltages.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of merit.

    Attributes:
        unit: SI; empty for a ratio.
        meaning: one line.
        domain: of its sensitivities.
        is_static: found from operating points; `measure` gives it for any cell.
        is_predicted: whether datasheets hold its sensitivities to the transistors. Leakage is not:
            it is a sum of exponentials of many of them.
    """

    unit: str
    meaning: str
    domain: Domain = "linear"
    is_static: bool = False
    is_predicted: bool = False


_LADDER: Mapping[str, Figure] = {
    "trip_up": Figure("", "candidate that steps up, over the asked threshold", "log", True, True),
    "trip_down": Figure(
        "", "candidate that steps down, over minus the asked one", "log", True, True
    ),
    "level": Figure(
        "", "current of a level, over the asked one, mean of all levels", "log", True, True
    ),
    "step": Figure("", "current that one stage adds, over the asked level", "log", True, True),
    "off_current": Figure("A", "current of a level line that should be empty", is_static=True),
    "supply_rest": Figure("A", "from the supply at level 0, no candidate", is_static=True),
    "supply_top": Figure("A", "from the supply at the highest level, no candidate", is_static=True),
    "supply_bottom": Figure("A", "from the supply at the lowest level", is_static=True),
    "decision_charge": Figure("C", "a decision takes this over the candidate's excess"),
    "decision_charge_up": Figure("C", "the same, of decisions up"),
    "decision_charge_down": Figure("C", "the same, of decisions down"),
    "energy_transition": Figure("J", "from the supply for one step up, beyond the static"),
    "energy_clock": Figure("J", "from clock lines and supply for one step time without a step"),
    "candidate_noise": Figure("A", "rms in 1 kHz, referred to the candidate at the trip point"),
    "function": Figure("", "part of a sequence of steps, ends included, in which levels are right"),
    "function_drawn": Figure("", "the same, mean of ten cells with mismatch in every transistor"),
    "retention": Figure("s", "hold without a lost level, ff, 85 C"),
}

_COMPARATOR: Mapping[str, Figure] = {
    "threshold_high": Figure(
        "", "candidate that sets, over the asked threshold", "log", True, True
    ),
    "threshold_low": Figure(
        "", "candidate that clears, over the asked one", is_static=True, is_predicted=True
    ),
    "width": Figure("", "rising minus falling threshold, over the asked width", "log", True, True),
    "level": Figure("", "output when set, over the asked level", "log", True, True),
    "off_current": Figure("A", "output when clear", is_static=True),
    "supply_off": Figure("A", "from the supply when clear, no candidate", is_static=True),
    "supply_on": Figure(
        "A", "from the supply when set, candidate between thresholds", "log", True, True
    ),
    "rise_charge": Figure("C", "setting takes this over the candidate's excess"),
    "fall_charge": Figure("C", "clearing takes this over what the candidate lacks"),
    "energy_rise": Figure("J", "from the supply between the candidate and its setting"),
    "energy_fall": Figure("J", "from the supply between the candidate and its clearing"),
    "candidate_noise": Figure("A", "rms in 1 kHz, referred to the candidate while it sets"),
    "function": Figure("", "part of a sequence of candidates in which states are right"),
    "function_drawn": Figure("", "the same, mean of ten cells with mismatch in every transistor"),
    "retention": Figure("s", "hold of both states between the thresholds, ff, 85 C"),
}

_MIRROR: Mapping[str, Figure] = {
    "gain_source": Figure(
        "", "a source at half the supply, over the asked current", "log", True, True
    ),
    "gain_sink": Figure("", "a sink at half the supply, over the asked current", "log", True, True),
    "slope_source": Figure(
        "", "change of gain of a source, output at 1/4 to 3/4 of the supply", is_static=True
    ),
    "slope_sink": Figure(
        "", "change of gain of a sink, output at 1/4 to 3/4 of the supply", is_static=True
    ),
    "noise_source": Figure("A", "rms in 1 kHz of a source's output"),
    "noise_sink": Figure("A", "rms in 1 kHz of a sink's output"),
    "tail_charge_source": Figure(
        "C", "a P line without a drive carries this over the time, per unit transistor on it"
    ),
    "tail_charge_diode_source": Figure("C", "the same, what a unit of its diode adds to that"),
    "tail_charge_sink": Figure(
        "C", "an N line without a drive carries this over the time, per unit transistor on it"
    ),
    "tail_charge_diode_sink": Figure("C", "the same, what a unit of its diode adds to that"),
}

_SPLITTER: Mapping[str, Figure] = {
    "gain_plus": Figure(
        "", "current of the positive line over a positive input", "log", True, True
    ),
    "gain_minus": Figure(
        "", "current of the negative line over a negative input", "log", True, True
    ),
    "rest_current": Figure("A", "the larger of the lines without an input", is_static=True),
    "leak_current": Figure("A", "the line that the sign of the input leaves idle", is_static=True),
    "swing": Figure(
        "V",
        "of the input node from minus to plus one unit current",
        is_static=True,
        is_predicted=True,
    ),
    "supply_rest": Figure("A", "from the supply without an input", is_static=True),
    "crossing_charge": Figure("C", "a change of sign takes this over the new current"),
    "input_noise": Figure("A", "rms in 1 kHz, of the positive line referred to the input"),
}

_RELU: Mapping[str, Figure] = {
    "gain": Figure("", "copied current over a positive input", "log", True, True),
    "off_current": Figure("A", "copied current without an input", is_static=True),
    "rise_charge": Figure("C", "the line reaches half of a new current after this over it"),
    "input_noise": Figure("A", "rms in 1 kHz, of the copied current referred to the input"),
}

FIGURES: Mapping[str, Mapping[str, Figure]] = {
    "mirror": _MIRROR,
    "splitter": _SPLITTER,
    "relu": _RELU,
    "cmru": _LADDER,
    "bmru": _LADDER,
    "fq_bmru": _COMPARATOR,
}
"""Kind of template -> figure -> what it is; ``step`` stands for ``step_1``, ``step_2`` and on."""


def find_figure(kind: str, name: str) -> Figure:
    """What a figure of a kind of template is.

    Args:
        kind: of template.
        name: as in a datasheet; ``step_3`` is a ``step``.

    Raises:
        InputError: the kind has no such figure.
    """
    known = FIGURES.get(kind, {})
    found = known.get(name) or known.get(re.sub(r"_\d+$", "", name))
    if found is None:
        raise InputError(
            f"a {kind} has no figure '{name}'", hint=f"figures: {', '.join(known) or 'none'}"
        )
    return found
