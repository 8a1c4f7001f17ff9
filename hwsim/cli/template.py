"""``hwsim template``: look at circuit templates, start one, check, characterize, compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import FolderType
from hwsim.cli.output import emit, json_option
from hwsim.cli.template_check import check_command
from hwsim.cli.template_compare import compare_command
from hwsim.cli.template_datasheet import characterize_command
from hwsim.cli.template_options import template_path_option
from hwsim.cli.template_show import show_command

if TYPE_CHECKING:
    from rich.console import Console


@click.group("template")
def template_command() -> None:
    """Look at circuit templates, start one, check it, measure it, compare two."""


@template_command.command("list")
@template_path_option
@json_option
def list_command(*, as_json: bool) -> None:
    """List all templates and where each was found."""
    from hwsim.circuits.search_path import template_names

    rows = [_row(name) for name in template_names()]

    def show(console: Console) -> None:
        from rich.table import Table

        table = Table("template", "kind", "what it is", "from")
        for row in rows:
            table.add_row(*(str(row[key]) for key in ("name", "kind", "description", "origin")))
        console.print(table)

    emit({"templates": rows}, as_json=as_json, show=show)


def _row(name: str) -> dict[str, object]:
    """One template; of one whose description is wrong, what is wrong with it."""
    from hwsim.circuits.search_path import find_template
    from hwsim.circuits.template import load_template
    from hwsim.foundation.assets import shipped
    from hwsim.foundation.errors import InputError

    folder = find_template(name)
    is_ours = folder.is_relative_to(shipped("netlists"))
    place = {"origin": "hwsim" if is_ours else str(folder.parent), "folder": folder}
    try:
        template = load_template(name)
    except InputError as error:
        return {"name": name, "kind": None, "version": None, "description": str(error), **place}
    return {
        "name": name,
        "kind": template.kind,
        "version": template.version,
        "description": template.description,
        **place,
    }


@template_command.command("new")
@click.argument("name")
@click.option("--from", "other", required=True, metavar="OTHER", help="Template to start from.")
@click.option(
    "--in",
    "home",
    type=FolderType,
    default=None,
    help="Folder to make it in.  [default: the first of the user's folders, else this one]",
)
@template_path_option
@json_option
def new_command(name: str, other: str, home: Path | None, *, as_json: bool) -> None:
    """Start a template of one's own as a copy of another."""
    from hwsim.circuits.lint import require_sound
    from hwsim.circuits.search_path import user_folders
    from hwsim.circuits.template import load_template
    from hwsim.circuits.template_copy import copy_template

    origin = load_template(other)
    require_sound(origin)
    searched = user_folders()
    chosen = home or next(iter(searched), Path())
    folder = copy_template(origin, name, chosen)
    known = chosen.resolve() in {each.resolve() for each in searched}
    path = "" if known else f" --template-path {chosen}"
    following = f"hwsim template check {name}{path}"
    record = {"name": name, "from": other, "folder": folder, "next": following}

    def show(console: Console) -> None:
        console.print(f"{folder}: a copy of {other}")
        console.print(f"edit {folder / 'template.spice'}, then: {following}")

    emit(record, as_json=as_json, show=show)


template_command.add_command(show_command)
template_command.add_command(check_command)
template_command.add_command(characterize_command)
template_command.add_command(compare_command)
