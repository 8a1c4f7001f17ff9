"""What the rest of the chip hangs on the lines of a part, lumped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from hwsim.circuits import nodes
from hwsim.circuits.instance import number
from hwsim.circuits.mirrors import Mirrors
from hwsim.circuits.stage_netlist import StageNetlist, unit_template
from hwsim.design.design import Design
from hwsim.design.wiring import UNIT_LINE, LineEnd, Polarity

Units = Mapping[LineEnd, int]
"""Unit transistors on ends of lines."""

LOAD_SUPPLY = "vdd_load"
"""Supply of the loads: the stages whose mirrors they stand for meter their own."""

LOAD_OUTPUT = "load_output"
"""Where their outputs end, at half the supply: about where summing nodes are."""


def hanging_units(netlist: StageNetlist, units: Iterable[int]) -> Units:
    """What the rows and the circuits of some units of a stage hang on each end of a line."""
    found: Counter[LineEnd] = Counter()
    for unit in units:
        for mirror in netlist.rows[unit]:
            found[mirror.end] += abs(mirror.units)
        for polarity, count in _circuit_units(netlist, unit).items():
            found[LineEnd(UNIT_LINE, polarity)] += count
    return found


def _circuit_units(netlist: StageNetlist, unit: int) -> Mapping[Polarity, int]:
    """Unit transistors of a circuit on the lines of the unit current, keep-alive ones included.

    Thresholds, widths and levels are numbers of them; on which of the two lines each hangs is the
    template's own matter, so that they count on both where it has both.
    """
    stage = netlist.stage
    found: dict[Polarity, int] = {"p": stage.keep_alive_units, "n": stage.keep_alive_units}
    if stage.cell is not None:
        template = unit_template(stage, netlist.circuits)
        asked = {k: v for k, v in template.parameters.items() if v != "units"}
        count = round(sum(netlist.parameters(unit, asked).values()))
        roles = template.subcircuits["unit"].ports.values()
        for polarity in found:
            found[polarity] += count if f"unit_{polarity}" in roles else 0
    return found


def load_lines(mirrors: Mirrors, units: Units) -> Iterator[str]:
    """One mirror on each end of a line with the units of all that hang there.

    Their gates are the charge that the line has to move.

    Args:
        mirrors: the template.
        units: of other parts, on lines that are driven here.
    """
    rails = {"vdd": LOAD_SUPPLY, "vss": "vss"}
    for end, count in sorted(units.items()):
        if count:
            node = nodes.line_end(end)
            yield mirrors.output(
                f"load_{node}", end.polarity, node, LOAD_OUTPUT, count, rails=rails
            )


def load_sources(design: Design) -> Iterator[str]:
    """What holds the nodes of the loads."""
    voltage = design.operating.supply_voltage
    yield f"Vsupply_load {LOAD_SUPPLY} 0 {number(voltage)}"
    yield f"V{LOAD_OUTPUT} {LOAD_OUTPUT} 0 {number(voltage / 2)}"
