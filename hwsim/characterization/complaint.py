"""A circuit that ngspice cannot simulate, told with the line of the template that it names."""

from __future__ import annotations

import re
import textwrap

from hwsim.characterization.bench import Bench
from hwsim.circuits.expansion import Expansion
from hwsim.foundation.errors import InputError

LONGEST_REASON = 240
"""Characters of what ngspice says that a message quotes."""

_NAMED = (
    re.compile(r"node \"?(?:[\w-]+\.)+(\w+)(?:#branch)?"),
    re.compile(r"[Uu]ndefined parameter \[(\w+)\]"),
    re.compile(r"model '(\w+)'"),
    re.compile(r"Expression err: ([^\s;}]+)"),
)
"""How ngspice names what it stumbles over; names of nodes and devices below an instance."""


def cannot_be_simulated(bench: Bench, reason: str) -> InputError:
    """The error of a circuit that has no operating point.

    Args:
        bench: its template.
        reason: what ngspice says.
    """
    expansion = bench.template.expand(**bench.variables)
    line = _named_line(expansion, reason)
    hint = "ngspice complains of this line"
    if line is None:
        line = _first_line(expansion, bench)
        hint = "ngspice names none of its lines; look for nodes without a path for their current"
    return InputError(
        f"the circuit cannot be simulated: {textwrap.shorten(reason, LONGEST_REASON)}",
        where=expansion.place(line),
        hint=hint,
    )


def _named_line(expansion: Expansion, reason: str) -> int | None:
    """Number of the first line with something that the reason names."""
    for pattern in _NAMED:
        for name in pattern.findall(reason):
            word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
            for line in expansion.lines:
                if word.search(line.text) and not line.text.startswith("*"):
                    return line.number
    return None


def _first_line(expansion: Expansion, bench: Bench) -> int:
    """Number of the line where the first subcircuit of the description begins."""
    name = next(iter(bench.template.subcircuits.values())).name.lower()
    for line in expansion.lines:
        if line.text.lower().split()[:2] == [".subckt", name]:
            return line.number
    return 1
