"""Where the lines of a stage lie in its array of currents."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.design.stage import Stage
from hwsim.design.wiring import OTHER_POLARITY, LineEnd, Part, Polarity, native_polarity, parts
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.effects import Effects


def lines_copy_exactly(effects: Effects) -> bool:
    """Whether mirrors see what drives a line: then rows know the keep-alive current's share."""
    return not (effects.leakage or effects.tails or effects.output_resistance)


@dataclass(frozen=True, slots=True)
class LineLayout:
    """Columns of the lines that one stage drives: blocks of one column a unit.

    Native ends come first, a block for each part of the signal. The turned ends follow where
    they differ: lines take time, and mirrors of either polarity bend currents in their own way.

    Attributes:
        size: units of the stage.
        native: end of each part of the signal.
        turned: parts with a block of turned ends.
    """

    size: int
    native: tuple[tuple[Part, Polarity], ...]
    turned: tuple[Part, ...]

    @property
    def columns(self) -> int:
        """Lines of the array."""
        return self.size * (len(self.native) + len(self.turned))

    def column(self, end: LineEnd) -> int:
        """Column of the end of a line."""
        order = [part for part, _ in self.native]
        block = order.index(end.line.part)
        if self.is_turned(end) and self.turned:
            block = len(order) + self.turned.index(end.line.part)
        return block * self.size + end.line.unit

    def is_turned(self, end: LineEnd) -> bool:
        """Whether a turn-around drives this end."""
        return dict(self.native)[end.line.part] != end.polarity

    @property
    def turned_ends(self) -> tuple[tuple[Part, Polarity], ...]:
        """End of each part with a block of turned ends."""
        return tuple((part, OTHER_POLARITY[dict(self.native)[part]]) for part in self.turned)


def line_layout(stage: Stage, model: ChipModel) -> LineLayout:
    """The layout of a stage's lines in a model."""
    native = tuple((part, native_polarity(stage, part)) for part in parts(stage))
    turned: tuple[Part, ...] = ()
    if model.effects.tails or model.effects.output_resistance:
        needed = {end.line.part for end in model.turned if end.line.stage == stage.name}
        turned = tuple(part for part, _ in native if part in needed)
    return LineLayout(stage.size, native, turned)
