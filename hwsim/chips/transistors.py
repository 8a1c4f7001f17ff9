"""The transistors of one instance of a template: sizes, and the nodes that their gates hang on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hwsim.characterization.devices import open_to_mismatch, transistor_paths
from hwsim.chips.expressions import evaluate
from hwsim.circuits.lint_reader import Circuit, Device, Text, read_text
from hwsim.circuits.mismatch import DeviceType
from hwsim.circuits.template import Template
from hwsim.foundation.errors import InputError

_TYPES: Mapping[str, DeviceType] = {"nfet": "nfet", "pfet": "pfet"}
_DEFAULTS = {"w": "1u", "l": "1u", "m": "1"}
"""Of the cards of every technology."""


@dataclass(frozen=True, slots=True)
class Transistor:
    """A transistor inside an instance of a template.

    Attributes:
        name: path in the template as its datasheet has it: ``xstage3.xlatch_p1``,
            ``source.xmirror``.
        path: the same below the instance: ``xmirror``.
        type: of the device.
        drain: node of the instance, or a path below it; a port has the port's name.
        gate: the same.
        width: m, drawn, of one of the parallel transistors.
        length: m, drawn.
        units: parallel transistors.
    """

    name: str
    path: str
    type: DeviceType
    drain: str
    gate: str
    width: float
    length: float
    units: float


@dataclass(slots=True)
class TemplateTransistors:
    """Finds the transistors of instances of one template that differ from chip to chip.

    Attributes:
        template: whose.
        text: its circuit, read.
        shared: parameters that the network sets for all: ``w_unit``, ``l_unit``.
        open_names: of the transistors that the template leaves open to mismatch.
    """

    template: Template
    text: Text
    shared: Mapping[str, float]
    open_names: frozenset[str]
    _known: dict[tuple[object, ...], tuple[Transistor, ...]] = field(default_factory=dict)

    @classmethod
    def read(
        cls, template: Template, shared: Mapping[str, float], variables: Mapping[str, int]
    ) -> TemplateTransistors:
        """Read the circuit of a template.

        Args:
            template: of a design.
            shared: see above.
            variables: that its text asks for, such as ``stages``.

        Raises:
            InputError: a text that cannot be read, or a pattern of ``mismatch`` without a hit.
        """
        expansion = template.expand(**variables)
        every = list(transistor_paths(template, expansion.text))
        names = frozenset(open_to_mismatch(template, every))
        return cls(template, read_text(expansion), shared, names)

    def of(self, part: str, parameters: Mapping[str, float]) -> tuple[Transistor, ...]:
        """Those of an instance, in the order of the text.

        Args:
            part: key of a subcircuit of the template.
            parameters: that the instance sets.

        Raises:
            InputError: a size that has no value.
        """
        key = (part, *sorted(parameters.items()))
        if key not in self._known:
            found = self._all(part, parameters)
            self._known[key] = tuple(each for each in found if each.name in self.open_names)
        return self._known[key]

    def roles(self, part: str) -> Mapping[str, str]:
        """Port of a subcircuit, in lower case -> its role."""
        return {p.lower(): role for p, role in self.template.subcircuits[part].ports.items()}

    def _all(self, part: str, parameters: Mapping[str, float]) -> Iterator[Transistor]:
        circuit = self._circuit(self.template.subcircuits[part].name)
        values = {key.lower(): value for key, value in parameters.items()}
        ports = {port: port for port in circuit.ports}
        prefix = "" if part == "unit" else f"{part}."
        return self._flat(circuit, values, ports, "", prefix)

    def _flat(
        self,
        circuit: Circuit,
        given: Mapping[str, float],
        nodes: Mapping[str, str],
        path: str,
        prefix: str,
    ) -> Iterator[Transistor]:
        names = dict(self.shared)
        for name, (text, _) in circuit.parameters.items():
            names[name] = given[name] if name in given else self._value(text, names, circuit.line)
        for device in circuit.devices:
            if device.letter != "x":
                continue
            outer = [nodes.get(node, f"{path}{node}") for node in device.nodes]
            if device.model in _TYPES:
                yield self._transistor(device, outer, names, path, prefix)
                continue
            inner = self._circuit(device.model)
            values = {
                key: self._value(text, names, device.line)
                for key, text in device.parameters.items()
            }
            below = f"{path}{device.name}."
            yield from self._flat(
                inner, values, dict(zip(inner.ports, outer, strict=False)), below, prefix
            )

    def _transistor(
        self,
        device: Device,
        outer: list[str],
        names: Mapping[str, float],
        path: str,
        prefix: str,
    ) -> Transistor:
        sizes = {
            key: self._value(text, names, device.line)
            for key, text in (_DEFAULTS | dict(device.parameters)).items()
            if key in _DEFAULTS
        }
        return Transistor(
            name=f"{prefix}{path}{device.name}",
            path=f"{path}{device.name}",
            type=_TYPES[device.model],
            drain=outer[0],
            gate=outer[1],
            width=sizes["w"],
            length=sizes["l"],
            units=sizes["m"],
        )

    def _circuit(self, name: str) -> Circuit:
        circuit = self.text.find(name)
        if circuit is None:
            raise InputError(
                f"there is no subcircuit '{name}'", where=str(self.template.circuit_file)
            )
        return circuit

    def _value(self, text: str, names: Mapping[str, float], line: int) -> float:
        try:
            return evaluate(text, names)
        except InputError as error:
            where = f"{self.template.circuit_file}, line {line}"
            raise InputError(error.what, where=where) from None
