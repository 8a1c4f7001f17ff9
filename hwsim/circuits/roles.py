"""What a template of each kind can be connected to: roles of its ports, quantities of a design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hwsim.circuits.nodes import BIAS_ROLES, CLOCK_ROLES

RAIL_ROLES = ("vdd", "vss")

ROLE_MEANINGS: Mapping[str, str] = {
    "vdd": "supply of the stage",
    "vss": "ground",
    "sum": "summing node: the signed current of the rows comes in here",
    "node": "where a mirror delivers its current",
    "line_p": "gate line of P transistors, the copied current is drawn from it",
    "line_n": "gate line of N transistors, the copied current flows into it",
    "plus_n": "N line of the positive part of the signal, its diode is in the circuit",
    "minus_p": "P line of the negative part of the signal, its diode is in the circuit",
    "candidate_p": "P line of the rectified candidate",
    "plus_p": "P line of the output, its diode is in the circuit",
    "plus_p_draw": "P line of positive levels, its diode is in the network",
    "minus_p_draw": "P line of negative levels, its diode is in the network",
    "level_n": "N line of the current of one level",
    "unit_p": "P line of the unit current",
    "unit_n": "N line of the unit current",
    "gate_p": "gate voltage of P pass devices",
    "gate_n": "gate voltage of N pass devices",
    "cascode_p": "gate voltage of P cascodes",
    "cascode_n": "gate voltage of N cascodes",
    "phi1": "clock, low around a write",
    "phi1b": "its complement",
    "phi2": "clock, high during a write",
    "phi2b": "its complement",
    "reset": "high at power-up",
}


@dataclass(frozen=True, slots=True)
class Socket:
    """What one subcircuit of a kind is plugged into.

    Attributes:
        required: roles that a port must have; of names joined by ``|`` one.
        allowed: further roles.
    """

    required: tuple[str, ...]
    allowed: tuple[str, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        """Every role that can be connected."""
        required = (role for word in self.required for role in word.split("|"))
        return frozenset((*required, *self.allowed))


@dataclass(frozen=True, slots=True)
class KindContract:
    """What the network writer offers to a kind of template.

    Attributes:
        sockets: key under ``subcircuits`` -> what it is plugged into.
        quantities: what the parameters of the description may be mapped to.
        has_state: whether ``state_node`` is needed.
        ideal_sources: whether ideal sources may stand for what is not on the chip.
    """

    sockets: Mapping[str, Socket]
    quantities: tuple[str, ...]
    has_state: bool = False
    ideal_sources: bool = False
    variables: Mapping[str, int] = field(default_factory=dict)


_CELL = (*BIAS_ROLES, *RAIL_ROLES)
_LADDER = Socket(
    ("sum", "plus_p|plus_p_draw", "minus_p|minus_p_draw"), ("level_n", *CLOCK_ROLES, *_CELL)
)

CONTRACTS: Mapping[str, KindContract] = {
    "mirror": KindContract(
        {
            "source": Socket(("line_p", "node"), _CELL),
            "sink": Socket(("line_n", "node"), _CELL),
            "diode_p": Socket(("line_p",), RAIL_ROLES),
            "diode_n": Socket(("line_n",), RAIL_ROLES),
        },
        ("units",),
    ),
    "splitter": KindContract({"unit": Socket(("sum", "plus_n", "minus_p"), _CELL)}, ("units",)),
    "relu": KindContract({"unit": Socket(("plus_n",), RAIL_ROLES)}, ("units",)),
    "cmru": KindContract(
        {"unit": _LADDER},
        ("threshold_units", "level_units", "units"),
        has_state=True,
        variables={"stages": 6, "half_range": 3},
    ),
    "bmru": KindContract(
        {"unit": _LADDER}, ("threshold_units", "level_units", "units"), has_state=True
    ),
    "fq_bmru": KindContract(
        {"unit": Socket(("candidate_p|sum", "plus_p|plus_p_draw"), _CELL)},
        ("threshold_units", "width_units", "level_units", "units"),
        has_state=True,
    ),
    "bias": KindContract(
        {"unit": Socket((*BIAS_ROLES,), RAIL_ROLES)},
        (
            "unit_current",
            "supply_voltage",
            "reference_units",
            "pass_p",
            "pass_n",
            "cascode_p",
            "cascode_n",
        ),
        ideal_sources=True,
    ),
    "clock": KindContract(
        {"unit": Socket((*CLOCK_ROLES,), RAIL_ROLES)},
        ("supply_voltage", "step", "write_time"),
        ideal_sources=True,
    ),
}
"""Kind of template -> its contract; ``variables`` is the ladder that a check looks at."""
