"""A template's circuit as a tree in text: subcircuits, transistors and their sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hwsim.circuits.lint_reader import Circuit, Device, Text

TRANSISTORS = ("nfet", "pfet")

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Row:
    """Equal devices of a subcircuit.

    Attributes:
        names: in order, ``xstage1`` to ``xstage6``.
        device: the first of them.
    """

    names: tuple[str, ...]
    device: Device

    @property
    def title(self) -> str:
        """Name and what it is: ``xstage1..6  6 x cmru_ladder_stage``."""
        sizes = self.device.parameters
        size = f"{sizes.get('w', '?')}/{sizes.get('l', '?')}".replace("{", "").replace("}", "")
        units = sizes.get("m", "1").strip("{}")
        what = self.device.model
        if self.device.model in TRANSISTORS:
            what += f" {size}" + (f" m={units}" if units != "1" else "")
        if len(self.names) == 1:
            return f"{self.names[0]}  {what}"
        last = _NUMBER.findall(self.names[-1])[-1]
        return f"{self.names[0]}..{last}  {len(self.names)} x {what}"


def transistor_count(text: Text, name: str) -> int:
    """Transistors under a subcircuit; parallel units of one count as one."""
    circuit = text.find(name)
    if circuit is None:
        return 0
    return sum(
        1 if device.model in TRANSISTORS else transistor_count(text, device.model)
        for device in circuit.devices
        if device.letter == "x"
    )


def draw_hierarchy(text: Text, name: str) -> tuple[str, ...]:
    """Lines of the tree under a subcircuit; equal subcircuits are drawn once."""
    circuit = text.find(name)
    if circuit is None:
        return ()
    head = f"{name}  {_transistors(transistor_count(text, name))}"
    return (head, *_branches(text, circuit, ""))


def _transistors(count: int) -> str:
    return f"{count} transistor{'s' if count != 1 else ''}"


def _branches(text: Text, circuit: Circuit, margin: str) -> Iterator[str]:
    rows = list(_rows(circuit))
    for row in rows:
        is_last = row is rows[-1]
        inner = text.find(row.device.model) if row.device.letter == "x" else None
        extra = f", {_transistors(transistor_count(text, inner.name))} each" if inner else ""
        yield f"{margin}{'└─' if is_last else '├─'} {row.title}{extra}"
        if inner is not None:
            yield from _branches(text, inner, f"{margin}{'   ' if is_last else '│  '}")


def _rows(circuit: Circuit) -> Iterator[Row]:
    """Devices that differ in the numbers of their names alone, together."""
    groups: dict[tuple[str, ...], list[Device]] = {}
    for device in circuit.devices:
        is_numbered = device.letter == "x" and device.name[-1].isdigit()
        stem = _NUMBER.sub("#", device.name) if is_numbered else device.name
        sizes = " ".join(f"{key}={value}" for key, value in device.parameters.items())
        groups.setdefault((stem, device.model, sizes), []).append(device)
    for members in groups.values():
        yield Row(tuple(device.name for device in members), members[0])
