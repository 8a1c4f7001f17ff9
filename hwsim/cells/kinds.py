"""The kinds of recurrent cell: what each learns, and which of them a circuit can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

from hwsim.foundation.errors import InputError

CellKind = Literal[
    "bmru", "cmru", "saturating_cmru", "fq_bmru", "alpha_cmru", "lru", "mingru", "gru"
]


@dataclass(frozen=True, slots=True)
class CellTraits:
    """What tells one kind of cell from another.

    Args:
        title: its name in prose.
        vectors: its learned positive parameters, one value a unit.
        has_levels: whether it has a half-range K, the number of levels on each side of zero.
        rectified: whether its candidate passes a ReLU.
        has_candidate: whether it has a candidate layer, units x units.
        tensors: what else it learns: the shape of each tensor in multiples of the units.
        is_baseline: whether it is a cell without thresholds that the others are measured against.
        refusal: why no circuit can be made of it, or None when one can.
    """

    title: str
    vectors: tuple[str, ...]
    has_levels: bool = False
    rectified: bool = False
    has_candidate: bool = True
    tensors: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    is_baseline: bool = False
    refusal: str | None = None

    @property
    def exportable(self) -> bool:
        """Whether the cell can become a circuit."""
        return self.refusal is None


_NO_CIRCUIT = "its state is continuous and hwsim has no circuit for it; train saturating_cmru"


def _layer(name: str, height: int = 1) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (height, 1), f"{name}.bias": (height,)}


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
            tensors=_layer("increment"),
            refusal="its state is continuous and no circuit restores it; train saturating_cmru",
        ),
        "lru": CellTraits(
            "LRU",
            (),
            has_candidate=False,
            tensors={
                "nu_log": (1,),
                "theta_log": (1,),
                "gamma_log": (1,),
                "input_real": (1, 1),
                "input_imaginary": (1, 1),
                "output_real": (1, 1),
                "output_imaginary": (1, 1),
                "direct": (1,),
            },
            is_baseline=True,
            refusal=_NO_CIRCUIT,
        ),
        "mingru": CellTraits(
            "minGRU", (), tensors=_layer("gate"), is_baseline=True, refusal=_NO_CIRCUIT
        ),
        "gru": CellTraits(
            "GRU",
            (),
            has_candidate=False,
            tensors=_layer("input", 3) | _layer("state", 3),
            is_baseline=True,
            refusal=_NO_CIRCUIT,
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
