"""Output resistance: mirrors whose currents follow the voltage of the node that they meet in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """How the node of a sum moves with its sign, and what that does to the mirrors on it.

    The gain of a mirror is that of an output at half the supply. A splitter or a ladder holds its
    node half a swing above or below by the sign of the sum, a rectifier stays half a swing below
    (docs/engines.md).

    Attributes:
        slope_source: relative change of a source's gain per V of its node.
        slope_sink: of a sink's gain.
        rest: voltage of the node at small sums over half the supply, V, by layer.
        swing: what it gains towards large ones, V, by layer.
        half_way: sum at which it is half way there, [unit], by layer; other layers do not move.
    """

    slope_source: float
    slope_sink: float
    rest: Mapping[str, float]
    swing: Mapping[str, float]
    half_way: Mapping[str, Tensor]

    def settled(self, net: Tensor, total: Tensor, name: str) -> Tensor:
        """The sum that flows on.

        Args:
            net: currents of sources less those of sinks, [..., unit].
            total: their sum.
            name: of the layer.
        """
        voltage = self.rest[name] + self.swing[name] * net / (net.abs() + self.half_way[name])
        push, pull = (total + net) / 2, (total - net) / 2
        return net + voltage * (self.slope_source * push - self.slope_sink * pull)
