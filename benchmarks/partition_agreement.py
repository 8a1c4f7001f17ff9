"""How a network in parts agrees with the same network in one deck, on recordings of an export.

    python benchmarks/partition_agreement.py DIR... [--samples 8] [--partition cell]

Both runs are kept in ``DIR/results``, so that what is there costs nothing. The network in one deck
takes minutes a recording.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from hwsim.circuits.export import Export, load_export
from hwsim.circuits.partition.part import Partition
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.engines.trace import Trace
from hwsim.studies.samples import evenly_spaced, judging_sequences


def traces(export: Export, samples: int, partition: Partition) -> tuple[Trace, Trace]:
    """In parts and in one deck."""
    everything = judging_sequences(export.design)
    sequences = everything.take(list(evenly_spaced(everything, samples)))
    engines = (
        NgspiceEngine(export.circuits, export.results, partition=each, timeout_seconds=24 * 3600)
        for each in (partition, "none")
    )
    parted, whole = (engine.run(export.design, sequences) for engine in engines)
    return parted, whole


def show(export: Export, parted: Trace, whole: Trace) -> None:
    """What is equal, and how far the rest differs."""
    mask, design = whole.mask, export.design
    for name, stage in whole.stages.items():
        found = parted.stages[name].current[mask] - stage.current[mask]
        error = np.sqrt((found**2).mean() / (stage.current[mask] ** 2).mean())
        line = f"  {name:10s} currents differ by {error:.3%} rms"
        if stage.state is not None and (state := parted.stages[name].state) is not None:
            wrong = int((state[mask] != stage.state[mask]).sum())
            line += f", {wrong} of {stage.state[mask].size} states"
        click.echo(line)
    equal = parted.decisions(design.readout) == whole.decisions(design.readout)
    volts = design.operating.supply_voltage
    energy = np.abs(parted.supply_power(volts) / whole.supply_power(volts) - 1.0)
    click.echo(f"  {int(equal.sum())} of {len(equal)} decisions equal")
    click.echo(f"  energy of a recording differs by {energy.max():.3%} at most")
    for text in (*parted.violations, *parted.attempts):
        click.echo(f"  {text}")


@click.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=Path)
@click.option("--samples", type=click.IntRange(min=1), default=8, show_default=True)
@click.option("--partition", type=click.Choice(["cell", "stage"]), default="cell")
def main(folders: tuple[Path, ...], samples: int, partition: Partition) -> None:
    """Run every export both ways and compare."""
    for folder in folders:
        export = load_export(folder)
        click.echo(f"{export.design.name} on {export.design.technology}, {samples} recordings")
        show(export, *traces(export, samples, partition))


if __name__ == "__main__":
    main()
