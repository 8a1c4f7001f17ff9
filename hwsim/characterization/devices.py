"""The transistors of a template: where they lie, what they are, how they deviate."""

from __future__ import annotations

import fnmatch
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from hwsim.characterization.point import Deviation
from hwsim.circuits.datasheet import Device
from hwsim.circuits.mismatch import DeviceType
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.foundation.errors import InputError

ELEMENT = "m.{place}.{path}.m1"
"""Transistor of a device in ngspice: the subcircuits ``nfet`` and ``pfet`` of every technology
hold one element ``M1``, whose ``delvto`` is added to the signed threshold voltage."""

_TYPES: Mapping[str, DeviceType] = {"nfet": "nfet", "pfet": "pfet"}


def transistor_paths(template: Template, text: str) -> dict[str, DeviceType]:
    """Every transistor of a template by its path.

    Args:
        template: names its subcircuits.
        text: its rendered SPICE text.

    Returns:
        Path -> type, in lower case: ``xstage3.xlatch_p1``; below another subcircuit than ``unit``
        with its key in front: ``source.xmirror``.
    """
    placed = _instances(text)
    found: dict[str, DeviceType] = {}
    for key, subcircuit in template.subcircuits.items():
        prefix = "" if key == "unit" else f"{key}."
        for path, kind in _flattened(subcircuit.name.lower(), placed, ()):
            found[prefix + path] = kind
    return found


def open_to_mismatch(template: Template, paths: Sequence[str]) -> list[str]:
    """Those of the paths that the template's patterns name.

    Raises:
        InputError: a pattern that names no transistor.
    """
    chosen: dict[str, None] = {}
    for index, pattern in enumerate(template.mismatch):
        wanted = pattern.lower()
        hits = [path for path in paths if fnmatch.fnmatchcase(path, wanted)]
        hits += [path for path in paths if fnmatch.fnmatchcase(path.rpartition(".")[2], wanted)]
        if not hits:
            raise InputError(
                f"'{pattern}' names no transistor of the template",
                where=template.place("mismatch", index),
                hint=f"transistors: {', '.join(list(paths)[:4])} ...",
            )
        chosen |= dict.fromkeys(hits)
    return [path for path in paths if path in chosen]


def alterations(
    places: Mapping[str, str], types: Mapping[str, DeviceType], deviations: Mapping[str, Deviation]
) -> dict[str, float]:
    """Deviations as ngspice takes them; those of transistors that a deck does not place are none.

    Args:
        places: key of a subcircuit -> its instance in the deck: ``{"unit": "xcell"}``.
        types: path -> type of every transistor.
        deviations: path -> deviation.

    Raises:
        InputError: a path that is not one of the template.
    """
    changes: dict[str, float] = {}
    for path, deviation in deviations.items():
        if path not in types:
            raise InputError(f"the template has no transistor '{path}'")
        element = element_of(places, path)
        if element is not None:
            sign = 1 if types[path] == "nfet" else -1
            changes[f"@{element}[delvto]"] = sign * deviation.dvth
            changes[f"@{element}[mulu0]"] = 1 + deviation.dbeta
    return changes


def element_of(places: Mapping[str, str], path: str) -> str | None:
    """The element of a transistor in a deck, None where the deck does not place it."""
    key, dot, rest = path.partition(".")
    if dot and key in places and key != "unit":
        return ELEMENT.format(place=places[key], path=rest)
    return ELEMENT.format(place=places["unit"], path=path) if "unit" in places else None


def draw_deviations(
    devices: Mapping[str, Device], technology: Technology, generator: np.random.Generator
) -> dict[str, Deviation]:
    """One cell of one chip: every device with its own deviation, after Pelgrom.

    Args:
        devices: of a datasheet, in whose order they are drawn.
        technology: has the constants.
        generator: gives two normal numbers a device.
    """
    drawn = {}
    for path, device in devices.items():
        spread = technology.mismatch.spread(
            device.type, device.width, device.length, round(device.units)
        )
        vth, beta = generator.standard_normal(2)
        drawn[path] = Deviation(spread.vth * float(vth), spread.beta * float(beta))
    return drawn


def draw_cells(
    devices: Mapping[str, Device], technology: Technology, count: int, seed: int
) -> list[dict[str, Deviation]]:
    """Cells after Pelgrom, every device from a stream of its own.

    A device that is added, taken away or made larger so leaves the draws of the others alone.

    Args:
        devices: path -> transistor.
        technology: has the constants.
        count: of cells.
        seed: of all streams; the path of a device says which is its own.
    """
    cells: list[dict[str, Deviation]] = [{} for _ in range(count)]
    for path, device in devices.items():
        spread = technology.mismatch.spread(
            device.type, device.width, device.length, round(device.units)
        )
        stream = np.random.default_rng([seed, zlib.crc32(path.encode())])
        for cell, (vth, beta) in zip(cells, stream.standard_normal((count, 2)), strict=True):
            cell[path] = Deviation(spread.vth * float(vth), spread.beta * float(beta))
    return cells


def _instances(text: str) -> dict[str, list[tuple[str, str]]]:
    """Subcircuit -> (instance, what it places), in lower case."""
    joined = re.sub(r"\n[ \t]*\+", " ", re.sub(r"(?m)^\*.*\n", "", text.lower()))
    placed: dict[str, list[tuple[str, str]]] = {}
    current: list[tuple[str, str]] | None = None
    for line in joined.splitlines():
        words = [word for word in line.split(";")[0].split() if "=" not in word]
        if not words:
            continue
        if words[0] == ".subckt" and len(words) > 1:
            current = placed.setdefault(words[1], [])
        elif words[0] == ".ends":
            current = None
        elif words[0].startswith("x") and current is not None:
            current.append((words[0], words[-1]))
    return placed


def _flattened(
    name: str, placed: Mapping[str, list[tuple[str, str]]], above: tuple[str, ...]
) -> Iterator[tuple[str, DeviceType]]:
    if name in above:
        raise InputError(f"the subcircuit '{name}' contains itself")
    for instance, what in placed.get(name, []):
        if what in _TYPES:
            yield instance, _TYPES[what]
        else:
            for path, kind in _flattened(what, placed, (*above, name)):
                yield f"{instance}.{path}", kind
