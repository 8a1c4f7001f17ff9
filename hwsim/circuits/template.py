"""A circuit template: a folder with a SPICE text and a YAML that says how to use it.

Adding a template takes no Python: roles of ports and names of parameters connect it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from hwsim.circuits.expansion import Expansion, expand
from hwsim.circuits.search_path import find_template
from hwsim.circuits.specification import Limits
from hwsim.foundation.description import field_place, read_description
from hwsim.foundation.errors import InputError

TemplateKind = Literal["mirror", "splitter", "relu", "cmru", "bmru", "fq_bmru", "bias", "clock"]


class Subcircuit(BaseModel):
    """One ``.subckt`` of a template."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="name after .subckt")
    ports: dict[str, str] = Field(description="port -> role, in the order of the .subckt line")


class UnitTransistor(BaseModel):
    """Size of the transistor that all mirrors of a network are made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: str
    length: str


class TestbenchSettings(BaseModel):
    """How a template is measured, beyond what its kind prescribes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    settings: dict[str, FiniteFloat] = Field(
        default={}, description="quantity -> value, SI units, in the place of the kind's own"
    )
    probes: dict[str, str] = Field(
        default={}, description="name -> node inside the cell that is looked at"
    )


class Template(BaseModel):
    """How a circuit is used: ports, parameters, and what it has to do.

    What it does is in its datasheet (`hwsim.circuits.datasheet`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="the name of the folder")
    version: int = Field(default=1, ge=1, description="of the circuit; counts its changes")
    kind: TemplateKind
    description: str
    subcircuits: dict[str, Subcircuit] = Field(min_length=1)
    parameters: dict[str, str] = Field(
        default={}, description="SPICE parameter -> quantity of the design"
    )
    unit_transistor: UnitTransistor | None = Field(default=None, description="of mirrors only")
    state_node: str | None = Field(
        default=None, description="node that holds the state; {stage} counts the stages of a ladder"
    )
    reset_level: int = Field(
        default=0, description="level that the reset leaves; a latch of two states has no 0"
    )
    initial_conditions: dict[str, FiniteFloat] = Field(
        default={}, description="node -> V at time zero"
    )
    mismatch: tuple[str, ...] = Field(
        default=("*",),
        min_length=1,
        description="devices that differ from chip to chip, by patterns of their names",
    )
    testbench: TestbenchSettings = TestbenchSettings()
    specification: dict[str, Limits] = Field(default={}, description="figure -> its limits")
    folder: Path = Field(exclude=True)

    @property
    def description_file(self) -> Path:
        """The YAML."""
        return self.folder / "template.yaml"

    @property
    def circuit_file(self) -> Path:
        """The SPICE text."""
        return self.folder / "template.spice"

    def place(self, *field: str | int) -> str:
        """File and line of a field of the description, for messages."""
        return field_place(self.description_file, field)

    def expand(self, **variables: int) -> Expansion:
        """The SPICE text for a network, each line with where it came from.

        Args:
            variables: what the statements of the text ask for, such as ``stages``.

        Raises:
            InputError: with the line: a statement that does not parse or fails, an unknown
                variable, or a line that would make ngspice run a command.
        """
        return expand(self.circuit_file, variables)

    def render(self, **variables: int) -> str:
        """The SPICE text for a network, with `variables` such as ``stages`` filled in.

        Raises:
            InputError: as `expand`, or a ``.subckt`` line that does not carry the ports of the
                description.
        """
        expansion = self.expand(**variables)
        for subcircuit in self.subcircuits.values():
            require_ports(expansion, subcircuit)
        return expansion.text


def require_ports(expansion: Expansion, subcircuit: Subcircuit) -> None:
    """Refuse a text whose ``.subckt`` line differs from the description.

    Raises:
        InputError: with the line: no such subcircuit, a port missing, renamed or out of order.
    """
    place, ports = _subcircuit_line(expansion, subcircuit.name)
    wanted = list(subcircuit.ports)
    if ports == wanted:
        return
    missing = [port for port in wanted if port not in ports]
    surplus = [port for port in ports if port not in wanted]
    complaints = [
        *(f"lacks the port '{port}'" for port in missing),
        *(f"has a port '{port}' that template.yaml does not know" for port in surplus),
    ]
    what = " and ".join(complaints) or f"has its ports in another order: {' '.join(ports)}"
    raise InputError(
        f".subckt {subcircuit.name} {what}",
        where=place,
        hint=f"template.yaml says {' '.join(wanted)}",
    )


def _subcircuit_line(expansion: Expansion, name: str) -> tuple[str, list[str]]:
    """Place and ports of a ``.subckt`` line, continuations included."""
    found: tuple[str, list[str]] | None = None
    for line in expansion.lines:
        words = line.text.split(";")[0].split()
        if found is not None and words and words[0].startswith("+"):
            found[1].extend([words[0][1:], *words[1:]])
        elif found is not None and not line.text.startswith("*"):
            break
        elif len(words) > 1 and words[0].lower() == ".subckt" and words[1] == name:
            found = expansion.place(line.number), words[2:]
    if found is None:
        raise InputError(
            f"has no .subckt {name}",
            where=str(expansion.path),
            hint="template.yaml names it under subcircuits",
        )
    return found[0], [word for word in found[1] if word and "=" not in word]


def load_template(name: str, kind: TemplateKind | None = None) -> Template:
    """Load a template by name and make sure that it is of the expected kind.

    Raises:
        InputError: no such template, another kind, or a description that does not fit the schema.
    """
    folder = find_template(name)
    template = read_description(folder / "template.yaml", Template, folder=folder)
    if template.name != name:
        raise InputError(
            f"the template calls itself '{template.name}' and its folder '{name}'",
            where=template.place("name"),
            hint="give both the same name",
        )
    if kind is not None and template.kind != kind:
        raise InputError(
            f"template '{name}' is a {template.kind}, not a {kind}", where=template.place("kind")
        )
    return template
