"""Read ngspice's raw files: what ``ngspice -b -r out.raw deck.cir`` writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwsim.foundation.errors import InputError
from hwsim.spice.names import number_plots, plot_kind, vector_name
from hwsim.spice.samples import Plots, Samples, as_samples

_MARKER = re.compile(rb"^(?:Binary|Values):[ \t]*\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before the numbers of a plot."""

    kind: str
    is_complex: bool
    points: int
    variables: tuple[str, ...]


def read_raw(path: Path) -> Plots:
    """Read all plots of a binary raw file.

    Args:
        path: the file, with numbers of the byte order of this machine.

    Returns:
        Plots and vectors under the names of `Result.plots`.

    Raises:
        InputError: no such file, not a binary raw file, or one that breaks off.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    plots = list(_plots(content, str(path)))
    names = number_plots(kind for kind, _ in plots)
    return {name: vectors for name, (_, vectors) in zip(names, plots, strict=True)}


def _plots(content: bytes, where: str) -> Iterator[tuple[str, dict[str, Samples]]]:
    position = 0
    while content[position:].strip():
        marker = _MARKER.search(content, position)
        if marker is None or marker[0].startswith(b"Values"):
            raise InputError("not a binary raw file of ngspice", where=where)
        header = _header(content[position : marker.start()].decode("utf-8", "replace"), where)
        shape = header.points, len(header.variables)
        size = shape[0] * shape[1] * (16 if header.is_complex else 8)
        numbers = content[marker.end() : marker.end() + size]
        if len(numbers) < size:
            raise InputError("the raw file breaks off in its numbers", where=where)
        flat: Samples
        if header.is_complex:
            flat = np.frombuffer(numbers, np.complex128)
        else:
            flat = np.frombuffer(numbers, np.float64)
        position = marker.end() + size
        yield header.kind, _columns(header, flat.reshape(shape))


def _columns(header: _Header, table: Samples) -> dict[str, Samples]:
    names = [vector_name(name, header.kind) for name in header.variables]
    return {name: as_samples(name, table[:, column]) for column, name in enumerate(names)}


def _header(text: str, where: str) -> _Header:
    """Parse ``Key: value`` lines and the table of variables after ``Variables:``."""
    fields_text, _, table = text.partition("\nVariables:")
    pairs = (line.partition(":") for line in fields_text.splitlines())
    fields = {key.strip().lower(): value.strip() for key, _, value in pairs}
    rows = [line.split() for line in table.splitlines() if line.strip()]
    try:
        header = _Header(
            kind=plot_kind(fields["plotname"]),
            is_complex="complex" in fields["flags"].lower(),
            points=int(fields["no. points"]),
            variables=tuple(row[1] for row in rows),
        )
        announced = int(fields["no. variables"])
    except (KeyError, ValueError, IndexError):
        raise InputError("not a raw file of ngspice", where=where) from None
    if header.points < 0:
        raise InputError(f"the raw file announces {header.points} points", where=where)
    if announced != len(header.variables):
        raise InputError(
            f"the raw file announces {announced} variables and names {len(header.variables)}",
            where=where,
        )
    return header
