"""``hwsim template show``: everything about one template on a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import pdk_option
from hwsim.cli.output import emit, json_option
from hwsim.cli.template_options import template_path_option

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.circuits.datasheet import Datasheet
    from hwsim.circuits.technology import Technology
    from hwsim.circuits.template import Template


@click.command("show")
@click.argument("name")
@click.option("--technology", default="generic180", show_default=True)
@pdk_option
@template_path_option
@json_option
def show_command(name: str, technology: str, pdk_root: Path | None, *, as_json: bool) -> None:
    """Show ports, parameters, figures of merit and the hierarchy of a template.

    Figures come from the datasheet, where `hwsim template characterize` has measured it.
    """
    from hwsim.circuits.hierarchy import draw_hierarchy, transistor_count
    from hwsim.circuits.lint_reader import read_text
    from hwsim.circuits.roles import CONTRACTS
    from hwsim.circuits.technology import load_technology
    from hwsim.circuits.template import load_template

    template = load_template(name)
    text = read_text(template.expand(**CONTRACTS[template.kind].variables))
    names = [one.name for one in template.subcircuits.values()]
    trees = [line for each in names for line in draw_hierarchy(text, each)]
    node = load_technology(technology, pdk_root)
    datasheet = _known_datasheet(template, node)
    record = {
        **template.model_dump(mode="json"),
        "folder": template.folder,
        "transistors": sum(transistor_count(text, each) for each in names),
        "technology": technology,
        "figures": datasheet.nominal if datasheet else None,
        "hierarchy": trees,
    }
    emit(
        record,
        as_json=as_json,
        show=lambda console: _show(console, template, node, datasheet, trees),
    )


def _show(
    console: Console,
    template: Template,
    technology: Technology,
    datasheet: Datasheet | None,
    trees: list[str],
) -> None:
    from hwsim.report.template_tables import datasheet_tables

    console.print(f"{template.name}, a {template.kind}: {template.description}")
    console.print(str(template.folder))
    _show_ports(console, template)
    _show_parameters(console, template)
    if template.specification:
        _show_specification(console, template)
    if datasheet is not None:
        for part in datasheet_tables(datasheet, technology.mismatch):
            console.print(part)
    elif template.specification:
        console.print(
            f"not measured on {technology.name} yet: "
            f"hwsim template characterize {template.name} --technology {technology.name}"
        )
    for line in trees:
        console.print(line)


def _show_ports(console: Console, template: Template) -> None:
    from rich.table import Table

    from hwsim.circuits.roles import ROLE_MEANINGS

    table = Table("subcircuit", "port", "role", "what it is")
    for subcircuit in template.subcircuits.values():
        for port, role in subcircuit.ports.items():
            table.add_row(subcircuit.name, port, role, ROLE_MEANINGS.get(role, "unknown"))
    console.print(table)


def _show_parameters(console: Console, template: Template) -> None:
    for parameter, quantity in template.parameters.items():
        console.print(f"parameter {parameter} is {quantity} of the design")


def _show_specification(console: Console, template: Template) -> None:
    from rich.table import Table

    from hwsim.circuits.figures import find_figure
    from hwsim.report.template_tables import quantity

    table = Table("specification", "min", "typ", "max", "what it is")
    for name, limits in template.specification.items():
        bounds = (quantity(each, limits.unit) for each in (limits.min, limits.typ, limits.max))
        table.add_row(name, *bounds, find_figure(template.kind, name).meaning)
    console.print(table)


def _known_datasheet(template: Template, technology: Technology) -> Datasheet | None:
    """A datasheet that is there already; kinds that the others are measured with have none."""
    from hwsim.characterization.store import find_datasheet
    from hwsim.circuits.figures import FIGURES

    return find_datasheet(template, technology) if template.kind in FIGURES else None
