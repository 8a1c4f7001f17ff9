"""Lines of SPICE: instances, wrapped lists, numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hwsim.circuits.template import Subcircuit
from hwsim.foundation.errors import InputError


def number(value: float) -> str:
    """A bare number: no suffix that another simulator might read differently."""
    return f"{value:.9g}"


def wrapped(words: Iterable[str], width: int = 96) -> str:
    """Words on one logical line, continued with ``+`` before they get too long to read."""
    lines: list[str] = []
    current = ""
    for word in words:
        if current and len(current) + 1 + len(word) > width:
            lines.append(current)
            current = f"+ {word}"
        else:
            current = f"{current} {word}" if current else word
    return "\n".join([*lines, current])


def instance(
    name: str,
    subcircuit: Subcircuit,
    nodes: Mapping[str, str],
    parameters: Mapping[str, float],
    comment: str = "",
) -> str:
    """An ``X`` line.

    Args:
        name: without the ``X``.
        subcircuit: what to place.
        nodes: role -> node, for at least the roles of the ports.
        parameters: SPICE parameter -> value.
        comment: behind the line.

    Raises:
        InputError: a port whose role has no node here.
    """
    missing = [port for port, role in subcircuit.ports.items() if role not in nodes]
    if missing:
        raise InputError(
            f"port '{missing[0]}' of {subcircuit.name} has the role "
            f"'{subcircuit.ports[missing[0]]}', which nothing can be connected to here",
            hint=f"roles here: {', '.join(sorted(nodes))}",
        )
    words = [f"X{name}", *(nodes[role] for role in subcircuit.ports.values()), subcircuit.name]
    words += [f"{key}={number(value)}" for key, value in parameters.items()]
    text = wrapped(words)
    return f"{text} ; {comment}" if comment else text
