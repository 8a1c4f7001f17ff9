"""The device cards of a technology: what each file of them defines, and a foundry's paths."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from hwsim.circuits.transistors import DEVICES
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.foundation.spice_text import refuse_commands

TERMINALS = ("d", "g", "s", "b")
PARAMETERS = frozenset({"w", "l", "m", "dvth", "dbeta"})

_PLACEHOLDER = re.compile(r"<<\s*(\w*)\s*>>")


def read_cards(path: Path, corners: Sequence[str], models: Mapping[str, Path]) -> str:
    """A file of cards, checked, with the paths of the foundry's models filled in.

    The text begins with the hashes of those models, so that whoever keeps results by the hash of
    a netlist notices another version of them.

    Args:
        path: the file.
        corners: sections that it must have.
        models: placeholder, ``<<name>>`` in the cards -> the file that it stands for.

    Raises:
        InputError: unreadable, lines that would run commands or include files by a path, a corner
            or a device that is missing, or a placeholder that stands for no file.
    """
    text = _text(path)
    refuse_commands(text, str(path))
    for corner in corners:
        if not re.search(rf"(?im)^\s*\.lib\s+{re.escape(corner)}\s*$", text):
            raise InputError(f"has no section '.lib {corner}'", where=str(path))
    for device in DEVICES:
        _check_device(device, text, path)
    heads = [f"* {file.name}: {_fingerprint(file)}" for file in models.values()]
    return "\n".join([*heads, _filled(text, models, path)])


def _check_device(device: str, text: str, path: Path) -> None:
    """Refuse cards without a device as templates place it."""
    joined = re.sub(r"\n\s*\+", " ", text)
    found = re.search(rf"(?im)^\s*\.subckt\s+{device}\s+(.*)$", joined)
    if found is None:
        raise InputError(f"has no .subckt {device}", where=str(path))
    words = found[1].lower().split()
    terminals = tuple(word for word in words if "=" not in word)
    missing = sorted(PARAMETERS - {word.split("=")[0] for word in words if "=" in word})
    if terminals != TERMINALS or missing:
        fault = f"lacks the parameter {missing[0]}" if missing else "has other terminals"
        raise InputError(
            f".subckt {device} {fault}",
            where=str(path),
            hint=f".subckt {device} d g s b w=1u l=1u m=1 dvth=0 dbeta=0",
        )


def _filled(text: str, models: Mapping[str, Path], path: Path) -> str:
    """Cards with paths in the place of their placeholders."""

    def put(found: re.Match[str]) -> str:
        if found[1] not in models:
            line = text.count("\n", 0, found.start()) + 1
            raise InputError(
                f"'{found[0]}' stands for no file",
                where=f"{path}, line {line}",
                hint=f"pdk.files of the description has: {', '.join(models) or 'nothing'}",
            )
        return str(models[found[1]])

    return _PLACEHOLDER.sub(put, text)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=str(path)) from None


def _fingerprint(path: Path) -> str:
    """Hash of a file of models."""
    try:
        return content_hash(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
