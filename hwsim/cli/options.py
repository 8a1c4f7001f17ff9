"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from hwsim.cli.output import QuantityType

Command = TypeVar("Command", bound=Callable[..., object])

FolderType = click.Path(file_okay=False, path_type=Path)
FileType = click.Path(dir_okay=False, path_type=Path)


def conditions_options(command: Command) -> Command:
    """``--corner`` and ``--temperature`` of a run in ngspice."""
    command = click.option(
        "--corner", default="tt", show_default=True, help="Process corner (ngspice)."
    )(command)
    return click.option(
        "--temperature",
        type=QuantityType("C"),
        default="27",
        show_default=True,
        help="Degrees Celsius (ngspice).",
    )(command)


def run_options(command: Command) -> Command:
    """``--workers`` and ``--timeout`` of a run in ngspice."""
    command = click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=None,
        help="ngspice processes.  [default: one a core]",
    )(command)
    return click.option(
        "--timeout",
        type=QuantityType("s"),
        default="1800s",
        show_default=True,
        help="Longest time for one recording.",
    )(command)


def pdk_option(command: Command) -> Command:
    """``--pdk-root`` of a command that needs the transistors of a technology."""
    return click.option(
        "--pdk-root",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=None,
        help="Folder of the installed PDKs.  [default: PDK_ROOT, ~/.ciel]",
    )(command)


data_option = click.option(
    "--data", default=None, help="A task or a .npz.  [default: the task it was trained on]"
)
