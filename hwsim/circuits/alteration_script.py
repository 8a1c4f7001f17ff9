"""Alterations of a loaded circuit as a script that ngspice reads."""

from __future__ import annotations

from collections.abc import Mapping


def script_text(altered: Mapping[str, float]) -> str:
    """Alterations as a script of ngspice: ``source`` it after the deck, then ``run``.

    Args:
        altered: ``@device[parameter]`` -> value.
    """
    lines = (f"alter {target} = {value!r}" for target, value in altered.items())
    return "\n".join(["*ng_script", *lines]) + "\n"
