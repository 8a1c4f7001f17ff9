"""Lint of a circuit's text: what a network cannot hold, or what cannot be meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from hwsim.circuits.expansion import Expansion
from hwsim.circuits.lint_finding import Finding
from hwsim.circuits.lint_flat import TRANSISTORS, flat_findings
from hwsim.circuits.lint_reader import Circuit, Device, Text
from hwsim.circuits.roles import CONTRACTS
from hwsim.circuits.template import Template

SIZES = ("w", "l")
GLOBALS = frozenset(["w_unit", "l_unit"])
"""Parameters that every network sets: the size of the unit transistor."""

_FUNCTIONS = frozenset(["abs", "exp", "ln", "log", "log10", "max", "min", "pow", "sqrt"])
_NAME = re.compile(r"(?<![\w.])[a-z_]\w*")
_NUMBER_WITH_SUFFIX = re.compile(r"(?<![\w.])\d+\.?\d*(?:e[+-]?\d+)?[a-z]*")


def circuit_findings(template: Template, expansion: Expansion, text: Text) -> Iterator[Finding]:
    """What is wrong with the subcircuits of a template."""
    lint = _Lint(template, expansion, text)
    yield from lint.frame()
    for circuit in text.circuits:
        yield from lint.devices(circuit)
        yield from lint.parameters(circuit)
        yield from lint.idle_ports(circuit)
    if not lint.is_recursive:
        yield from flat_findings(template, expansion, text)


class _Lint:
    """The checks, with what they all need."""

    def __init__(self, template: Template, expansion: Expansion, text: Text) -> None:
        self.template = template
        self.expansion = expansion
        self.text = text
        self.tops = {one.name.lower(): one for one in template.subcircuits.values()}
        self.ideal = CONTRACTS[template.kind].ideal_sources
        self.is_recursive = any(_contains(text, one, one.name, set()) for one in text.circuits)

    def _found(self, line: int, what: str, hint: str) -> Finding:
        return Finding(self.expansion.place(line), what, hint)

    def frame(self) -> Iterator[Finding]:
        """Lines outside subcircuits, and subcircuits as a whole."""
        for stray in self.text.strays:
            where = "in a subcircuit" if stray.is_inside else "outside every subcircuit"
            yield self._found(
                stray.line,
                f"'{stray.text.split()[0]}' stands {where}",
                "a template holds .subckt, .ends, .param and devices inside subcircuits",
            )
        placed = {device.model for one in self.text.circuits for device in one.devices}
        count = Counter(one.name for one in self.text.circuits)
        for circuit in self.text.circuits:
            yield from self._whole(circuit, count[circuit.name], placed)

    def _whole(self, circuit: Circuit, count: int, placed: set[str]) -> Iterator[Finding]:
        name = circuit.name
        if not circuit.closed:
            yield self._found(circuit.line, f".subckt {name} has no .ends", "close it")
        if count > 1:
            yield self._found(
                circuit.line, f".subckt {name} is there {count} times", "keep one of them"
            )
        if name in TRANSISTORS:
            yield self._found(
                circuit.line, f".subckt {name} hides a device of the technology", "rename it"
            )
        if name not in placed and name not in self.tops:
            yield self._found(
                circuit.line,
                f".subckt {name} is never used",
                "place it, name it in template.yaml, or remove it",
            )
        if _contains(self.text, circuit, name, set()):
            yield self._found(circuit.line, f".subckt {name} contains itself", "break the circle")

    def devices(self, circuit: Circuit) -> Iterator[Finding]:
        """Kinds of elements, their names and how they are connected."""
        first: dict[str, Device] = {}
        for device in circuit.devices:
            if device.name in first:
                yield self._found(
                    device.line,
                    f"a second '{device.name}' in .subckt {circuit.name}",
                    f"the first is in line {first[device.name].line}; rename one",
                )
            first.setdefault(device.name, device)
            if device.letter == "x":
                yield from self._instance(device)
            elif device.letter not in ("crvi" if self.ideal else "cr"):
                yield self._unknown(device)
            elif len(device.nodes) < 2 or not (device.model or device.parameters):
                yield self._found(
                    device.line, f"'{device.name}' is not complete", "write: name node node value"
                )
            elif device.letter in "cr" and device.model.lstrip("{'\"").startswith("-"):
                yield self._found(
                    device.line, f"'{device.name}' has a negative value", "a chip has none such"
                )
            if "0" in device.nodes or "gnd" in device.nodes:
                yield self._found(
                    device.line,
                    f"'{device.name}' is on node 0, the ground of the testbench",
                    "use the port with the role vss",
                )

    def _unknown(self, device: Device) -> Finding:
        reasons = {
            "m": ("a raw transistor, without junction areas", "place nfet or pfet: Xname d g s b"),
            "v": ("an ideal source", "only templates of kind bias and clock may hold one"),
            "i": ("an ideal source", "only templates of kind bias and clock may hold one"),
        }
        what, hint = reasons.get(
            device.letter, ("no device of a chip", "nfet, pfet, C and R can be laid out")
        )
        return self._found(device.line, f"'{device.name}' is {what}", hint)

    def _instance(self, device: Device) -> Iterator[Finding]:
        if device.model in TRANSISTORS:
            yield from self._transistor(device)
            return
        inner = self.text.find(device.model)
        if inner is None:
            yield self._found(
                device.line,
                f"'{device.name}' is a '{device.model}', which is defined nowhere",
                "transistors are nfet and pfet; subcircuits stand in the same file",
            )
            return
        if len(device.nodes) != len(inner.ports):
            yield self._found(
                device.line,
                f"'{device.name}' has {len(device.nodes)} nodes, {inner.name} has "
                f"{len(inner.ports)} ports",
                f"ports: {' '.join(inner.ports)}",
            )
        for parameter in device.parameters:
            if parameter not in inner.header:
                yield self._found(
                    device.line,
                    f"{inner.name} has no parameter '{parameter}'",
                    f"it has {', '.join(sorted(inner.header)) or 'none'}",
                )

    def _transistor(self, device: Device) -> Iterator[Finding]:
        if len(device.nodes) != 4:
            yield self._found(
                device.line,
                f"'{device.name}' has {len(device.nodes)} nodes, {device.model} has 4",
                "drain gate source bulk",
            )
        for size in SIZES:
            if size not in device.parameters:
                yield self._found(
                    device.line, f"'{device.name}' has no {size}=", "give every transistor w= l="
                )
        for parameter in device.parameters:
            if parameter in ("dvth", "dbeta"):
                yield self._found(
                    device.line,
                    f"'{device.name}' sets {parameter}, which belongs to the draw of a chip",
                    "leave it out; `mismatch` in template.yaml says which devices differ",
                )
            elif parameter not in (*SIZES, "m"):
                yield self._found(
                    device.line,
                    f"{device.model} has no parameter '{parameter}'",
                    "it has w, l and m",
                )

    def parameters(self, circuit: Circuit) -> Iterator[Finding]:
        """Names that expressions use and nobody sets, and the other way round."""
        known = {*circuit.parameters, *self.text.parameters, *GLOBALS}
        used: set[str] = set()
        for line, expression in _expressions(circuit):
            for name in _names(expression):
                used.add(name)
                if name not in known and name not in _FUNCTIONS:
                    yield self._found(
                        line,
                        f"'{name}' is not a parameter of .subckt {circuit.name}",
                        f"it has {', '.join(sorted(circuit.parameters)) or 'none'}",
                    )
        for name, (_, line) in circuit.parameters.items():
            if name not in used:
                yield self._found(
                    line, f"nothing in .subckt {circuit.name} uses '{name}'", "use it or remove it"
                )

    def idle_ports(self, circuit: Circuit) -> Iterator[Finding]:
        """Ports that nothing inside is on."""
        inside = {node for device in circuit.devices for node in device.nodes}
        roles = self.tops[circuit.name].ports if circuit.name in self.tops else {}
        for port in circuit.ports:
            if port not in inside and roles.get(port, port) not in ("vdd", "vss"):
                yield self._found(
                    circuit.line,
                    f"nothing inside .subckt {circuit.name} is on the port '{port}'",
                    "connect it or remove it",
                )


def _contains(text: Text, circuit: Circuit, name: str, seen: set[str]) -> bool:
    """Whether a subcircuit of that name lies somewhere inside a circuit."""
    for device in circuit.devices:
        if device.letter != "x" or device.model in seen:
            continue
        seen.add(device.model)
        inner = text.find(device.model)
        if device.model == name or (inner is not None and _contains(text, inner, name, seen)):
            return True
    return False


def _expressions(circuit: Circuit) -> Iterator[tuple[int, str]]:
    """Values that may name parameters, each with its line."""
    for value, line in circuit.parameters.values():
        yield line, value
    for device in circuit.devices:
        for value in device.parameters.values():
            yield device.line, value
        if device.letter != "x":
            yield from ((device.line, part) for part in re.findall(r"\{([^}]*)\}", device.model))


def _names(expression: str) -> Iterator[str]:
    bare = _NUMBER_WITH_SUFFIX.sub(" ", expression)
    yield from _NAME.findall(bare)
