"""Unit transistors: what leaks, what a gate weighs, how steep weak inversion is."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from measuring.bench import SUPPLY, UNIT, UNIT_CURRENT, Bench, Measurement

SIZES = {"1u/5u": ("1u", "5u"), "1u/10u": ("1u", "10u")}
CONDITIONS = (("tt", 27.0), ("ff", 27.0), ("ff", 85.0), ("ss", 85.0))

WEAK_INVERSION = (UNIT, UNIT_CURRENT)
"""Drain currents between which the slope factor is taken, A."""

THERMAL_VOLTAGE = 1.380649e-23 * 300.15 / 1.602176634e-19
"""k T / q at 27 C, V."""


def device_measurements(bench: Bench) -> Iterator[Measurement]:
    """Leakage, gate capacitance and slope factor of unit transistors; the worse of n and p."""
    for size, (width, length) in SIZES.items():
        for corner, temperature in CONDITIONS:
            name = f"transistor {size}: leakage, {corner} {temperature:g} C"
            yield Measurement(name, _leakage(bench, width, length, corner, temperature), "A")
        slopes, capacitances = [], []
        for kind, sign in (("nfet", 1), ("pfet", -1)):
            slope, gate = _weak_inversion(bench, kind, sign, width, length)
            slopes.append(slope)
            capacitances.append(_gate_capacitance(bench, kind, sign * gate, width, length))
        yield Measurement(f"transistor {size}: gate capacitance", max(capacitances), "F")
        yield Measurement(f"transistor {size}: slope factor", max(slopes))


def _leakage(bench: Bench, width: str, length: str, corner: str, temperature: float) -> float:
    lines = [
        f"Vn dn 0 {SUPPLY}",
        f"Vp dp 0 {-SUPPLY}",
        f"Xn dn 0 0 0 nfet w={width} l={length}",
        f"Xp dp 0 0 0 pfet w={width} l={length}",
        ".op",
    ]
    result = bench.run(lines, "op", corner, temperature)
    return max(abs(float(result.vector(f"i({name})", "op")[0])) for name in ("vn", "vp"))


def _weak_inversion(
    bench: Bench, kind: str, sign: int, width: str, length: str
) -> tuple[float, float]:
    """Slope factor of a diode-connected transistor and its gate voltage at the lower current."""
    lines = [
        "Vg g 0 0",
        f"Xm g g 0 0 {kind} w={width} l={length}",
        f".dc Vg {sign * 0.1} {sign * 0.6} {sign * 0.002}",
    ]
    result = bench.run(lines, "dc")
    current = np.log(np.abs(result.vector("i(vg)", "dc")))
    voltage = np.abs(result.vector("v(g)", "dc"))
    low, high = np.interp(np.log(WEAK_INVERSION), current, voltage)
    return float(
        (high - low) / THERMAL_VOLTAGE / math.log(WEAK_INVERSION[1] / WEAK_INVERSION[0])
    ), low


def _gate_capacitance(bench: Bench, kind: str, gate: float, width: str, length: str) -> float:
    """Capacitance into the gate at the bias of a diode."""
    lines = [
        f"Vg g 0 dc {gate} ac 1",
        f"Vd d 0 {gate}",
        f"Xm d g 0 0 {kind} w={width} l={length}",
        ".ac lin 1 1 1",
    ]
    current = bench.run(lines, "ac").plots["ac"]["i(vg)"][0]
    return float(abs(np.imag(current)) / (2 * math.pi))
