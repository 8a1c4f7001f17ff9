"""Lint of a description: does it name what the text has and what a network offers?"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from hwsim.circuits.expansion import Expansion
from hwsim.circuits.figures import find_figure
from hwsim.circuits.lint_finding import Finding
from hwsim.circuits.lint_reader import Circuit, Text
from hwsim.circuits.roles import CONTRACTS, Socket
from hwsim.circuits.template import Subcircuit, Template, require_ports
from hwsim.foundation.errors import InputError

TRANSISTORS = ("nfet", "pfet")


def description_findings(template: Template, expansion: Expansion, text: Text) -> Iterator[Finding]:
    """What the description says that the text or a network does not have."""
    yield from _subcircuits(template, expansion)
    yield from _parameters(template, text)
    yield from _nodes(template, text)
    yield from _mismatch(template, text)
    yield from _specification(template)
    if template.kind == "mirror" and template.unit_transistor is None:
        yield Finding(
            template.place("kind"),
            "a mirror names no unit_transistor",
            "add unit_transistor: {width: 1u, length: 5u}",
        )


def _subcircuits(template: Template, expansion: Expansion) -> Iterator[Finding]:
    sockets = CONTRACTS[template.kind].sockets
    for key in template.subcircuits:
        if key not in sockets:
            yield Finding(
                template.place("subcircuits", key),
                f"a {template.kind} has no subcircuit '{key}'",
                f"it has {', '.join(sockets)}",
            )
    for key, socket in sockets.items():
        subcircuit = template.subcircuits.get(key)
        if subcircuit is None:
            yield Finding(
                template.place("subcircuits"),
                f"a {template.kind} needs the subcircuit '{key}'",
                "name the .subckt and the roles of its ports",
            )
            continue
        try:
            require_ports(expansion, subcircuit)
        except InputError as error:
            yield Finding(error.where or "", error.what, error.hint or "")
        yield from _roles(template, key, subcircuit, socket)


def _roles(
    template: Template, key: str, subcircuit: Subcircuit, socket: Socket
) -> Iterator[Finding]:
    for port, role in subcircuit.ports.items():
        if role not in socket.roles:
            yield Finding(
                template.place("subcircuits", key, "ports", port),
                f"port '{port}' has the role '{role}', to which a {template.kind} is not connected",
                f"roles: {', '.join(sorted(socket.roles))}",
            )
    for choice in socket.required:
        if not set(choice.split("|")) & set(subcircuit.ports.values()):
            yield Finding(
                template.place("subcircuits", key, "ports"),
                f"no port of {subcircuit.name} has the role {choice.replace('|', ' or ')}",
                f"a {template.kind} cannot do without it",
            )


def _parameters(template: Template, text: Text) -> Iterator[Finding]:
    quantities = CONTRACTS[template.kind].quantities
    circuits = {s.name: text.find(s.name) for s in template.subcircuits.values()}
    for parameter, quantity in template.parameters.items():
        place = template.place("parameters", parameter)
        if quantity not in quantities:
            yield Finding(
                place,
                f"'{quantity}' is no quantity of a {template.kind}",
                f"quantities: {', '.join(quantities)}",
            )
        for name, circuit in circuits.items():
            if circuit is not None and parameter.lower() not in circuit.header:
                known = ", ".join(sorted(circuit.header)) or "none"
                yield Finding(
                    place,
                    f"'{parameter}' names nothing: .subckt {name} has no such parameter",
                    f"its parameters: {known}",
                )


def _nodes(template: Template, text: Text) -> Iterator[Finding]:
    """Nodes inside the cell that the description names."""
    unit = template.subcircuits.get("unit")
    circuit = text.find(unit.name) if unit else None
    contract = CONTRACTS[template.kind]
    if contract.has_state and template.state_node is None:
        yield Finding(
            template.place("kind"),
            "names no state_node",
            "name the node that is high while the cell is set",
        )
    if circuit is None:
        return
    stages = range(1, contract.variables.get("stages", 1) + 1)
    probes = template.testbench.probes
    named: dict[tuple[str, ...], str] = {
        **{("initial_conditions", node): node for node in template.initial_conditions},
        **{("testbench", "probes", key): node for key, node in probes.items()},
    }
    if template.state_node is not None:
        named[("state_node",)] = template.state_node
    for place, node in named.items():
        for stage in stages:
            inside = node.replace("{stage}", str(stage)).lower()
            if not _has_node(text, circuit, inside):
                yield Finding(
                    template.place(*place),
                    f"{circuit.name} has no node '{inside}'",
                    "name a node of the .subckt; one inside an instance is xname.node",
                )
                break


def _has_node(text: Text, circuit: Circuit, node: str) -> bool:
    head, dot, rest = node.partition(".")
    if not dot:
        return node in circuit.ports or any(node in one.nodes for one in circuit.devices)
    inner = next((one.model for one in circuit.devices if one.name == head), None)
    found = text.find(inner) if inner else None
    return found is not None and _has_node(text, found, rest)


def _mismatch(template: Template, text: Text) -> Iterator[Finding]:
    paths = [
        path
        for subcircuit in template.subcircuits.values()
        for path in _transistors(text, subcircuit.name, ())
    ]
    for index, pattern in enumerate(template.mismatch):
        # A circuit of ideal sources has no transistor that `*` could name.
        if pattern != "*" and not any(fnmatchcase(path, pattern.lower()) for path in paths):
            yield Finding(
                template.place("mismatch", index),
                f"'{pattern}' names no transistor",
                f"as in {paths[0]}" if paths else "the circuit has none",
            )


def _transistors(text: Text, name: str, above: tuple[str, ...]) -> Iterator[str]:
    """Paths of the transistors under a subcircuit: ``xstrobe.xnor_p1``."""
    circuit = text.find(name)
    if circuit is None or len(above) > len(text.circuits):
        return
    for device in circuit.devices:
        if device.model in TRANSISTORS:
            yield ".".join((*above, device.name))
        elif device.letter == "x":
            yield from _transistors(text, device.model, (*above, device.name))


def _specification(template: Template) -> Iterator[Finding]:
    for name, limits in template.specification.items():
        try:
            figure = find_figure(template.kind, name)
        except InputError as error:
            yield Finding(template.place("specification", name), error.what, error.hint or "")
            continue
        if limits.unit != figure.unit:
            yield Finding(
                template.place("specification", name, "unit"),
                f"{name} is in '{figure.unit}', not in '{limits.unit}'",
                f"write unit: {figure.unit}" if figure.unit else "it is a ratio: leave unit out",
            )
