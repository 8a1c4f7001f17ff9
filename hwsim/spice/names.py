"""One spelling for plots and vectors, whichever way ngspice handed them over.

The shared library says ``V(1)``, ``out``, ``vdd#branch`` and ``tran3``; a raw file says ``v(1)``,
``v(out)``, ``i(vdd)`` and ``Transient Analysis``. Both become ``v(1)``, ``v(out)``, ``i(vdd)`` and
``tran``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_PLOT_KINDS = {
    "transient analysis": "tran",
    "operating point": "op",
    "dc transfer characteristic": "dc",
    "ac analysis": "ac",
    "noise spectral density curves": "noise",
    "integrated noise": "noise",
    "transfer function": "tf",
    "sensitivity analysis": "sens",
    "pole-zero analysis": "pz",
}
# Only these hold node voltages and branch currents; the others hold derived quantities.
_CIRCUIT_KINDS = frozenset({"tran", "op", "dc", "ac"})
SCALES = frozenset({"time", "frequency", "v-sweep", "i-sweep", "res-sweep", "temp-sweep"})
_WRAPPED = re.compile(r"[vi]\((.*)\)")


def plot_kind(name: str) -> str:
    """``tran3`` -> ``tran``; ``Transient Analysis`` -> ``tran``."""
    lower = name.strip().lower()
    return _PLOT_KINDS.get(lower, lower.rstrip("0123456789"))


def number_plots(kinds: Iterable[str]) -> list[str]:
    """Name plots in the order they were made: ``noise, noise, op`` -> ``noise, noise2, op``."""
    seen: Counter[str] = Counter()
    names = []
    for kind in kinds:
        seen[kind] += 1
        names.append(kind if seen[kind] == 1 else f"{kind}{seen[kind]}")
    return names


def vector_name(name: str, kind: str) -> str:
    """The name of a vector in `Result.plots`.

    Args:
        name: as the shared library or a raw file spells it.
        kind: the kind of plot it lies in.
    """
    lower = name.lower()
    wrapped = _WRAPPED.fullmatch(lower)
    bare = wrapped[1] if wrapped else lower
    if bare.startswith("@") or bare in SCALES or kind not in _CIRCUIT_KINDS:
        return bare
    if bare.endswith("#branch"):
        return f"i({bare.removesuffix('#branch')})"
    return lower if wrapped else f"v({bare})"
