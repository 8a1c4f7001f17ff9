"""An exploration as tables for a terminal."""

from __future__ import annotations

from rich.table import Table

from hwsim.foundation.quantities import format_quantity
from hwsim.studies.explore.exploration import Choice, Exploration
from hwsim.studies.sweep.parameters import PARAMETERS


def front_table(found: Exploration, choice: Choice | None) -> Table:
    """The export, every point on either front, and the chosen one, the cheapest first."""
    fronts = {merit: set(found.front(merit)) for merit in ("median", "low")}
    shown = {0, *fronts["median"], *fronts["low"]} | ({choice.index} if choice else set())
    varied = [PARAMETERS[name] for name in found.varied]
    sweep = found.finals.sweep
    table = Table(
        "point",
        *(each.name for each in varied),
        "energy",
        "power",
        "median %",
        "5th percentile %",
        "front",
        title=f"energy an inference and accuracy over {sweep.chips} chips",
    )
    for index in sorted(shown, key=lambda each: found.finals.figures[each].energy.median):
        figures, point = found.finals.figures[index], found.candidates[index].point
        words = [name for name, merit in _FRONTS.items() if index in fronts[merit]]
        table.add_row(
            f"{index}{_mark(index, choice)}",
            *(each.shown(getattr(point, each.field)) for each in varied),
            format_quantity(figures.energy.median, "J"),
            format_quantity(figures.power.median, "W"),
            f"{100 * figures.accuracy.median:.1f}",
            f"{100 * figures.accuracy.low:.1f}",
            " and ".join(words),
        )
    return table


_FRONTS = {"median": "median", "5th percentile": "low"}


def _mark(index: int, choice: Choice | None) -> str:
    words = ["the export"] * (index == 0)
    words += ["chosen"] * (choice is not None and index == choice.index)
    return f" ({', '.join(words)})" if words else ""


def chosen_lines(found: Exploration, choice: Choice | None, loss: float) -> list[str]:
    """The chosen point against the export, in words."""
    limit = f"{100 * loss:g} points of the 5th percentile of the export"
    if choice is None:
        return [f"no point whose cells decide in time is within {limit}"]
    here, there = found.reference, found.finals.figures[choice.index]
    change = choice.change
    return [
        f"point {choice.index}: {format_quantity(there.energy.median, 'J')} an inference, "
        f"{choice.energy_ratio:.2f} times the {format_quantity(here.energy.median, 'J')} of the "
        f"export; allowed is a loss of {limit}",
        f"5th percentile {100 * there.accuracy.low:.1f} %, export {100 * here.accuracy.low:.1f} %; "
        f"change over the same chips {100 * change.value:+.1f} points, "
        f"99 % interval {100 * change.low:+.1f} to {100 * change.high:+.1f}",
    ]


def left_out_lines(found: Exploration) -> list[str]:
    """What was not looked at, and points that are no chips."""
    refused = sum(each.refusal is not None for each in found.candidates)
    lines = [
        f"{len(found.candidates)} points, {refused} of them not run: their cells are late or a "
        "design rule is broken",
        f"{found.screening.sweep.chips} chips on {found.screening.sweep.samples} samples chose "
        f"{len(found.finals.figures)} points for {found.finals.sweep.chips} chips on "
        f"{found.finals.sweep.samples}",
    ]
    return lines + [f"left out: {name}: {reason}" for name, reason in found.left_out.items()]
