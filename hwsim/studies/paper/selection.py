"""What of a study is wanted now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from hwsim.cells.kinds import CellKind, cell_kind
from hwsim.foundation.errors import InputError
from hwsim.studies.paper.plan import StudyPlan

Part: TypeAlias = Literal["convergence", "sensitivity", "gradients", "remains"]

PARTS: tuple[Part, ...] = get_args(Part)
"""Parts of the study, each after the tuning that it needs."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a plan, in its order.

    Attributes:
        tasks: by name.
        cells: kinds.
        units: widths of the convergence; the other parts have their own.
        seeds: how many, the first ones.
        parts: of the study.
    """

    tasks: tuple[str, ...]
    cells: tuple[CellKind, ...]
    units: tuple[int, ...]
    seeds: int
    parts: tuple[Part, ...] = PARTS

    @classmethod
    def everything(cls, plan: StudyPlan) -> Selection:
        """All that a plan has."""
        return cls(tuple(one.task for one in plan.tasks), plan.cells, plan.units, plan.seeds)

    @classmethod
    def of(
        cls,
        plan: StudyPlan,
        *,
        tasks: Sequence[str] = (),
        cells: Sequence[str] = (),
        units: Sequence[int] = (),
        seeds: int | None = None,
        parts: Sequence[Part] = (),
    ) -> Selection:
        """What a user names; what is left out is everything.

        Raises:
            InputError: something that the plan does not have.
        """
        for task in tasks:
            plan.task(task)
        kinds = [cell_kind(cell) for cell in cells]
        _require(kinds, plan.cells, "cell")
        _require(units, plan.units, "width")
        count = plan.seeds if seeds is None else seeds
        if not 1 <= count <= plan.seeds:
            raise InputError(
                f"{count} seeds of a study with {plan.seeds}", hint=f"1 to {plan.seeds} can be had"
            )
        return cls(
            tasks=tuple(one.task for one in plan.tasks if not tasks or one.task in tasks),
            cells=tuple(kind for kind in plan.cells if not kinds or kind in kinds),
            units=tuple(width for width in plan.units if not units or width in units),
            seeds=count,
            parts=tuple(part for part in PARTS if not parts or part in parts),
        )


def _require(wanted: Sequence[object], known: Sequence[object], what: str) -> None:
    for one in wanted:
        if one not in known:
            listed = ", ".join(map(str, known))
            raise InputError(f"there is no {what} {one} in this study", hint=f"it has {listed}")
