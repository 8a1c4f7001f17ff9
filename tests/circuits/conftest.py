"""A small reader of SPICE text, written apart from the writer that it judges."""

import re
from dataclasses import dataclass, field

import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.netlist import write_netlist


@dataclass
class Element:
    """One element line: an instance has a subcircuit and parameters, a source has values."""

    name: str
    nodes: list[str]
    model: str
    parameters: dict[str, str]
    comment: str


@dataclass
class Block:
    """A subcircuit, or the top of the deck under the name of ''."""

    ports: list[str]
    elements: list[Element] = field(default_factory=list)

    def element(self, name):
        return next(one for one in self.elements if one.name == name)


def logical_lines(text):
    joined = re.sub(r"(;[^\n]*)?\n\+", " ", text)
    for line in joined.splitlines():
        if line.strip() and not line.startswith("*"):
            code, _, comment = line.partition(";")
            yield code.strip(), comment.strip()


def read(text):
    """Subcircuits by name; top-level elements under ''."""
    blocks = {"": Block([])}
    current = blocks[""]
    for code, comment in logical_lines(text):
        words = code.split()
        bare = [word for word in words if "=" not in word]
        if words[0].lower() == ".subckt":
            current = blocks[bare[1]] = Block(bare[2:])
        elif words[0].lower() == ".ends":
            current = blocks[""]
        elif not code.startswith("."):
            parameters = dict(word.split("=") for word in words if "=" in word)
            if words[0][0].upper() == "X":
                current.elements.append(
                    Element(words[0], bare[1:-1], bare[-1], parameters, comment)
                )
            else:
                value = " ".join(words[3:])
                current.elements.append(Element(words[0], words[1:3], value, {}, comment))
    return blocks


@pytest.fixture(scope="session")
def read_spice():
    return read


@pytest.fixture(scope="session")
def circuits(design):
    return load_circuits(design)


@pytest.fixture(scope="session")
def netlist(design, circuits):
    return write_netlist(design, circuits)


@pytest.fixture(scope="session")
def blocks(netlist):
    """Every subcircuit of the network, cards included."""
    return read("\n".join(netlist.files.values()))
