"""How many numbers a network learns, and how wide another one is that learns as many."""

from __future__ import annotations

import math

from hwsim.cells.kinds import CellKind
from hwsim.checkpoints.tensors import network_shapes
from hwsim.foundation.errors import InputError

_WIDEST = 4096


def parameter_count(kind: CellKind, channels: int, units: int, blocks: int, classes: int) -> int:
    """Learned numbers of a network."""
    shapes = network_shapes(kind, channels, units, blocks, classes)
    return sum(math.prod(shape) for shape in shapes.values())


def matched_units(kind: CellKind, parameters: int, channels: int, blocks: int, classes: int) -> int:
    """Units of the network of a kind that comes nearest to a number of parameters.

    Args:
        kind: its cell.
        parameters: what to come near to.
        channels: of its input.
        blocks: its recurrent blocks.
        classes: its classes.

    Raises:
        InputError: even the widest network has fewer.
    """

    def count(units: int) -> int:
        return parameter_count(kind, channels, units, blocks, classes)

    if parameters > count(_WIDEST):
        raise InputError(f"no network of {kind} has {parameters} parameters")
    fewer, more = 0, _WIDEST  # of units: fewer than asked for, and enough
    while more - fewer > 1:
        middle = (fewer + more) // 2
        fewer, more = (middle, more) if count(middle) < parameters else (fewer, middle)
    return min(
        (units for units in (fewer, more) if units), key=lambda u: abs(count(u) - parameters)
    )
