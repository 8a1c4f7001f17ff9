"""What cutting a network into parts costs and saves in ngspice, in one run.

    python benchmarks/partition.py [--units 64] [--recording 0] [--steps N] [--whole/--no-whole]
        [--fit] [--halved]

Two blocks of 7-level ladders with random weights on a Japanese-vowels recording, on all cores: the
parts, then the network in one deck, with wall time, CPU time, peak memory and the differences
between them. Wall times of a busy machine say little: CPU times are printed beside them, and the
load. `--steps` shortens the recording; the operating point counts in every run, so that a short one
is not the whole truth. With `--fit`: CPU time over networks of 8 to 256 cells with eight weights
a row. With `--halved`: the parts again with every time step halved.

The network in one deck takes hours where the parts take minutes: `--no-whole` leaves it out.
"""

from __future__ import annotations

import json
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

import click
import numpy as np
from random_network import Drawn, Network, draw

from hwsim.circuits.attempts import Attempt, finer_steps
from hwsim.circuits.partition.part import Partition
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.engines.trace import Floats, Trace

FIT_CELLS = (8, 16, 32, 64, 128, 256)
"""Cells of the networks of the fit, half of them in each block."""

FIT_WEIGHTS = 8
"""Weights of a row there: rows as long as the network would grow with it."""

FIT_STEPS = 2

DEADLINE = 24 * 3600.0
"""For one deck, s."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took.

    Attributes:
        wall: s.
        cpu: of all workers, s.
        own_cpu: of the process that hands out the decks, s.
        memory: of the largest process so far, GiB.
        load: of the machine at the end, processes over the last minute.
    """

    wall: float
    cpu: float
    own_cpu: float
    memory: float
    load: float


def run(network: Network, partition: Partition, timeout: float = DEADLINE) -> tuple[Trace, Cost]:
    """Run a network from nothing."""
    with tempfile.TemporaryDirectory(prefix="hwsim-") as folder:
        engine = NgspiceEngine(
            network.circuits, Path(folder), partition=partition, timeout_seconds=timeout
        )
        wall, cpu, own = time.perf_counter(), _cpu(resource.RUSAGE_CHILDREN), time.process_time()
        trace = engine.run(network.design, network.sequences)
        wall, own = time.perf_counter() - wall, time.process_time() - own
        cpu = _cpu(resource.RUSAGE_CHILDREN) - cpu
    memory = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)
    )
    return trace, Cost(wall, cpu, own, memory / 2**20, os.getloadavg()[0])


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def differences(design: Network, found: Trace, wanted: Trace) -> dict[str, float]:
    """How two traces of a network differ."""
    mask = wanted.mask
    pairs = [(found.stages[each].state, wanted.stages[each].state) for each in wanted.stages]
    states = [one[mask] != two[mask] for one, two in pairs if one is not None and two is not None]
    readout = design.design.readout
    volts = design.design.operating.supply_voltage
    power = found.supply_power(volts) / wanted.supply_power(volts)
    return {
        "states": float(sum(each.sum() for each in states)),
        "of": float(sum(each.size for each in states)),
        "decisions": float((found.decisions(readout) != wanted.decisions(readout)).sum()),
        "outputs": _relative(found.outputs[mask], wanted.outputs[mask]),
        "energy": float(power.mean() - 1.0),
    }


def _relative(found: Floats, wanted: Floats) -> float:
    """Rms difference over rms."""
    return float(np.sqrt(((found - wanted) ** 2).mean() / (wanted**2).mean()))


@contextmanager
def halved_steps() -> Iterator[None]:
    """Every deck with its time steps halved."""
    finer = Attempt("halved", lambda deck: finer_steps(deck, 1))
    with patch("hwsim.engines.transients.attempts_at", lambda _deck: (finer,)):
        yield


def fit(partition: Partition) -> dict[str, object]:
    """CPU time over the number of cells."""
    costs = {}
    for cells in FIT_CELLS:
        size = Drawn(cells // 2, fan_in=FIT_WEIGHTS)
        _, cost = run(draw(size, FIT_STEPS), partition)
        costs[cells] = cost.cpu
        click.echo(f"{cells:4d} cells  {cost.cpu:7.1f} s CPU, {cost.cpu / cells:.3g} a cell")
    cells, seconds = np.array(list(costs)), np.array(list(costs.values()))
    exponent = float(np.polyfit(np.log(cells), np.log(seconds), 1)[0])
    slope, start = (float(each) for each in np.polyfit(cells, seconds, 1))
    straight = slope * cells + start
    spread = ((seconds - straight) ** 2).sum() / ((seconds - seconds.mean()) ** 2).sum()
    found: dict[str, object] = {
        "seconds": costs,
        "exponent": exponent,
        "seconds_a_cell": slope,
        "r_squared": float(1.0 - spread),
    }
    click.echo(
        f"CPU time grows with cells to the power {exponent:.2f}; "
        f"{slope:.3g} s a cell of {FIT_STEPS} steps, R^2 {found['r_squared']:.4f}"
    )
    return found


def show(name: str, cost: Cost) -> None:
    """One line of costs."""
    click.echo(
        f"{name:8s} {cost.wall:8.1f} s wall  {cost.cpu:8.1f} s CPU  {cost.own_cpu:6.1f} s own CPU"
        f"  {cost.memory:.2f} GiB  load {cost.load:.1f}"
    )


def show_differences(what: str, found: dict[str, float]) -> None:
    """One line of differences."""
    click.echo(
        f"{what}: {found['states']:.0f} of {found['of']:.0f} states and "
        f"{found['decisions']:.0f} decisions differ, outputs {found['outputs']:.3%} rms, "
        f"energy {found['energy']:+.3%}"
    )


@click.command()
@click.option("--units", type=click.IntRange(min=1), default=64, show_default=True)
@click.option("--steps", type=click.IntRange(min=1), default=None, help="[default: all]")
@click.option("--recording", type=click.IntRange(0, 369), default=0, help="136 is the shortest.")
@click.option("--partition", type=click.Choice(["cell", "stage"]), default="cell")
@click.option("--whole/--no-whole", default=True, show_default=True)
@click.option("--halved", is_flag=True)
@click.option("--fit", "fitted", is_flag=True)
@click.option("--json", "target", type=click.Path(path_type=Path), default=None)
def main(
    units: int,
    steps: int | None,
    recording: int,
    partition: Partition,
    *,
    whole: bool,
    halved: bool,
    fitted: bool,
    target: Path | None,
) -> None:
    """Time the parts and the whole, and compare them."""
    network = draw(Drawn(units), steps, recording=recording)
    count = int(network.sequences.lengths[0])
    click.echo(f"two blocks of {units} ladders, {count} steps")
    trace, cost = run(network, partition)
    show(partition, cost)
    for text in (*trace.violations, *trace.attempts):
        click.echo(f"  {text}")
    record: dict[str, object] = {
        "units": units,
        "recording": recording,
        "steps": count,
        partition: asdict(cost),
    }
    if halved:
        with halved_steps():
            finer, finer_cost = run(network, partition)
        show("halved", finer_cost)
        record["halved"] = differences(network, trace, finer)
        show_differences("against halved steps", differences(network, trace, finer))
    if whole:
        one, whole_cost = run(network, "none")
        show("none", whole_cost)
        record |= {"none": asdict(whole_cost), "differences": differences(network, trace, one)}
        show_differences("against one deck", differences(network, trace, one))
        click.echo(
            f"one deck over parts: {whole_cost.wall / cost.wall:.1f} by wall time, "
            f"{whole_cost.cpu / cost.cpu:.1f} by CPU time"
        )
    if fitted:
        record["fit"] = fit(partition)
    if target is not None:
        target.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
