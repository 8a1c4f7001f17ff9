"""Where the files that ship with hwsim lie: in the wheel, or beside the source tree."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(folder: str) -> Path:
    """Path of a shipped top-level folder (``netlists`` or ``models``).

    A wheel carries it inside the package; a source checkout has it beside the package.
    """
    packed = _PACKAGE / "_shipped" / folder
    return packed if packed.is_dir() else _PACKAGE.parent / folder
