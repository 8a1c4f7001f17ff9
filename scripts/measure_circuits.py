"""Measure the shipped circuits in ngspice: the numbers in `netlists/` and `docs/circuits.md`.

    python scripts/measure_circuits.py                           # a table
    python scripts/measure_circuits.py --json                    # one JSON object, SI units
    python scripts/measure_circuits.py --technology gf180mcuD    # another technology

Each cell stands alone between ideal sources and is biased as in a network: the same templates,
the unit current on its lines, thresholds and levels as numbers of unit transistors.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from measuring.bench import Bench, Measurement
from measuring.cmru import ladder_measurements
from measuring.fq_bmru import comparator_measurements
from measuring.mirror import mirror_measurements
from measuring.splitter import splitter_measurements
from measuring.transistor import device_measurements

from hwsim.circuits.circuit_set import DEFAULT_TEMPLATES
from hwsim.circuits.technology import Technology, load_technology
from hwsim.circuits.template import load_template
from hwsim.foundation.quantities import format_quantity
from hwsim.spice import WorkerPool

MIRRORS = ("mirror_cascode", "mirror_plain")


def measurements(technology: Technology, folder: Path) -> Iterator[Measurement]:
    """Everything, in the order of the table; the decks are written into `folder`."""
    templates = {str(kind): load_template(name, kind) for kind, name in DEFAULT_TEMPLATES.items()}
    with WorkerPool(1, timeout_seconds=120.0) as pool:
        bench = Bench(technology, templates, folder, pool)
        bench.prepare()
        yield from device_measurements(bench)
        yield from splitter_measurements(bench)
        yield from ladder_measurements(bench)
        yield from comparator_measurements(bench)
        for name in MIRRORS:
            others = {**templates, "mirror": load_template(name, "mirror")}
            bench = Bench(technology, others, folder, pool)
            bench.prepare()
            yield from mirror_measurements(bench)


@click.command()
@click.option("--technology", "name", default="generic180", show_default=True)
@click.option("--pdk-root", type=click.Path(path_type=Path), help="Folder of the installed PDKs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def main(name: str, pdk_root: Path | None, as_json: bool) -> None:
    """Measure unit transistors, cells and mirrors."""
    found = {}
    technology = load_technology(name, pdk_root)
    with tempfile.TemporaryDirectory(prefix="hwsim-") as folder:
        for one in measurements(technology, Path(folder)):
            found[one.name] = one.value
            if not as_json:
                text = format_quantity(one.value, one.unit) if one.unit else f"{one.value:.4f}"
                click.echo(f"{one.name:<58} {text}")
    if as_json:
        click.echo(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
