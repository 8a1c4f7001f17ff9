"""A design as a folder of SPICE files that plain ngspice runs, and where its currents are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hwsim.circuits import nodes
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.instance import instance, wrapped
from hwsim.circuits.stage_netlist import StageNetlist
from hwsim.circuits.template import Template
from hwsim.design.design import Design
from hwsim.design.stage import CmruCell
from hwsim.design.wiring import REFERENCE, needed_ends
from hwsim.foundation.errors import InputError


@dataclass(frozen=True, slots=True)
class Netlist:
    """The circuit of a design without its testbench.

    Attributes:
        files: name -> text; ``network.spice`` includes the others.
        ports: nodes of the subcircuit ``network``, in order.
        templates: the templates by kind.
    """

    files: Mapping[str, str]
    ports: tuple[str, ...]
    templates: Mapping[str, Template]


def write_netlist(design: Design, circuits: CircuitSet) -> Netlist:
    """Write the transistors of a design.

    Returns:
        One file for the cards, one a template, one a stage, and ``network.spice``.

    Raises:
        InputError: templates that do not fit the design or each other.
    """
    needed = needed_ends(design)
    stages = [StageNetlist(design, stage, circuits, needed) for stage in design.stages]
    files = library_files(design, circuits)
    for stage in stages:
        files[f"{stage.name}.spice"] = stage.text()
    ports = _network_ports(design)
    files["network.spice"] = _network_text(design, circuits, stages, ports, list(files))
    return Netlist(files=files, ports=ports, templates=dict(circuits.templates))


def library_files(design: Design, circuits: CircuitSet) -> dict[str, str]:
    """The cards, and one file a template.

    Raises:
        InputError: templates that do not fit the design.
    """
    files = {circuits.technology.library: circuits.technology.card_text()}
    for template in circuits.templates.values():
        files[f"template_{template.name}.spice"] = template.render(**_variables(design, template))
    return files


def _variables(design: Design, template: Template) -> dict[str, int]:
    """What a template may ask for: the number of stages of its ladder."""
    if template.kind != "cmru":
        return {}
    ranges = {s.cell.half_range for s in design.stages if isinstance(s.cell, CmruCell)}
    if len(ranges) != 1:
        raise InputError("cells of different numbers of levels in one design")
    half_range = ranges.pop()
    return {"half_range": half_range, "stages": 2 * half_range}


def _network_ports(design: Design) -> tuple[str, ...]:
    world = [
        nodes.outside(stage, unit)
        for stage in (design.stages[0], design.stages[-1])
        for unit in range(stage.size)
    ]
    clocks = nodes.CLOCK_ROLES if any(s.kind == "cmru" for s in design.stages) else ()
    supplies = [nodes.supply(part) for part in supply_parts(design)]
    return (*world, *clocks, *supplies, "vss")


def supply_parts(design: Design) -> tuple[str, ...]:
    """Parts of the chip with a supply current of their own: the reference and each stage."""
    return (REFERENCE, *(stage.name for stage in design.stages))


def _network_text(
    design: Design,
    circuits: CircuitSet,
    stages: list[StageNetlist],
    ports: tuple[str, ...],
    files: list[str],
) -> str:
    lines = [
        f"* {design.name}: {' -> '.join(f'{s.name} ({s.size})' for s in design.stages)}",
        f"* compiled to {design.provenance.bits} bits by hwsim {design.provenance.hwsim} from "
        f"checkpoint {design.provenance.checkpoint[:12]}",
        "* Weights are numbers of unit transistors over those of the diode of their line.",
        unit_transistor_line(circuits),
        *(f".include {name}" for name in files if name != circuits.technology.library),
        "",
        wrapped([".subckt network", *ports]),
    ]
    lines.append(reference_line(design, circuits))
    for stage in stages:
        own = {"vdd": nodes.supply(stage.stage.name)}
        connected = [own.get(port, port) for port in stage.ports]
        lines.append(wrapped([f"X{stage.stage.name}", *connected, stage.name]))
    lines.append(".ends network")
    return "\n".join(lines) + "\n"


def unit_transistor_line(circuits: CircuitSet) -> str:
    """The size of the unit transistor, which the templates ask for.

    Raises:
        InputError: the mirror template names none.
    """
    unit = circuits.templates["mirror"].unit_transistor
    if unit is None:
        raise InputError(
            "names no unit_transistor",
            where=str(circuits.templates["mirror"].folder / "template.yaml"),
        )
    return f".param w_unit={unit.width} l_unit={unit.length}"


def reference_line(design: Design, circuits: CircuitSet) -> str:
    """The instance that makes the unit current and the gate voltages of the chip."""
    operating = design.operating
    bias = circuits.templates["bias"]
    roles = {role: role for role in nodes.BIAS_ROLES}
    roles |= {"vdd": nodes.supply(REFERENCE), "vss": "vss"}
    known = {
        "unit_current": operating.unit_current,
        "supply_voltage": operating.supply_voltage,
        "reference_units": float(design.reference_units),
        **circuits.technology.bias.model_dump(),
    }
    values = {key: known[quantity] for key, quantity in bias.parameters.items()}
    return instance(REFERENCE, bias.subcircuits["unit"], roles, values)
