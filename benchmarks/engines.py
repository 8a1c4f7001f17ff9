"""How much faster the behavioural engine is than ngspice on the same recordings, in one run.

    python benchmarks/engines.py [--samples N] [--json]

Prints seconds an inference of each engine and their ratio. Both run on the same machine in the
same minute, so that the ratio means something on a shared one; ngspice runs in one process.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import click

from hwsim.circuits.export import load_export
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.design.options import CompileOptions
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.engine import Engine
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.foundation.assets import shipped
from hwsim.studies.exporting import export_checkpoint
from hwsim.studies.samples import evenly_spaced, judging_sequences

CHECKPOINT = "japanese_vowels_cmru_k3_d8.safetensors"


def seconds_per_inference(engine: Engine, design: Design, sequences: Sequences) -> float:
    """Wall time of one run over its number of sequences."""
    start = time.perf_counter()
    engine.run(design, sequences)
    return (time.perf_counter() - start) / len(sequences)


@click.command()
@click.option("--samples", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(samples: int, as_json: bool) -> None:
    """Time both engines and print the ratio."""
    with tempfile.TemporaryDirectory(prefix="hwsim-") as folder:
        target = Path(folder) / "export"
        export_checkpoint(shipped("models") / CHECKPOINT, target, CompileOptions())
        export = load_export(target)
        everything = judging_sequences(export.design)
        few = everything.take(list(evenly_spaced(everything, samples)))
        ngspice = NgspiceEngine(export.circuits, export.results, workers=1)
        slow = seconds_per_inference(ngspice, export.design, few)
        behavioural = BehaviouralEngine()
        fast = seconds_per_inference(behavioural, export.design, everything)
    found = {"ngspice": slow, "behavioural": fast, "ratio": slow / fast, "samples": samples}
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo(f"ngspice      {slow:.3g} s an inference, mean of {samples}")
        click.echo(f"behavioural  {fast:.3g} s an inference, mean of {len(everything)}")
        click.echo(f"ratio        {slow / fast:.3g}")


if __name__ == "__main__":
    main()
