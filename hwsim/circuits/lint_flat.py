"""Lint of a template without its hierarchy: bulks, and nodes that nothing drives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from hwsim.circuits.expansion import Expansion
from hwsim.circuits.lint_finding import Finding
from hwsim.circuits.lint_reader import Circuit, Device, Text
from hwsim.circuits.template import Template

TRANSISTORS = {"nfet": "vss", "pfet": "vdd"}
"""Transistor -> the role of the rail that its bulk belongs on."""

Leaf = tuple[Device, tuple[str, ...]]
"""A device, and the nodes of the outermost subcircuit that it is on."""


def flat_findings(template: Template, expansion: Expansion, text: Text) -> Iterator[Finding]:
    """What is wrong with the subcircuits that a network places, seen with all that is in them.

    No subcircuit may contain itself.
    """
    for described in template.subcircuits.values():
        circuit = text.find(described.name.lower())
        if circuit is None:
            continue
        roles = {port.lower(): role for port, role in described.ports.items()}
        leaves = list(_leaves(text, circuit, {}, ""))
        yield from _bulks(expansion, leaves, roles)
        yield from _floating(expansion, leaves, roles)


def _bulks(
    expansion: Expansion, leaves: Sequence[Leaf], roles: Mapping[str, str]
) -> Iterator[Finding]:
    for device, nodes in leaves:
        if device.model not in TRANSISTORS or len(nodes) != 4:
            continue
        rail = TRANSISTORS[device.model]
        if roles.get(nodes[3]) != rail:
            yield Finding(
                expansion.place(device.line),
                f"the bulk of '{device.name}' is on '{device.nodes[3]}', not on {rail}",
                f"the bulk of {device.model} belongs on the port with the role {rail}",
            )


def _floating(
    expansion: Expansion, leaves: Sequence[Leaf], ports: Collection[str]
) -> Iterator[Finding]:
    """Nodes of one terminal, and nodes that no drain, source or resistor is on."""
    ends = Counter(node for _, nodes in leaves for node in nodes)
    driven = {node for device, nodes in leaves for node in _driven_by(device, nodes)}
    seen: set[tuple[int, str]] = set()
    for device, nodes in leaves:
        for node, called in zip(nodes, device.nodes, strict=True):
            alone = ends[node] == 1
            sound = node in ports or (node in driven and not alone)
            if sound or called in ("0", "gnd") or (device.line, called) in seen:
                continue
            seen.add((device.line, called))
            who = f"'{device.name}' is" if alone else "gates and capacitors are"
            yield Finding(
                expansion.place(device.line),
                f"node '{called}' floats: only {who} on it",
                "a misspelt name? connect it, or make it a port",
            )


def _driven_by(device: Device, nodes: tuple[str, ...]) -> tuple[str, ...]:
    """Nodes that a device can hold at a voltage."""
    if device.letter == "c":
        return ()
    if device.model in TRANSISTORS and len(nodes) == 4:
        return nodes[0], nodes[2]
    return nodes


def _leaves(text: Text, circuit: Circuit, outer: Mapping[str, str], path: str) -> Iterator[Leaf]:
    for device in circuit.devices:
        nodes = tuple(outer.get(node, f"{path}{node}") for node in device.nodes)
        inner = text.find(device.model) if device.letter == "x" else None
        if inner is None:
            yield device, nodes
        else:
            # More nodes than ports is a finding of its own.
            below = dict(zip(inner.ports, nodes, strict=False))
            yield from _leaves(text, inner, below, f"{path}{device.name}.")
