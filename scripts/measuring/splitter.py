"""The class-B splitter between mirrors: what is left of a current where headroom ends."""

from __future__ import annotations

from collections.abc import Iterator

from hwsim.design.wiring import Polarity
from measuring.bench import REFERENCE_UNITS, UNIT_CURRENT, Bench, Measurement

CONDITIONS = (("tt", 27.0, 1.2), ("ss", 0.0, 1.08), ("ff", 85.0, 1.08), ("ff", 85.0, 1.32))
"""Corner, temperature in C, supply in V."""

CURRENTS = (1, 4, 16)
"""Currents through the splitter, in unit currents; its diodes are unit transistors, as in cells."""

DIRECTIONS: dict[Polarity, str] = {"p": "into the node", "n": "out of the node"}
"""Polarity of the mirror that drives the node, and what it does."""


def splitter_measurements(bench: Bench) -> Iterator[Measurement]:
    """Gain of a mirror, a splitter and a mirror in a row, and the voltage of the node between."""
    for corner, temperature, supply in CONDITIONS:
        where = f"{corner} {temperature:g} C {supply:g} V"
        for polarity, direction in DIRECTIONS.items():
            for current in CURRENTS:
                gain, node = operate(bench, polarity, current, corner, temperature, supply)
                name = f"splitter, {where}, {current} nA {direction}:"
                yield Measurement(f"{name} gain", gain)
                yield Measurement(f"{name} node", node, "V")


def operate(
    bench: Bench, polarity: Polarity, current: int, corner: str, temperature: float, supply: float
) -> tuple[float, float]:
    """Output over input, and the voltage of the node, for a current in unit currents."""
    mirrors, line = bench.mirrors, "plus_n" if polarity == "p" else "minus_p"
    roles = {"sum": "node", "plus_n": "plus_n", "minus_p": "minus_p"}
    units = current * REFERENCE_UNITS
    lines = [
        *bench.bias(supply),
        mirrors.output("in", polarity, f"unit_{polarity}", "node", units),
        bench.place("split", "splitter", roles, {"units": 1}),
        mirrors.output("out", "n" if polarity == "p" else "p", line, "end", 1),
        f"Vend end 0 {supply / 2}",
        ".op",
    ]
    result = bench.run(lines, "op", corner, temperature)
    out = abs(float(result.vector("i(vend)", "op")[0]))
    return out / (current * UNIT_CURRENT), float(result.vector("v(node)", "op")[0])
