"""How a network in parts agrees with the same network in one deck, on recordings of an export.

    python benchmarks/partition_agreement.py DIR... [--samples 8] [--partition cell] [--json FILE]

Both runs are kept in ``DIR/results``, so that what is there costs nothing. The network in one deck
takes minutes a recording. `scripts/transistor_figures.py` puts what ``--json`` writes into the
documentation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np

from hwsim.circuits.export import Export, load_export
from hwsim.circuits.partition.part import Partition
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.engines.trace import Floats, Trace
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


def figures(export: Export, parted: Trace, whole: Trace) -> dict[str, object]:
    """What is equal, and how far the rest differs, of the network in one deck."""
    mask, design = whole.mask, export.design
    currents, differ, states = {}, 0, 0
    for name, stage in whole.stages.items():
        found = parted.stages[name]
        currents[name] = _relative(found.current[mask], stage.current[mask])
        if stage.state is not None and found.state is not None:
            differ += int((found.state[mask] != stage.state[mask]).sum())
            states += stage.state[mask].size
    equal = parted.decisions(design.readout) == whole.decisions(design.readout)
    volts = design.operating.supply_voltage
    energy = np.abs(parted.supply_power(volts) / whole.supply_power(volts) - 1.0)
    return {
        "name": design.name,
        "technology": design.technology,
        "samples": len(equal),
        "decisions_equal": int(equal.sum()),
        "states_differ": differ,
        "states": states,
        "currents": currents,
        "outputs": _relative(parted.outputs[mask], whole.outputs[mask]),
        "energy": float(energy.max()),
        "told": [*parted.violations, *parted.attempts],
    }


def _relative(found: Floats, wanted: Floats) -> float:
    """Rms difference over rms."""
    return float(np.sqrt(((found - wanted) ** 2).mean() / (wanted**2).mean()))


def show(found: Mapping[str, Any]) -> None:
    """The figures of one export as lines."""
    click.echo(f"{found['name']} on {found['technology']}, {found['samples']} recordings")
    for name, error in found["currents"].items():
        click.echo(f"  {name:10s} currents differ by {error:.3%} rms")
    click.echo(f"  outputs differ by {found['outputs']:.3%} rms")
    click.echo(f"  {found['states_differ']} of {found['states']} states differ")
    click.echo(f"  {found['decisions_equal']} of {found['samples']} decisions equal")
    click.echo(f"  energy of a recording differs by {found['energy']:.3%} at most")
    for text in found["told"]:
        click.echo(f"  {text}")


@click.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=Path)
@click.option("--samples", type=click.IntRange(min=1), default=8, show_default=True)
@click.option("--partition", type=click.Choice(["cell", "stage"]), default="cell")
@click.option("--json", "target", type=click.Path(dir_okay=False, path_type=Path), default=None)
def main(
    folders: tuple[Path, ...], samples: int, partition: Partition, target: Path | None
) -> None:
    """Run every export both ways and compare."""
    designs = []
    for folder in folders:
        export = load_export(folder)
        designs.append(figures(export, *traces(export, samples, partition)))
        show(designs[-1])
    if target is not None:
        target.write_text(json.dumps({"designs": designs}, indent=1) + "\n")


if __name__ == "__main__":
    main()
