"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import click

from hwsim.cli.output import QuantityType
from hwsim.cli.template_options import template_path_option

Command = TypeVar("Command", bound=Callable[..., object])

Partition = Literal["cell", "stage", "none"]
"""That of `hwsim.circuits.partition.part`, which would take long to import."""

data_option = click.option(
    "--data", default=None, help="A task or a .npz.  [default: the task it was trained on]"
)

seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**64 - 1),
    default=1,
    show_default=True,
    help="Of the production that the chips are from.",
)

FolderType = click.Path(file_okay=False, path_type=Path)
FileType = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Run:
    """What the user chose about a run of an export.

    Attributes:
        data: a task or a ``.npz``; None for the task the network was trained on.
        corner: process corner.
        temperature: degrees Celsius.
        pdk_root: folder of the installed PDKs, or None.
        workers: ngspice processes, or None for one a core.
        timeout: longest time for one recording, s.
        partition: what one deck of ngspice holds.
        scheduler: address of a Dask scheduler for ngspice, or None for this machine.

    Raises:
        click.UsageError: options that contradict each other.
    """

    data: str | None = None
    corner: str = "tt"
    temperature: float = 27.0
    pdk_root: Path | None = None
    workers: int | None = None
    timeout: float = 1800.0
    partition: Partition = "none"
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.scheduler is not None and self.workers is not None:
            raise click.UsageError("--workers are of this machine; a scheduler has its own")


scheduler_option = click.option(
    "--scheduler",
    metavar="ADDRESS",
    default=None,
    help="Run ngspice on a Dask cluster, a recording of a chip a task.",
)

partition_option = click.option(
    "--partition",
    type=click.Choice(["none", "stage", "cell"]),
    default="none",
    show_default=True,
    help="What one deck of ngspice holds: the whole network, a stage, or some cells.",
)


def conditions_options(command: Command) -> Command:
    """``--corner`` and ``--temperature`` of a run."""
    command = click.option("--corner", default="tt", show_default=True, help="Process corner.")(
        command
    )
    return click.option(
        "--temperature",
        type=QuantityType("C"),
        default="27",
        show_default=True,
        help="Degrees Celsius.",
    )(command)


def run_options(command: Command) -> Command:
    """``--workers`` and ``--timeout`` of a run."""
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


def run_of_export(command: Callable[..., None]) -> Callable[..., None]:
    """Every option about a run of an export, handed to the command as one `Run` named ``run``.

    So are ``--partition`` and ``--scheduler`` where the command has them.
    """

    @functools.wraps(command)
    def collected(
        *args: object,
        data: str | None,
        corner: str,
        temperature: float,
        pdk_root: Path | None,
        workers: int | None,
        timeout: float,
        partition: Partition = "none",
        scheduler: str | None = None,
        **others: object,
    ) -> None:
        run = Run(data, corner, temperature, pdk_root, workers, timeout, partition, scheduler)
        command(*args, run=run, **others)

    found = template_path_option(pdk_option(run_options(collected)))
    return data_option(conditions_options(found))
