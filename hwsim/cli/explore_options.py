"""The options of ``hwsim explore``: what to look at, and how closely."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cli.option_group import group
from hwsim.cli.options import FileType, data_option, seed_option

if TYPE_CHECKING:
    from hwsim.studies.explore.run import Request


@dataclass(frozen=True, slots=True)
class Survey:
    """What the user wants to know of a design space.

    Attributes:
        variations: as they were written.
        chips: of a point of the finals.
        samples: that each of them decides; None for all.
        screening_chips: of a point of the screening.
        screening_samples: that each of them decides.
        finals: points of the finals.
        overdrive: at which a candidate has to be decided in time.
        seed: of the production.
        data: a task or a ``.npz``; None for the task the network was trained on.
        checkpoint: that the export was made of, or None.
    """

    variations: tuple[str, ...]
    chips: int
    samples: int | None
    screening_chips: int
    screening_samples: int
    finals: int
    overdrive: float
    seed: int
    data: str | None
    checkpoint: Path | None

    def request(self) -> Request:
        """The wish as the studies take it.

        Raises:
            InputError: variations that cannot be read, or an overdrive that is none.
        """
        from hwsim.studies.explore.run import Request
        from hwsim.studies.sweep.variation import parse_variation

        return Request(
            asked=tuple(parse_variation(words) for words in self.variations),
            chips=self.chips,
            samples=self.samples,
            screening_chips=self.screening_chips,
            screening_samples=self.screening_samples,
            finals=self.finals,
            overdrive=self.overdrive,
            seed=self.seed,
            data=self.data,
            checkpoint=self.checkpoint,
        )


_SURVEY = (
    click.option(
        "--vary",
        "variations",
        multiple=True,
        metavar="NAME=VALUES",
        help="A list a,b,c or a grid start:stop:count in the place of the values around the "
        "export. NAME is bits, levels-half, template, vdd, unit-current or step. Again for "
        "another one.",
    ),
    click.option(
        "--chips",
        type=click.IntRange(min=2),
        default=200,
        show_default=True,
        help="Chips of each point of the finals.",
    ),
    click.option(
        "--samples",
        type=click.IntRange(min=1),
        default=None,
        help="Recordings of the finals, spread evenly over the data.  [default: all]",
    ),
    click.option(
        "--screening-chips",
        type=click.IntRange(min=1),
        default=10,
        show_default=True,
        help="Chips of every point that can work.",
    ),
    click.option(
        "--screening-samples",
        type=click.IntRange(min=1),
        default=100,
        show_default=True,
        help="Recordings of the screening, at most.",
    ),
    click.option(
        "--finals",
        type=click.IntRange(min=1),
        default=24,
        show_default=True,
        help="Points of the foremost fronts that go on to the finals.",
    ),
    click.option(
        "--overdrive",
        type=float,
        default=0.05,
        show_default=True,
        help="A candidate so far beyond its threshold, as a fraction of it, is decided in time.",
    ),
    seed_option,
    data_option,
    click.option(
        "--checkpoint",
        type=FileType,
        default=None,
        help="That the export was made of.  [default: among those that ship]",
    ),
)


survey_options = group(Survey, "survey", _SURVEY)
"""Every option about what to look at, handed to the command as one `Survey` named ``survey``."""
