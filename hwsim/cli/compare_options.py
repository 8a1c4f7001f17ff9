"""Options of ``hwsim template compare`` about a network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from hwsim.cli.option_group import group_of
from hwsim.cli.options import FolderType, data_option, seed_option

PICTURE = "verdict.png"
SUMMARY = "verdict.json"


class _CountType(click.ParamType[int]):
    """A number of at least one, or the word ``all``, which is 0."""

    name = "count"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read the word of the command line."""
        word = str(value)
        if word == "all":
            return 0
        if not word.isdecimal() or int(word) < 1:
            self.fail(f"'{word}' is neither 'all' nor a number from 1", param, ctx)
        return int(word)


@dataclass(frozen=True, slots=True)
class Trial:
    """What the user wants of a network.

    Attributes:
        network: folder of its export.
        chips: how many are run with each template.
        samples: that every chip decides; 0 for all.
        seed: of the production.
        data: a task or a ``.npz``; None for the task the network was trained on.
        out: folder for picture and summary, or None.
    """

    network: Path
    chips: int
    samples: int
    seed: int
    data: str | None
    out: Path | None


_TRIAL = (
    click.option(
        "--network",
        type=FolderType,
        default=None,
        metavar="DIR",
        help="Also run this export with each template, over the same chips.",
    ),
    click.option("--chips", type=click.IntRange(min=1), default=200, show_default=True),
    click.option(
        "--samples",
        type=_CountType(),
        default="all",
        show_default=True,
        help="Recordings, spread evenly over the data.",
    ),
    seed_option,
    data_option,
    click.option(
        "--out", type=FolderType, default=None, help=f"Write {PICTURE} and {SUMMARY} here."
    ),
)


trial_options = group_of(
    Trial,
    "trial",
    _TRIAL,
    head="network",
    otherwise="of a network: name its export with --network",
)
"""Every option about a network, as one `Trial` named ``trial``; None without ``--network``."""
