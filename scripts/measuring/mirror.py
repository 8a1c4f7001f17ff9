"""Mirrors: how far a copied current is from the asked one, and what the output voltage adds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hwsim.design.wiring import Polarity
from measuring.bench import SUPPLY, UNIT, Bench, Measurement

UNITS = 10
"""Unit transistors of the mirror that is measured, on a diode of 32."""

VOLTAGES = np.linspace(0.3, 0.9, 61)
"""Output voltages of summing nodes, V."""


def mirror_measurements(bench: Bench) -> Iterator[Measurement]:
    """Gain error of sources and sinks on the line of the unit current."""
    name = bench.templates["mirror"].name
    sides: tuple[tuple[Polarity, str], ...] = (("p", "source"), ("n", "sink"))
    for polarity, side in sides:
        output = bench.mirrors.output("copy", polarity, f"unit_{polarity}", "out", UNITS)
        lines = [output, f"Vout out 0 {SUPPLY / 2}"]
        current = bench.sweep(lines, "Vout", VOLTAGES).vector("i(vout)", "dc")
        errors = np.abs(current) / (UNITS * UNIT) - 1
        middle = float(np.interp(SUPPLY / 2, VOLTAGES, errors))
        yield Measurement(f"{name}: gain error of a {side} at {SUPPLY / 2:g} V", middle)
        spread = float(errors.max() - errors.min())
        yield Measurement(f"{name}: gain of a {side}, 0.3 V to 0.9 V", spread)
