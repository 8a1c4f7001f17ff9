"""Which code computes: a result of other code is not continued, nor mixed in from elsewhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import hwsim
from hwsim.foundation.files import content_hash

_WITHOUT_EFFECT = ("cli", "report", "training")
"""Rooms that no result of a sweep passes through."""


@lru_cache(maxsize=1)
def source_hash() -> str:
    """Hash of the version of hwsim and of the text of every module that a sweep may use."""
    package = Path(hwsim.__file__).parent
    parts = [hwsim.__version__.encode()]
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package)
        if place.parts[0] not in _WITHOUT_EFFECT:
            parts += [place.as_posix().encode(), path.read_bytes()]
    return content_hash(*parts)
