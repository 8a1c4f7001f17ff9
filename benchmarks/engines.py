"""How much faster the behavioural engine is than ngspice on the same recordings, in one run.

    python benchmarks/engines.py [--samples N] [--json]

Prints seconds an inference of each engine on one worker and their ratio: ngspice one recording
after the other, the behavioural engine many drawn chips on all recordings (`run_chips`), with
mismatch alone and with every effect. All run on the same machine in the same minute, so that the
ratio means something on a shared one. Drawing the chips is counted, reading the export is not.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import click

from hwsim.chips.population import Population
from hwsim.circuits.export import Export, load_export
from hwsim.design.options import CompileOptions
from hwsim.engines.chip_runs import run_chips
from hwsim.engines.effects import EVERY_EFFECT, NOTHING_ELSE, Effects
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.foundation.assets import shipped
from hwsim.studies.exporting import export_checkpoint
from hwsim.studies.samples import evenly_spaced, judging_sequences

CHECKPOINT = "japanese_vowels_cmru_k3_d8.safetensors"


EFFECTS = {"mismatch": NOTHING_ELSE, "every effect": EVERY_EFFECT}


def seconds_in_ngspice(export: Export, samples: int) -> float:
    """Wall time of one inference, mean of some recordings."""
    everything = judging_sequences(export.design)
    few = everything.take(list(evenly_spaced(everything, samples)))
    engine = NgspiceEngine(export.circuits, export.results, workers=1)
    start = time.perf_counter()
    engine.run(export.design, few)
    return (time.perf_counter() - start) / samples


def seconds_in_behavioural(export: Export, chips: int, effects: Effects) -> float:
    """Wall time of one inference, mean over chips and recordings."""
    everything = judging_sequences(export.design)
    first = everything.take([0])
    run_chips(export.design, first, export.circuits, Population(0, 1), effects=effects, workers=1)
    start = time.perf_counter()
    population = Population(seed=1, count=chips)
    run_chips(export.design, everything, export.circuits, population, effects=effects, workers=1)
    return (time.perf_counter() - start) / (chips * len(everything))


@click.command()
@click.option("--samples", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--chips", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(samples: int, chips: int, as_json: bool) -> None:
    """Time both engines and print the ratios."""
    with tempfile.TemporaryDirectory(prefix="hwsim-") as folder:
        target = Path(folder) / "export"
        export_checkpoint(shipped("models") / CHECKPOINT, target, CompileOptions())
        export = load_export(target)
        slow = seconds_in_ngspice(export, samples)
        fast = {
            name: seconds_in_behavioural(export, chips, effects)
            for name, effects in EFFECTS.items()
        }
    found = {
        "samples": samples,
        "chips": chips,
        "ngspice": slow,
        "behavioural": fast,
        "ratio": {name: slow / each for name, each in fast.items()},
    }
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo(f"ngspice       {slow:.3g} s an inference, mean of {samples}")
        for name, each in fast.items():
            click.echo(
                f"{name:13s} {each:.3g} s an inference of {chips} chips, ratio {slow / each:.3g}"
            )


if __name__ == "__main__":
    main()
