"""Unit transistors: what leaks, what a gate weighs, how steep weak inversion is."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from measuring.bench import SUPPLY, UNIT, UNIT_CURRENT, Bench, Floats, Measurement

SIZES = {"1u/5u": ("1u", "5u"), "1u/10u": ("1u", "10u")}
CONDITIONS = (("tt", 27.0), ("ff", 27.0), ("ff", 85.0), ("ss", 85.0))

WEAK_INVERSION = (UNIT, UNIT_CURRENT)
"""Drain currents between which the slope factor is taken, A."""

END_OF_WEAK_INVERSION = 0.7
"""Part of its largest gm / I that a transistor still has where weak inversion is said to end."""

THERMAL_VOLTAGE = 1.380649e-23 * 300.15 / 1.602176634e-19
"""k T / q at 27 C, V."""


def device_measurements(bench: Bench) -> Iterator[Measurement]:
    """Leakage, gate capacitance and slope factor of unit transistors; the worse of n and p."""
    for size, (width, length) in SIZES.items():
        for corner, temperature in CONDITIONS:
            name = f"transistor {size}: leakage, {corner} {temperature:g} C"
            yield Measurement(name, _leakage(bench, width, length, corner, temperature), "A")
        slopes, capacitances, ends = [], [], []
        for kind, sign in (("nfet", 1), ("pfet", -1)):
            voltage, current = _diode(bench, kind, sign, width, length)
            low, high = np.interp(np.log(WEAK_INVERSION), np.log(current), voltage)
            decades = math.log(WEAK_INVERSION[1] / WEAK_INVERSION[0])
            slopes.append(float((high - low) / THERMAL_VOLTAGE / decades))
            ends.append(_end_of_weak_inversion(voltage, current))
            gate = float(low)
            capacitances.append(_gate_capacitance(bench, kind, sign * gate, width, length))
        yield Measurement(f"transistor {size}: gate capacitance", max(capacitances), "F")
        yield Measurement(f"transistor {size}: slope factor", max(slopes))
        yield Measurement(f"transistor {size}: weak inversion ends", min(ends), "A")


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


def _diode(bench: Bench, kind: str, sign: int, width: str, length: str) -> tuple[Floats, Floats]:
    """Gate voltage, V, and current, A, of a diode-connected transistor, both positive."""
    lines = [
        "Vg g 0 0",
        f"Xm g g 0 0 {kind} w={width} l={length}",
        f".dc Vg {sign * 0.1} {sign * 1.1} {sign * 0.002}",
    ]
    result = bench.run(lines, "dc")
    return np.abs(result.vector("v(g)", "dc")), np.abs(result.vector("i(vg)", "dc"))


def _end_of_weak_inversion(voltage: Floats, current: Floats) -> float:
    """Current from which on gm / I stays below `END_OF_WEAK_INVERSION` of its largest, A."""
    efficiency = np.gradient(np.log(current), voltage)
    weak = efficiency[current > UNIT / 10].max()
    steep = np.flatnonzero(efficiency > END_OF_WEAK_INVERSION * weak)
    return float(current[steep[-1]])


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
