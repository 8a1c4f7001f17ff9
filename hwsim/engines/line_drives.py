"""What signals drive their lines with."""

from __future__ import annotations

import array_api_compat

from hwsim.engines.arrays import Array


def line_drives(signed: Array, sides: int) -> Array:
    """Currents into the diodes of both lines of every unit, or of its positive line alone.

    Args:
        signed: what each unit drives, [..., unit].
        sides: 1 for the positive lines, 2 for the negative ones behind them.

    Returns:
        Currents, none negative, [..., line].
    """
    xp = array_api_compat.array_namespace(signed)
    plus = xp.clip(signed, 0.0, None)
    # Exact: one of the two is the signal, the other zero.
    return plus if sides == 1 else xp.concat([plus, plus - signed], axis=-1)
