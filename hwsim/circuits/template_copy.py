"""Starting a template of one's own from another."""

from __future__ import annotations

import re
from pathlib import Path

from hwsim.circuits.template import Template
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import replaced_folder, write_text

DESCRIPTION, CIRCUIT = "template.yaml", "template.spice"

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def copy_template(other: Template, name: str, home: Path) -> Path:
    """Write a copy of a template under another name, whole or not at all.

    The name, alone or at the beginning of another one, is replaced in both files, so that the
    subcircuits of the copy are its own; everything else, comments included, stays as it is.

    Args:
        other: what to start from.
        name: of the copy.
        home: folder in which the folder of the copy is made.

    Returns:
        The folder of the copy.

    Raises:
        InputError: not a name, or one that is taken in that folder.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"'{name}' is no name of a template", hint="small letters, digits and underscores"
        )
    target = home / name
    if target.exists():
        raise InputError("exists already", where=str(target), hint="choose another name")
    if not home.is_dir():
        raise InputError("is not a folder", where=str(home), hint="make it, or choose another")
    own = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(other.name)}")
    texts = {
        file: own.sub(name, (other.folder / file).read_text(encoding="utf-8"))
        for file in (DESCRIPTION, CIRCUIT)
    }
    with replaced_folder(target, marker=DESCRIPTION) as folder:
        for file, text in texts.items():
            write_text(folder / file, text)
    return target
