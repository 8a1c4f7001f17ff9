"""Reading the SPICE text of a template into subcircuits and devices, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hwsim.circuits.expansion import Expansion, SourceLine

_WORD = re.compile(r"(?:[^\s{}'\"]|\{[^}]*\}|'[^']*'|\"[^\"]*\")+")
_AROUND_EQUALS = re.compile(r"\s*=\s*")


@dataclass(frozen=True, slots=True)
class Device:
    """One element line.

    Attributes:
        line: in the template's file.
        name: in lower case, as everything here: SPICE does not tell cases apart.
        nodes: as far as the element has them.
        model: subcircuit of an instance, value of any other element.
        parameters: ``key=value`` words.
    """

    line: int
    name: str
    nodes: tuple[str, ...]
    model: str
    parameters: Mapping[str, str]

    @property
    def letter(self) -> str:
        """The first letter of the name, which says what the element is."""
        return self.name[0]


@dataclass(slots=True)
class Circuit:
    """One ``.subckt``.

    Attributes:
        line: in the template's file.
        name: after ``.subckt``.
        ports: its nodes.
        parameters: name -> default and the line it stands in; ``.param`` inside counts too.
        header: the parameters that an instance can set.
        devices: in order.
        closed: whether ``.ends`` came.
    """

    line: int
    name: str
    ports: tuple[str, ...]
    parameters: dict[str, tuple[str, int]]
    header: frozenset[str]
    devices: list[Device] = field(default_factory=list)
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A line that is neither a device nor the frame of a subcircuit."""

    line: int
    text: str
    is_inside: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A template's text, read.

    Attributes:
        circuits: in order, those defined twice included.
        parameters: of ``.param`` lines outside subcircuits, name -> value and line.
        strays: lines that belong to no subcircuit, and control lines that this reader does not
            know.
    """

    circuits: tuple[Circuit, ...]
    parameters: Mapping[str, tuple[str, int]]
    strays: tuple[Statement, ...]

    def find(self, name: str) -> Circuit | None:
        """A subcircuit by name, in any case."""
        wanted = name.lower()
        return next((one for one in self.circuits if one.name == wanted), None)


def read_text(expansion: Expansion) -> Text:
    """Read an expanded template."""
    circuits: list[Circuit] = []
    parameters: dict[str, tuple[str, int]] = {}
    strays: list[Statement] = []
    current: Circuit | None = None
    for line in logical_lines(expansion):
        words = _WORD.findall(_AROUND_EQUALS.sub("=", line.text.lower()))
        if not words:
            continue
        bare = [word for word in words if "=" not in word]
        given = dict(word.split("=", 1) for word in words if "=" in word)
        located = {name: (value, line.number) for name, value in given.items()}
        match words[0]:
            case ".subckt":
                current = Circuit(
                    line.number,
                    bare[1] if len(bare) > 1 else "",
                    tuple(word for word in bare[2:] if word != "params:"),
                    dict(located),
                    frozenset(given),
                )
                circuits.append(current)
            case ".ends" if current is not None:
                current.closed = True
                current = None
            case ".param":
                (parameters if current is None else current.parameters).update(located)
            case head if current is not None and head[0].isalpha():
                current.devices.append(_device(line.number, bare, given))
            case _:
                strays.append(Statement(line.number, line.text, current is not None))
    return Text(tuple(circuits), parameters, tuple(strays))


def logical_lines(expansion: Expansion) -> Iterator[SourceLine]:
    """Lines without comments, continuations joined, each with the line that it begins at."""
    begun: SourceLine | None = None
    for line in expansion.lines:
        code = line.text.split(";")[0].split(" $")[0].strip()
        if not code or code.startswith("*"):
            continue
        if code.startswith("+") and begun is not None:
            begun = SourceLine(begun.number, f"{begun.text} {code[1:]}")
            continue
        if begun is not None:
            yield begun
        begun = SourceLine(line.number, code)
    if begun is not None:
        yield begun


def _device(line: int, bare: list[str], given: Mapping[str, str]) -> Device:
    if bare[0].startswith("x"):
        return Device(line, bare[0], tuple(bare[1:-1]), bare[-1] if len(bare) > 1 else "", given)
    count = 4 if bare[0][0] in "mj" else 3 if bare[0][0] == "q" else 2
    return Device(line, bare[0], tuple(bare[1 : 1 + count]), " ".join(bare[1 + count :]), given)
