"""What a netlist from elsewhere may not contain: commands, and files outside its folder.

ngspice executes the lines of a ``.control`` block, and those that begin with ``*#`` anywhere, as
commands; ``shell`` and ``system`` among them start programs. Some code models start programs or
load libraries by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hwsim.foundation.errors import InputError

_CONTROL = re.compile(r"\.(control|endc|exec|pre_)", re.IGNORECASE)
_HIDDEN_COMMAND = re.compile(r"\*\s*#")
_SHELL_COMMAND = re.compile(r"(shell|system)\b|!", re.IGNORECASE)
_FOREIGN_CODE = re.compile(r"\b(d_process|d_cosim|process_file)\b", re.IGNORECASE)
# ngspice takes any word that begins so: .inc, .incl, .include.
_INCLUDE = re.compile(r"\.(?:inc|lib|osdi|codemodel|hdl)\w*\s*(?P<rest>.*)", re.IGNORECASE)
_OUTSIDE = re.compile(r"[\\/~]|[A-Za-z]:|.*[$`]|(.*[\\/])?\.\.([\\/]|$)")
_QUOTES = "\"'"


def refuse_commands(text: str, where: str) -> None:
    """Refuse a netlist that would run commands or read files outside its own folder.

    Args:
        text: the netlist.
        where: the file it came from, for the message.

    Raises:
        InputError: with the number of the line.
    """
    for number, reason in find_offences(text):
        raise InputError(
            reason,
            where=f"{where}, line {number}",
            hint="a netlist may hold devices, models and includes from its own folder",
        )


def find_offences(text: str) -> Iterator[tuple[int, str]]:
    """Lines that would run commands or read files outside the netlist's own folder.

    Args:
        text: the netlist.

    Yields:
        The number of the line, from 1, and what is wrong with it.
    """
    for number, line in _logical_lines(text):
        reason = _offence(line)
        if reason is not None:
            yield number, reason


def _offence(line: str) -> str | None:
    """What is wrong with one line, None when nothing is."""
    if _HIDDEN_COMMAND.match(line):
        return "'*#' makes ngspice execute the rest of the line"
    if line.startswith("*"):
        return None
    if _CONTROL.match(line) or _SHELL_COMMAND.match(line):
        return f"'{line.split()[0]}' makes ngspice execute commands"
    foreign = _FOREIGN_CODE.search(line)
    if foreign:
        return f"'{foreign[0]}' makes ngspice start a program"
    if "`" in line:
        return "a backquote makes ngspice execute commands"
    include = _INCLUDE.match(line)
    if include and _OUTSIDE.match(_path_of(include["rest"])):
        return f"the path {_path_of(include['rest'])!r} leads outside the netlist's folder"
    return None


def _path_of(rest: str) -> str:
    """The file that an include names, without its quotes."""
    if rest[:1] in _QUOTES:
        return rest[1:].split(rest[0], 1)[0].strip()
    words = rest.split()
    return words[0].strip(_QUOTES) if words else ""


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without their margin, continuations joined, with the number each begins at.

    A comment between a line and its continuation does not separate them.
    """
    begun: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("*"):
            yield number, bare
        elif bare.startswith("+") and begun is not None:
            begun = begun[0], f"{begun[1]} {bare[1:].strip()}"
        else:
            if begun is not None:
                yield begun
            begun = number, bare.removeprefix("+").strip()
    if begun is not None:
        yield begun
