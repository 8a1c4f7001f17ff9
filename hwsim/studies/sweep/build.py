"""What a network is compiled to: the choices that change its circuit, not where it is run."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell

JOINED = "+"
"""Between the names of templates of several kinds."""


@dataclass(frozen=True, slots=True, order=True)
class Build:
    """One circuit of a network.

    Attributes:
        bits: of a weight, sign included.
        levels_half: K of its ladders, levels on each side of zero; 0 without ladders.
        template: names of templates, joined by `JOINED`, each in the place of its kind; kinds that
            are not named have the template of the export.
    """

    bits: int
    levels_half: int
    template: str

    @property
    def templates(self) -> tuple[str, ...]:
        """The names of its templates."""
        return tuple(self.template.split(JOINED))


def own_build(design: Design) -> Build:
    """What a design was compiled to; the template is that of its cells."""
    cell = design.cells[0].cell
    return Build(
        bits=design.provenance.bits,
        levels_half=cell.half_range if isinstance(cell, CmruCell) else 0,
        template=design.templates[design.cells[0].kind],
    )
