"""How steady the cells of exports are when the candidates are noisy, in both engines.

    python benchmarks/noise.py DIR... [--noise 0.1] [--ngspice 2]

White noise on the inputs, so much that the candidates of the cells that tell recordings apart are
noisy by the given part of their rms: over the whole test set in the behavioural engine, and over a
few recordings in both engines. Every figure stands for all cells, and for those that tell. What
ngspice has finished is kept in ``DIR/results``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import click

from hwsim.circuits.export import Export, load_export
from hwsim.circuits.partition.part import Partition
from hwsim.data.sequences import Sequences
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.studies.accuracy import accuracy
from hwsim.studies.noise_figures import NoiseFigures
from hwsim.studies.noisy_inputs import (
    CellsInNoise,
    Run,
    Units,
    cells_in_noise,
    noisy,
    rms_of_inputs,
    telling_units,
)
from hwsim.studies.samples import evenly_spaced, judging_sequences


def show(engine: str, found: Mapping[str, CellsInNoise]) -> None:
    """Lines of figures."""
    for stage, cells in found.items():
        click.echo(f"  {engine}, {stage}: {cells.telling} of {cells.cells} cells tell")
        for name, figures in (("all cells", cells.all), ("those", cells.of_telling)):
            if figures is not None:
                click.echo(f"    {name:10s}{_told(figures)}")


def _told(figures: NoiseFigures) -> str:
    (chip,) = figures.chips
    return (
        f"noise {(chip.candidate_noise / chip.candidate) ** 0.5:.1%}, "
        f"exact states {chip.same.value:.2%}, "
        f"rms suppression {figures.suppression.value:.2f}, "
        f"margin {chip.margin:.2f} rms, 5th percentile {chip.low_margin:.2f}"
    )


def compare(
    export: Export,
    run: Run,
    engine: str,
    telling: Mapping[str, Units],
    pair: tuple[Sequences, Sequences],
) -> None:
    """Run recordings without and with noise, and show what changed."""
    design = export.design
    trips = _behavioural(export).trip_points(design)
    quiet, changed = (run(each) for each in pair)
    shares = [accuracy(design, trace, pair[0]).value for trace in (quiet, changed)]
    click.echo(f"  {engine}: {shares[0]:.1%} right, in noise {shares[1]:.1%}")
    show(engine, cells_in_noise(design, trips, telling, quiet, changed))


def _behavioural(export: Export) -> BehaviouralEngine:
    return BehaviouralEngine(chip_model(export.design, export.circuits))


@click.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=Path)
@click.option("--noise", type=float, default=0.1, show_default=True)
@click.option("--ngspice", "few", type=click.IntRange(min=0), default=0, help="recordings")
@click.option("--partition", type=click.Choice(["none", "cell", "stage"]), default="cell")
@click.option("--workers", type=click.IntRange(min=1), help="ngspice processes; one a core")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
def main(
    folders: tuple[Path, ...],
    noise: float,
    few: int,
    partition: Partition,
    workers: int | None,
    seed: int,
) -> None:
    """Run every export with and without noise and compare."""
    for folder in folders:
        export = load_export(folder)
        design, everything = export.design, judging_sequences(export.design)
        behavioural: Run = partial(_behavioural(export).run, design)
        rms = rms_of_inputs(design, behavioural, everything, noise, seed)
        click.echo(f"{folder.name} on {design.technology}, noise of {rms:.3f} on inputs")
        changed = noisy(everything, design, rms, seed)
        telling = telling_units(design, behavioural(everything))
        compare(export, behavioural, "behavioural", telling, (everything, changed))
        if few:
            places = list(evenly_spaced(everything, few))
            pair = everything.take(places), changed.take(places)
            engine = NgspiceEngine(
                export.circuits, export.results, partition=partition, workers=workers
            )
            compare(export, behavioural, f"behavioural, {few} recordings", telling, pair)
            ngspice: Run = partial(engine.run, design)
            compare(export, ngspice, f"ngspice, {few} recordings", telling, pair)


if __name__ == "__main__":
    main()
