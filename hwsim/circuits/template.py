"""A circuit template: a folder with a SPICE text and a YAML that says how to use it.

Adding a template takes no Python: roles of ports and names of parameters connect it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import jinja2
import jinja2.sandbox
from pydantic import BaseModel, ConfigDict, Field

from hwsim.circuits.description import find_description, read_description
from hwsim.foundation.assets import shipped
from hwsim.foundation.errors import InputError
from hwsim.foundation.spice_text import refuse_commands

TemplateKind = Literal["mirror", "splitter", "relu", "cmru", "fq_bmru", "bias", "clock"]


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


class Template(BaseModel):
    """How a circuit is used: ports, parameters, and what is known of it.

    ``nominal`` holds ratios of what the circuit does to what it was asked for (trip points,
    levels); ``timing`` holds charges in coulomb: a decision takes charge / excess current.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: TemplateKind
    description: str
    subcircuits: dict[str, Subcircuit]
    parameters: dict[str, str] = Field(
        default={}, description="SPICE parameter -> quantity of the design"
    )
    unit_transistor: UnitTransistor | None = Field(default=None, description="of mirrors only")
    state_node: str | None = Field(
        default=None, description="node that holds the state; {stage} counts the stages of a ladder"
    )
    initial_conditions: dict[str, float] = Field(default={}, description="node -> V at time zero")
    nominal: dict[str, float] = {}
    timing: dict[str, float] = {}
    folder: Path = Field(exclude=True)

    def render(self, **variables: int) -> str:
        """The SPICE text for a network, with `variables` such as ``stages`` filled in.

        Raises:
            InputError: a statement that does not parse or fails, an unknown variable, a line that
                would make ngspice run a command, or a ``.subckt`` line that does not carry the
                ports of the description.
        """
        path = self.folder / "template.spice"
        environment = jinja2.sandbox.SandboxedEnvironment(
            line_statement_prefix="*%",
            variable_start_string="<<",
            variable_end_string=">>",
            undefined=jinja2.StrictUndefined,
            keep_trailing_newline=True,
            autoescape=False,
        )
        try:
            text = environment.from_string(path.read_text(encoding="utf-8")).render(**variables)
        except OSError as error:
            raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
        except jinja2.TemplateSyntaxError as error:
            raise InputError(str(error.message), where=f"{path}:{error.lineno}") from None
        except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError) as error:
            # Statements of a template fail with the exceptions of Python too.
            raise InputError(str(error), where=str(path)) from None
        refuse_commands(text, str(path))
        self._check_ports(text, path)
        return text

    def _check_ports(self, text: str, path: Path) -> None:
        joined = re.sub(r"\n\+", " ", text)
        for subcircuit in self.subcircuits.values():
            found = re.search(
                rf"(?im)^\.subckt[ \t]+{re.escape(subcircuit.name)}[ \t](.*)$", joined
            )
            if found is None:
                raise InputError(f"has no .subckt {subcircuit.name}", where=str(path))
            ports = [word for word in found.group(1).split() if "=" not in word]
            if ports != list(subcircuit.ports):
                raise InputError(
                    f".subckt {subcircuit.name} has the ports {' '.join(ports)}",
                    where=str(path),
                    hint=f"template.yaml says {' '.join(subcircuit.ports)}",
                )


def load_template(name: str, kind: TemplateKind) -> Template:
    """Load a template by name and make sure that it is of the expected kind.

    Raises:
        InputError: no such template, another kind, or a description that does not fit the schema.
    """
    folder = find_description("template", name, shipped("netlists") / "templates")
    template = read_description(folder / "template.yaml", Template, folder=folder)
    if template.kind != kind:
        raise InputError(f"template '{name}' is a {template.kind}, not a {kind}")
    return template
