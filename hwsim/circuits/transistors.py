"""Counting the transistors of a netlist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

DEVICES = ("nfet", "pfet")


def count_transistors(files: Mapping[str, str], top: str = "network") -> int:
    """Transistors under a subcircuit; parallel units of one mirror count as one transistor.

    Args:
        files: SPICE texts that together define `top`.
        top: name of the subcircuit.
    """
    placed: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in _logical_lines(files.values()):
        words = [word for word in line.split() if "=" not in word]
        if not words:
            continue
        head = words[0].lower()
        if head == ".subckt":
            current = placed.setdefault(words[1], [])
        elif head == ".ends":
            current = None
        elif head.startswith("x") and current is not None:
            current.append(words[-1])
    counts: dict[str, int] = dict.fromkeys(DEVICES, 1)

    def count(name: str) -> int:
        if name not in counts:
            counts[name] = sum(count(inner) for inner in placed[name])
        return counts[name]

    return count(top)


def _logical_lines(texts: Iterable[str]) -> list[str]:
    """Lines with continuations joined and comments removed."""
    lines: list[str] = []
    for text in texts:
        for raw in text.splitlines():
            line = raw.split(";")[0].strip()
            if line.startswith("+") and lines:
                lines[-1] += " " + line[1:]
            elif line and not line.startswith("*"):
                lines.append(line)
    return lines
