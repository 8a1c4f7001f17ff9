"""The options of ``hwsim sweep``: what to find out, and where to compute it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from hwsim.cli.option_group import group
from hwsim.cli.options import FileType, Partition, data_option, partition_option, seed_option
from hwsim.cli.output import QuantityType

if TYPE_CHECKING:
    from hwsim.studies.sweep.prepare import Request

EngineName = Literal["behavioural", "ngspice"]

CHIPS = {"behavioural": 100, "ngspice": 2}
"""Chips of a point unless the user says how many."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants to know.

    Attributes:
        variations: as they were written.
        sobol: points of a Sobol sequence, or None.
        chips: of each point; None for the engine's default.
        samples: that each chip decides; None for the engine's default.
        seed: of the production.
        data: a task or a ``.npz``; None for the task the network was trained on.
        checkpoint: that the export was made of, or None.
    """

    variations: tuple[str, ...]
    sobol: int | None
    chips: int | None
    samples: int | None
    seed: int
    data: str | None
    checkpoint: Path | None

    def request(self, engine: EngineName) -> Request:
        """The wish as the studies take it.

        Raises:
            InputError: variations that cannot be read.
        """
        from hwsim.studies.sweep.prepare import Request
        from hwsim.studies.sweep.variation import parse_variation

        return Request(
            variations=tuple(parse_variation(words) for words in self.variations),
            sobol=self.sobol,
            chips=CHIPS[engine] if self.chips is None else self.chips,
            samples=1 if self.samples is None and engine == "ngspice" else self.samples,
            seed=self.seed,
            data=self.data,
            checkpoint=self.checkpoint,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the user wants it computed.

    Attributes:
        engine: that runs the chips.
        workers: threads or ngspice processes, or None for one a core.
        scheduler: address of a Dask scheduler, or None for this machine.
        device: that the behavioural engine computes on.
        timeout: longest time for one recording in ngspice, s.
        partition: what one deck of ngspice holds.

    Raises:
        click.UsageError: options that contradict each other.
    """

    engine: EngineName
    workers: int | None
    scheduler: str | None
    device: str
    timeout: float
    partition: Partition

    def __post_init__(self) -> None:
        if self.scheduler is not None and self.engine == "ngspice":
            raise click.UsageError("--scheduler runs the behavioural engine; ngspice runs here")
        if self.scheduler is not None and self.workers is not None:
            raise click.UsageError("--workers are of this machine; a scheduler has its own")
        if self.device != "numpy" and self.engine == "ngspice":
            raise click.UsageError("--device is of the behavioural engine")
        if self.partition != "none" and self.engine != "ngspice":
            raise click.UsageError("--partition is of ngspice")


_WISH = (
    click.option(
        "--vary",
        "variations",
        multiple=True,
        metavar="NAME=VALUES",
        help="A list a,b,c, a grid start:stop:count, or a span start:stop for --sobol; "
        "':log' after a grid or span spaces it by ratios. NAME is mismatch, noise, input-noise, "
        "temperature, vdd, corner, bits, unit-current, step, levels-half or template. Again for "
        "another one.",
    ),
    click.option(
        "--sobol", type=int, default=None, help="Points of a Sobol sequence over the spans."
    ),
    click.option(
        "--chips",
        type=click.IntRange(min=1),
        default=None,
        help="Chips of each point, always the same.  [default: 100; 2 in ngspice]",
    ),
    click.option(
        "--samples",
        type=click.IntRange(min=1),
        default=None,
        help="Recordings, spread evenly over the data.  [default: all; 1 in ngspice]",
    ),
    seed_option,
    data_option,
    click.option(
        "--checkpoint",
        type=FileType,
        default=None,
        help="That the export was made of, to vary bits or levels.  "
        "[default: among those that ship]",
    ),
)

_PLACE = (
    click.option(
        "--engine",
        type=click.Choice(["behavioural", "ngspice"]),
        default="behavioural",
        show_default=True,
    ),
    click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=None,
        help="Threads, or ngspice processes.  [default: one a core]",
    ),
    click.option("--scheduler", metavar="ADDRESS", default=None, help="Run on a Dask cluster."),
    click.option(
        "--device",
        default="numpy",
        show_default=True,
        help="Compute with numpy, or with torch on cpu, cuda or cuda:N.",
    ),
    click.option(
        "--timeout",
        type=QuantityType("s"),
        default="1800s",
        show_default=True,
        help="Longest time for one recording in ngspice.",
    ),
    partition_option,
)


wish_options = group(Wish, "wish", _WISH)
"""Every option about what to find out, handed to the command as one `Wish` named ``wish``."""

place_options = group(Place, "place", _PLACE)
"""Every option about where to compute, handed to the command as one `Place` named ``place``."""
