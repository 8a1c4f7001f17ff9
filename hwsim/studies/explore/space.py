"""The design space around an export: which values of which choices are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hwsim.characterization.store import find_datasheet
from hwsim.chips.datasheets import UNMEASURED, datasheets_of
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.export import Export
from hwsim.circuits.search_path import template_names
from hwsim.circuits.technology import Range
from hwsim.circuits.template import Template, load_template
from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.build import JOINED, own_build
from hwsim.studies.sweep.parameters import BITS, LEVELS_HALF, PARAMETERS, Value, find_parameter
from hwsim.studies.sweep.point import Point, nominal_point
from hwsim.studies.sweep.points import points_of
from hwsim.studies.sweep.recompile import find_checkpoint
from hwsim.studies.sweep.variation import Values, Variation
from hwsim.studies.template_swap import require_swappable

NAMES = ("bits", "levels-half", "template", "vdd", "unit-current", "step")
"""What an exploration varies, the first changing slowest."""

UNIT_CURRENTS = (0.2, 0.5, 1.0, 2.0, 5.0)
STEPS = (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 1.0)
"""Over those of the export."""

BITS_BESIDE = (-2, -1, 0, 1)
LEVELS_BESIDE = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Space:
    """A grid of designs.

    Attributes:
        axes: values of each choice.
        left_out: what is not looked at, a choice or a template, and why.
    """

    axes: tuple[Values, ...]
    left_out: Mapping[str, str]

    def points(self, export: Export) -> tuple[Point, ...]:
        """Every combination, behind the point of the export itself.

        Raises:
            InputError: more points than anybody has asked for on purpose.
        """
        own = nominal_point(export.design, noise=1.0)
        return tuple(dict.fromkeys((own, *points_of(self.axes, own))))


def space_around(
    export: Export, asked: Sequence[Variation] = (), checkpoint: Path | None = None
) -> Space:
    """The values that the user asks for, and for other choices those around the export.

    Args:
        export: the network.
        asked: lists or grids of some choices.
        checkpoint: that the export was made of; None looks among those that ship.

    Raises:
        InputError: a choice that is none, is asked for twice, or has no values.
    """
    chosen = _by_name(asked)
    axes: dict[str, Sequence[Value]] = {each: chosen[each].values for each in chosen}
    left_out: dict[str, str] = {}
    for name, values, reasons in _around(export, checkpoint):
        if name not in chosen:
            axes[name] = values
            left_out |= reasons
    return Space(
        axes=tuple(Values(PARAMETERS[name], tuple(axes[name])) for name in NAMES),
        left_out=left_out,
    )


def _by_name(asked: Sequence[Variation]) -> dict[str, Values]:
    """What is asked for, by the name of the choice.

    Raises:
        InputError: not a choice, twice, or a span.
    """
    chosen: dict[str, Values] = {}
    for each in asked:
        name = each.parameter.name
        if name not in NAMES:
            raise InputError(
                f"an exploration does not vary {name}", hint=f"it varies {', '.join(NAMES)}"
            )
        if name in chosen:
            raise InputError(f"{name} is varied twice", hint="write its values in one list")
        if not isinstance(each, Values):
            raise InputError(
                f"{name} has a start and a stop, but no number of values",
                hint=f"{name}=start:stop:count is a grid",
            )
        chosen[name] = each
    return chosen


_Around = tuple[str, Sequence[Value], Mapping[str, str]]
"""Name of a choice, its values, and why there are no more."""


def _around(export: Export, checkpoint: Path | None) -> Iterator[_Around]:
    """Values around the export that can be compiled and were measured."""
    own = own_build(export.design)
    operating = export.design.operating
    reason = _why_not_compiled(export, checkpoint)
    alone = {} if reason is None else {"bits": reason}
    yield "bits", _beside(own.bits, BITS_BESIDE, BITS) if reason is None else (own.bits,), alone
    if not own.levels_half:
        reason = f"{export.design.cells[0].kind} cells have no ladder"
    alone = {} if reason is None else {"levels-half": reason}
    ladders = Range(least=1, most=LEVELS_HALF.most)
    levels = _beside(own.levels_half, LEVELS_BESIDE, ladders) if reason is None else ()
    yield "levels-half", levels or (own.levels_half,), alone
    templates, unfit = _alternatives(export)
    yield "template", (own.template, *templates), unfit
    yield "vdd", _supplies(export.circuits, operating.supply_voltage), {}
    currents = export.circuits.technology.unit_current
    yield "unit-current", _multiples("unit-current", operating.unit_current, currents), {}
    steps = export.circuits.technology.step_time
    yield "step", _multiples("step", operating.step, steps), {}


def _why_not_compiled(export: Export, checkpoint: Path | None) -> str | None:
    """Why no other bits and levels can be compiled; a file that was named has to be the right one.

    Raises:
        InputError: the named file is not the checkpoint of the export.
    """
    try:
        find_checkpoint(export.design, checkpoint)
    except InputError as error:
        if checkpoint is not None:
            raise
        return str(error)
    return None


def _beside(own: int, steps: Sequence[int], allowed: Range) -> tuple[int, ...]:
    return tuple(own + step for step in steps if own + step in allowed)


def _multiples(name: str, own: float, allowed: Range) -> tuple[Value, ...]:
    factors = UNIT_CURRENTS if name == "unit-current" else STEPS
    found = (find_parameter(name).rounded(own * factor) for factor in factors)
    return tuple(value for value in found if float(value) in allowed)


def _supplies(circuits: CircuitSet, own: float) -> tuple[Value, ...]:
    """The supply of the export, and the smallest and the largest that all circuits know."""
    measured = [
        {each.conditions.supply_voltage for each in sheet.grid}
        for sheet in datasheets_of(circuits).values()
    ]
    least = max(min(each) for each in measured)
    most = min(max(each) for each in measured)
    rounded = find_parameter("vdd").rounded
    return tuple(sorted({rounded(least), rounded(own), rounded(most)}))


def _alternatives(export: Export) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Other templates of the kinds of a network, alone and together, and why some are left out."""
    kinds = sorted(set(export.circuits.templates) - set(UNMEASURED))
    by_kind: dict[str, list[str]] = {kind: [] for kind in kinds}
    left_out = {}
    for name in template_names():
        template = load_template(name)
        if template.kind not in by_kind or name == export.circuits.templates[template.kind].name:
            continue
        reason = _why_not_swapped(export, template)
        if reason is None:
            by_kind[template.kind].append(name)
        else:
            left_out[name] = reason
    return _combinations(own_build(export.design).template, by_kind, export), left_out


def _combinations(
    cells: str, by_kind: Mapping[str, Sequence[str]], export: Export
) -> tuple[str, ...]:
    """Words for every choice of one template a kind but that of the export."""
    kind_of_cells = export.design.cells[0].kind
    words: list[tuple[str, ...]] = [(name,) for name in (cells, *by_kind[kind_of_cells])]
    for kind, names in by_kind.items():
        if kind != kind_of_cells:
            words += [(*word, name) for word in words for name in names]
    return tuple(JOINED.join(word) for word in words if word != (cells,))


def _why_not_swapped(export: Export, template: Template) -> str | None:
    """Why a template cannot be looked at in a network."""
    try:
        require_swappable(export, template)
    except InputError as error:
        return error.what
    technology = export.circuits.technology
    if find_datasheet(template, technology) is None:
        return f"was never measured on {technology.name}"
    return None
