"""Names of nodes and instances in a netlist, in one place, so that probes find what is drawn."""

from __future__ import annotations

from hwsim.design.stage import Stage
from hwsim.design.wiring import REFERENCE, Line, LineEnd

BIAS_ROLES = ("unit_p", "unit_n", "gate_p", "gate_n", "cascode_p", "cascode_n")
CLOCK_ROLES = ("phi1", "phi1b", "phi2", "phi2b", "reset")


def line_end(end: LineEnd) -> str:
    """Node of a line end: ``hidden_3_plus_n``; the unit line is ``unit_p`` and ``unit_n``."""
    return f"{_line(end.line)}_{end.polarity}"


def _line(line: Line) -> str:
    if line.stage == REFERENCE:
        return line.part
    if line.part == "keep":
        return f"{line.stage}_keep"
    return f"{line.stage}_{line.unit}_{line.part}"


def level_line(stage: Stage) -> str:
    """Node of the current of one level that the cells of a stage share, outside the stage."""
    return f"{stage.name}_level_n"


def outside(stage: Stage, unit: int) -> str:
    """Node at which an input or an output of the chip meets the testbench: ``logits_2``."""
    return f"{stage.name}_{unit}"


def supply(part: str) -> str:
    """Supply node of a stage or of the reference."""
    return f"vdd_{part}"


def supply_current(part: str) -> str:
    """Vector of the current out of a supply, negative while it delivers."""
    return f"i(vsupply_{part})"


def row_current(stage: Stage, unit: int) -> str:
    """Vector of the sum current into a unit."""
    if stage.kind == "output":
        return f"i(vmeter_{outside(stage, unit)})"
    return f"i(v.xnetwork.x{stage.name}.vsense_{unit})"


def state_voltage(stage: Stage, unit: int, node: str) -> str:
    """Vector of a node inside a cell."""
    return f"v(xnetwork.x{stage.name}.xcell_{unit}.{node})"


def node_voltage(node: str) -> str:
    """Vector of a node of the testbench."""
    return f"v({node})"
