"""The kinds of recurrent cell: what each learns, and which of them a circuit can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from hwsim.foundation.errors import InputError

CellKind = Literal["bmru", "cmru", "saturating_cmru", "fq_bmru", "alpha_cmru"]


@dataclass(frozen=True, slots=True)
class CellTraits:
    """What tells one kind of cell from another.

    Args:
        title: its name in prose.
        vectors: its learned positive parameters, one value a unit.
        has_levels: whether it has a half-range K, the number of levels on each side of zero.
        rectified: whether its candidate passes a ReLU.
        refusal: why no circuit can be made of it, or None when one can.
    """

    title: str
    vectors: tuple[str, ...]
    has_levels: bool = False
    rectified: bool = False
    refusal: str | None = None

    @property
    def exportable(self) -> bool:
        """Whether the cell can become a circuit."""
        return self.refusal is None


KINDS: Mapping[CellKind, CellTraits] = MappingProxyType(
    {
        "bmru": CellTraits(
            "BMRU",
            ("alpha", "beta"),
            refusal="its state is 0 until the first write, a latch has no 0; train fq_bmru instead",
        ),
        "cmru": CellTraits(
            "CMRU",
            ("alpha", "beta"),
            refusal="its ladder has no last level, a circuit's has; train saturating_cmru instead",
        ),
        "saturating_cmru": CellTraits("saturating CMRU", ("alpha", "beta"), has_levels=True),
        "fq_bmru": CellTraits("FQ-BMRU", ("alpha", "beta", "beta_low"), rectified=True),
        "alpha_cmru": CellTraits(
            "alphaCMRU",
            ("beta",),
            refusal="its state is continuous and no circuit restores it; train saturating_cmru",
        ),
    }
)


def cell_kind(name: str) -> CellKind:
    """The kind called `name`.

    Raises:
        InputError: there is no such kind.
    """
    for kind in get_args(CellKind):
        if kind == name:
            return kind  # type: ignore[no-any-return]
    raise InputError(f"there is no cell '{name}'", hint=f"use one of {', '.join(KINDS)}")


def require_exportable(kind: CellKind) -> None:
    """Refuse a kind that no circuit can be made of.

    Raises:
        InputError: with the reason, and which kind to train instead.
    """
    traits = KINDS[kind]
    if traits.refusal is not None:
        raise InputError(f"{traits.title} cannot become a circuit: {traits.refusal}")
