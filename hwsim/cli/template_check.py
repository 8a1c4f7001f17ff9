"""``hwsim template check``: is a template sound, and does it meet its specification?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.options import pdk_option
from hwsim.cli.output import emit, json_option
from hwsim.cli.template_options import measured, measuring_options, template_path_option

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.circuits.technology import Technology
    from hwsim.foundation.errors import HwsimError
    from hwsim.studies.template_check import Effort, TemplateCheck

DEFAULT_TECHNOLOGY = "generic180"


@click.command("check")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Every template that can be found.")
@click.option(
    "--technology",
    "technologies",
    multiple=True,
    help="May be given again.  [default: generic180; with --all every one whose models are there]",
)
@click.option(
    "--monte-carlo",
    "chips",
    type=click.IntRange(min=0, max=100_000),
    default=0,
    metavar="N",
    help="Yield over N chips with drawn transistors.",
)
@click.option(
    "--static",
    "static_only",
    is_flag=True,
    help="Operating points alone: seconds, and no figure of a transient.",
)
@measuring_options
@pdk_option
@template_path_option
@json_option
@click.pass_context
def check_command(
    context: click.Context,
    name: str | None,
    technologies: tuple[str, ...],
    chips: int,
    timeout: float,
    pdk_root: Path | None,
    *,
    everything: bool,
    static_only: bool,
    as_json: bool,
) -> None:
    """Check a template: its text first, then its specification over corners.

    Exits 1 when a line of the specification fails, 2 when the text or the description is wrong or
    ngspice finds no solution of the circuit, 3 when the time is up.
    """
    if (name is None) != everything:
        raise click.UsageError("give the NAME of a template, or --all")
    if static_only and chips:
        raise click.UsageError("--monte-carlo takes its transistors from the whole measurement")
    from hwsim.circuits.search_path import template_names
    from hwsim.studies.template_check import Effort

    effort = Effort(static_only=static_only, chips=chips, timeout_seconds=timeout)
    start = time.monotonic()
    names = template_names() if name is None else (name,)
    chosen = list(_technologies(technologies, pdk_root, everything=everything))
    checks, errors = [], []
    for each in names:
        for technology in chosen:
            try:
                checks.append(_check(each, technology, effort, as_json=as_json))
            except _told_errors() as error:
                if not everything:
                    raise
                errors.append((each, technology.name, error))
    passed = not errors and all(check.passed for check in checks)
    record = {
        "pass": passed,
        "templates": [
            *(check.record() for check in checks),
            *(_failure(*error) for error in errors),
        ],
        "seconds": time.monotonic() - start,
    }
    emit(record, as_json=as_json, show=lambda console: _show(console, checks, errors))
    codes = [error.exit_code for _, _, error in errors]
    codes += [2 for check in checks if check.findings]
    codes += [1 for check in checks if not check.passed]
    context.exit(max(codes, default=0))


def _check(name: str, technology: Technology, effort: Effort, *, as_json: bool) -> TemplateCheck:
    from hwsim.circuits.template import load_template
    from hwsim.studies.template_check import check_template

    template = load_template(name)
    with measured(f"{name} on {technology.name}", as_json=as_json) as on_progress:
        return check_template(template, technology, effort, on_progress)


def _told_errors() -> type[HwsimError]:
    from hwsim.foundation.errors import HwsimError

    return HwsimError


def _technologies(
    names: tuple[str, ...], pdk_root: Path | None, *, everything: bool
) -> Iterator[Technology]:
    """Technologies by name; with --all and no names, those whose models can be found."""
    from hwsim.circuits.technology import load_technology, technology_names
    from hwsim.foundation.errors import InputError

    if names or not everything:
        for name in dict.fromkeys(names or (DEFAULT_TECHNOLOGY,)):
            technology = load_technology(name, pdk_root)
            technology.card_text()  # a PDK that is not there is told before anything runs
            yield technology
        return
    for name in technology_names():
        technology = load_technology(name, pdk_root)
        try:
            technology.card_text()
        except InputError as error:
            if pdk_root is not None:
                raise
            click.echo(f"left out: {name}: {error}", err=True)
        else:
            yield technology


def _failure(name: str, technology: str, error: HwsimError) -> dict[str, object]:
    return {
        "name": name,
        "technology": technology,
        "pass": False,
        "error": str(error),
        "findings": [],
        "lines": [],
    }


def _show(
    console: Console, checks: list[TemplateCheck], errors: list[tuple[str, str, HwsimError]]
) -> None:
    from hwsim.report.template_tables import check_tables

    for check in checks:
        for part in check_tables(check):
            console.print(part)
    for name, technology, error in errors:
        console.print(f"{name} on {technology}: FAILS")
        console.print(f"  {error}")
