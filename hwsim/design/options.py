"""The choices of the compiler, and the constants behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hwsim.design.quantise import largest_units

LARGEST_DIODE_UNITS = 24
"""Beyond this the capacitance of a line costs more than the finer weight brings."""

KEEP_ALIVE_CURRENT = 0.125
"""Current kept in both lines of a splitter, in unit currents."""

LEVEL_CURRENT = {"cmru": 0.25, "fq_bmru": 1.0}
"""Output current of a cell per level at an output gain of 1, in unit currents."""


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """Choices of the compiler.

    Attributes:
        technology: name of the technology.
        templates: circuit template of each kind of circuit (`circuits.choose_templates`).
        unit_current: current that stands for a software 1.0, A.
        step: duration of one time step, s.
        supply_voltage: V.
        bits: bits of a weight, sign included.
        output_gain: scale of everything after the cells; it saves power there.
        write_fraction: moment of the step at which clocked cells decide.
    """

    technology: str = "generic180"
    templates: Mapping[str, str] = field(default_factory=dict)
    unit_current: float = 1e-9
    step: float = 5e-3
    supply_voltage: float = 1.2
    bits: int = 6
    output_gain: float = 0.5
    write_fraction: float = 0.6

    @property
    def reference_units(self) -> int:
        """Unit transistors in the diode of the unit-current line: biases as fine as weights."""
        return largest_units(self.bits) + 1

    @property
    def cell_diode_units(self) -> int:
        """Unit transistors in the diode of the lines into cells.

        The row scale of a cell is free, so this choice sets its currents: up to two unit currents
        for the largest weight. Half of it doubles the power of the cells, twice of it doubles the
        share of leakage and slow tails in their decisions.
        """
        return max(1, self.reference_units // 2)

    @property
    def keep_alive_units(self) -> int:
        """Current kept in both lines of a splitter, in ``unit_current / reference_units``."""
        return max(1, round(KEEP_ALIVE_CURRENT * self.reference_units))
