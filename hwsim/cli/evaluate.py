"""``hwsim evaluate``: the accuracy of a checkpoint in software."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cells.kinds import KINDS
from hwsim.cli.options import FileType, data_option, seed_option
from hwsim.cli.output import emit, json_option, percent, progress
from hwsim.foundation.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.checkpoints.checkpoint import Checkpoint
    from hwsim.chips.population import Population
    from hwsim.data.sequences import Splits
    from hwsim.studies.noise_figures import NoiseFigures
    from hwsim.studies.software_chips import SoftwareChips


@click.command("evaluate")
@click.argument("checkpoint", type=FileType)
@data_option
@click.option("--chips", type=click.IntRange(min=1), help="Draw so many chips of the network.")
@click.option(
    "--mismatch", type=float, help="Of every parameter of a chip, relative.  [default: 0.1]"
)
@click.option("--noise", type=float, help="Of candidates of chips, over their rms.  [default: 0]")
@seed_option
@json_option
def evaluate_command(
    checkpoint: Path,
    data: str | None,
    chips: int | None,
    mismatch: float | None,
    noise: float | None,
    seed: int,
    *,
    as_json: bool,
) -> None:
    """Score a checkpoint's float network, also one that no circuit can be made of.

    With --chips, also as chips on the test set: every weight, bias, step and threshold of a chip is
    off by itself. With --noise, the candidates of its cells are noisy from step to step too.
    """
    from hwsim.checkpoints.checkpoint import load_checkpoint
    from hwsim.data.tasks import load_task
    from hwsim.training.evaluation import accuracies

    wanted = _population(chips, mismatch, noise, seed)
    network = load_checkpoint(checkpoint)
    name, splits = load_task(data or network.header.task)
    found = accuracies(network, splits)
    drawn = None if wanted is None else _chips(network, splits, wanted, noise or 0.0, as_json)
    header = network.header
    record: dict[str, object] = {
        "checkpoint": checkpoint,
        "cell": header.cell.kind,
        "units": header.units,
        "task": name,
        "accuracy": found,
    }
    if drawn is not None and wanted is not None:
        settings = {"mismatch": wanted.mismatch_scale, "noise": noise or 0.0, "seed": seed}
        record["chips"] = settings | drawn.record()

    def show(console: Console) -> None:
        from rich.table import Table

        table = Table("accuracy", *found)
        table.add_row(KINDS[header.cell.kind].title, *(percent(each) for each in found.values()))
        console.print(table)
        if header.task == name and "validation" not in found:
            console.print("training: with the part that was held out for validation")
        if drawn is not None:
            _show_chips(console, drawn)

    emit(record, as_json=as_json, show=show)


def _population(
    chips: int | None, mismatch: float | None, noise: float | None, seed: int
) -> Population | None:
    """The chips that are asked for.

    Raises:
        InputError: a spread or a noise that none can be, or one without chips.
    """
    if noise is not None and not 0 <= noise < math.inf:
        raise InputError(f"the noise cannot be {noise}", hint="0 switches it off")
    if chips is None:
        if mismatch is not None or noise is not None:
            raise InputError("mismatch and noise are of chips", hint="say how many: --chips 1000")
        return None
    from hwsim.chips.population import Population

    return Population(seed, chips, mismatch_scale=0.1 if mismatch is None else mismatch)


def _chips(
    network: Checkpoint, splits: Splits, chips: Population, noise: float, as_json: bool
) -> SoftwareChips:
    from hwsim.studies.software_chips import software_chips

    with progress("chips", chips.count, as_json=as_json) as advance:
        return software_chips(network, splits.test, chips, noise, advance)


def _show_chips(console: Console, drawn: SoftwareChips) -> None:
    from rich.table import Table

    table = Table("chips", "no deviation", "median", "5th percentile", "worst")
    accuracies = (drawn.nominal, drawn.median, drawn.low, float(drawn.accuracies.min()))
    table.add_row(str(len(drawn.accuracies)), *(percent(each) for each in accuracies))
    console.print(table)
    if not drawn.noise:
        return
    heads = ("exact states", "rms suppression", "margin over noise", "5th percentile")
    table = Table("cells", "that tell", *heads)
    for each, telling, those in zip(drawn.noise, drawn.telling, drawn.of_telling, strict=True):
        table.add_row(each.stage, f"{telling:.3g}", *_figures(each))
        if those is not None:
            table.add_row("those that tell", "", *_figures(those))
    console.print(table)


def _figures(noise: NoiseFigures) -> tuple[str, ...]:
    figures = (noise.suppression, noise.margin, noise.low_margin)
    states = f"{100 * noise.same_states.over_chips.value:.2f} %"
    return states, *(f"{figure.value:.3g}" for figure in figures)
