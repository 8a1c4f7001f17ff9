"""What the rest of the chip hangs on the lines of a part, lumped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from hwsim.circuits import nodes
from hwsim.circuits.instance import number
from hwsim.circuits.mirrors import Mirrors
from hwsim.design.design import Design
from hwsim.design.wiring import LineEnd, Polarity, row_mirrors

LOAD_SUPPLY = "vdd_load"
"""Supply of the loads: the stages whose mirrors they stand for meter their own."""

_LOAD_OUTPUT = "load_output"


def hanging_units(design: Design) -> Mapping[LineEnd, int]:
    """Unit transistors of all row mirrors on each end of a line."""
    found: Counter[LineEnd] = Counter()
    for stage in design.stages:
        for unit in range(stage.size):
            for mirror in row_mirrors(design, stage, unit):
                found[mirror.end] += abs(mirror.units)
    return found


def load_lines(
    design: Design, mirrors: Mirrors, ends: Iterable[LineEnd], hanging: Mapping[LineEnd, int]
) -> Iterator[str]:
    """One mirror on each line with the units of all that hang there.

    Their gates are the charge that the line has to move; their outputs are held at half the supply,
    about where summing nodes are.

    Args:
        design: the network.
        mirrors: the template.
        ends: lines of a part.
        hanging: `hanging_units` of the design.
    """
    voltage = design.operating.supply_voltage
    yield f"Vsupply_load {LOAD_SUPPLY} 0 {number(voltage)}"
    yield f"V{_LOAD_OUTPUT} {_LOAD_OUTPUT} 0 {number(voltage / 2)}"
    rails = {"vdd": LOAD_SUPPLY, "vss": "0"}
    for end in ends:
        polarity: Polarity = end.polarity
        node = nodes.line_end(end)
        yield mirrors.output(
            f"load_{node}", polarity, node, _LOAD_OUTPUT, hanging[end], rails=rails
        )
