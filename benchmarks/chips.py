"""How fast the behavioural engine runs many chips, as ratios measured in one run.

    python benchmarks/chips.py [--full] [--turns] [--json]

The standard job (1000 chips, 500 samples, 64 steps, one block of 16 ladders of 15 levels, 8 inputs,
mismatch) as users run it, by `run_chips`: a compiled network with the power of every chip, in
float64. With mismatch alone, with noise from step to step, and with every effect, against the same
network's decisions computed naively, chip by chip in NumPy float32; against the matrix product of
as many multiplications; its peak memory in a process of its own; and how its time grows with chips,
samples and steps. Fewer chips than 1000 unless ``--full``: the fit tells what more would take.
``--turns`` leaves out every effect, memory and growth. The ratio to ngspice is that of
`benchmarks/engines.py`.

Everything is timed in turns, so that ratios mean something on a machine that does other things.
Wall times let the engine use all its workers; CPU times say what the arithmetic itself costs.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import Any

import click
import numpy as np
from standard_network import (
    Decisions,
    Network,
    Size,
    draw_network,
    run_network,
    run_network_naively,
)
from threadpoolctl import threadpool_limits

from hwsim.engines.effects import EVERY_EFFECT, NOTHING_ELSE, Effects
from hwsim.engines.forms import Form

Run = Callable[[Network, int, Effects], Decisions]
"""`run_network` with its form and its workers: called with a network, chips and effects."""

Times = dict[str, list[float]]

AXES = ("chips", "samples", "steps")
FRACTIONS = (0.25, 0.5, 0.75, 1.0)
"""Of the size of the job, for fits of how its time grows."""


def take_turns(works: dict[str, Callable[[], object]], rounds: int) -> tuple[Times, Times]:
    """Wall and CPU seconds of each work in each round; the works take turns.

    Matrix products run on one thread: threads of their own would count in neither time as they
    should.
    """
    wall: Times = {name: [] for name in works}
    cpu: Times = {name: [] for name in works}
    with threadpool_limits(1, user_api="blas"):
        for _ in range(rounds):
            for name, work in works.items():
                started, busy = time.perf_counter(), time.process_time()
                work()
                cpu[name].append(time.process_time() - busy)
                wall[name].append(time.perf_counter() - started)
    return wall, cpu


def best(times: Times) -> dict[str, float]:
    """Least time of each work."""
    return {name: min(each) for name, each in times.items()}


def peak_memory(size: Size, effects: Effects, run: Run) -> float:
    """GiB at most of a process that computes the job and nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run_and_weigh, size, effects, run).result()


def _run_and_weigh(size: Size, effects: Effects, run: Run) -> float:
    run(draw_network(size), size.chips, effects)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 2**30


def matrix_product(multiplications: int) -> Callable[[], object]:
    """A square product of about as many multiplications, in float32."""
    side = round(multiplications ** (1 / 3))
    left, right = np.ones((2, side, side), dtype=np.float32)
    return lambda: left @ right


def growth(size: Size, axis: str, rounds: int, run: Run) -> dict[str, list[float] | float]:
    """How CPU time grows along an axis of the job: a line and a power law through the best times.

    Returns:
        ``sizes`` and their ``seconds``; ``exponent`` of the power law; ``r_squared`` of the line,
        its ``slope`` in s for each one more and its ``offset`` at size 0 as part of the time of
        the largest size.
    """
    sizes = [round(getattr(size, axis) * fraction) for fraction in FRACTIONS]
    works: dict[str, Callable[[], object]] = {}
    for each in sizes:
        job = size.with_sizes(**{axis: each})
        works[str(each)] = partial(run, draw_network(job), job.chips, NOTHING_ELSE)
    taken = np.array(list(best(take_turns(works, rounds)[1]).values()))
    slope, offset = np.polyfit(sizes, taken, 1)
    residual = taken - (slope * np.array(sizes) + offset)
    return {
        "sizes": [float(each) for each in sizes],
        "seconds": taken.tolist(),
        "exponent": float(np.polyfit(np.log(sizes), np.log(taken), 1)[0]),
        "r_squared": float(1 - (residual**2).sum() / ((taken - taken.mean()) ** 2).sum()),
        "slope": float(slope),
        "offset": float(offset / taken[-1]),
    }


def measure(size: Size, noise: float, rounds: int, run: Run) -> dict[str, Any]:
    """Everything this benchmark knows, in one object that JSON can hold."""
    effects = _effects(noise)
    # First, because a process begins with the peak of the one that started it.
    memory = max(peak_memory(size, each, run) for each in effects.values())
    found = race(size, noise, effects, rounds, run)
    every = {axis: growth(size, axis, rounds, run) for axis in AXES}
    return found | {"peak_memory_gib": memory, "growth": every}


def _effects(noise: float) -> dict[str, Effects]:
    return {
        "plain": NOTHING_ELSE,
        "noisy": replace(NOTHING_ELSE, step_noise=noise),
        "every": replace(EVERY_EFFECT, step_noise=noise),
    }


def race(
    size: Size, noise: float, effects: dict[str, Effects], rounds: int, run: Run
) -> dict[str, Any]:
    """Times of the naive form, of the engine with some effects, and of a product, in turns."""
    network = draw_network(size)
    few = draw_network(size.with_sizes(samples=4, steps=4))
    for each in effects.values():
        run(few, 2, each)
    works: dict[str, Callable[[], object]] = {
        "naive": partial(run_network_naively, network, size.chips),
        **{name: partial(run, network, size.chips, each) for name, each in effects.items()},
        "product": matrix_product(network.multiplications * size.chips),
    }
    wall, cpu = take_turns(works, rounds)
    return {
        "size": {name: getattr(size, name) for name in AXES},
        "noise": noise,
        "seconds": wall,
        "cpu_seconds": cpu,
        **_ratios(best(wall), effects, ""),
        **_ratios(best(cpu), effects, "_cpu"),
        "same_decisions": float(
            (
                run(network, size.chips, NOTHING_ELSE) == run_network_naively(network, size.chips)
            ).mean()
        ),
    }


def _ratios(taken: dict[str, float], effects: Iterable[str], suffix: str) -> dict[str, float]:
    return {
        **{f"naive_over_{name}{suffix}": taken["naive"] / taken[name] for name in effects},
        f"plain_over_product{suffix}": taken["plain"] / taken["product"],
    }


def told(found: dict[str, Any]) -> str:
    """Findings as a page of text."""
    size, wall, cpu = found["size"], best(found["seconds"]), best(found["cpu_seconds"])
    lines = [
        f"{size['chips']} chips, {size['samples']} samples, {size['steps']} steps",
        f"{'':26s}{'wall s':>8s}{'CPU s':>8s}   times faster: wall, CPU",
        f"{'naive, float32':26s}{wall['naive']:8.2f}{cpu['naive']:8.2f}",
    ]
    rows = {"plain": "mismatch", "noisy": "mismatch, step noise", "every": "every effect"}
    for name, text in ((each, rows[each]) for each in rows if each in wall):
        faster = found[f"naive_over_{name}"], found[f"naive_over_{name}_cpu"]
        lines.append(
            f"{text:26s}{wall[name]:8.2f}{cpu[name]:8.2f}   {faster[0]:.2f}, {faster[1]:.2f}"
        )
    lines += [
        f"{'matrix product':26s}{wall['product']:8.2f}{cpu['product']:8.2f}   of as many "
        f"multiplications: mismatch takes {found['plain_over_product_cpu']:.1f} times its CPU time",
        f"same decisions    {found['same_decisions']:.4%} of the naive ones, in float32",
    ]
    if "peak_memory_gib" in found:
        lines.append(f"peak memory       {found['peak_memory_gib']:.2f} GiB")
    for axis, fit in found.get("growth", {}).items():
        lines.append(
            f"CPU time over {axis:7s} as its power {fit['exponent']:.2f}; "
            f"{fit['slope']:.3g} s each on a line that starts at {fit['offset']:.0%}, "
            f"R2 {fit['r_squared']:.3f}"
        )
    return "\n".join(lines)


@click.command()
@click.option("--chips", type=click.IntRange(min=4), default=128, show_default=True)
@click.option("--full", is_flag=True, help=f"{Size().chips} chips")
@click.option("--samples", type=click.IntRange(min=4), default=500, show_default=True)
@click.option("--steps", type=click.IntRange(min=4), default=64, show_default=True)
@click.option(
    "--noise",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="step noise, as a multiple of the datasheets'",
)
@click.option("--rounds", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), help="threads; one a core by default")
@click.option("--form", type=click.Choice(["fastest", "arrays", "compiled"]), default="fastest")
@click.option(
    "--turns", is_flag=True, help="mismatch and noise in turns with the naive form, alone"
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def main(
    chips: int,
    full: bool,
    samples: int,
    steps: int,
    noise: float,
    rounds: int,
    workers: int | None,
    form: Form,
    turns: bool,
    as_json: bool,
) -> None:
    """Time the standard job in all ways and print the ratios."""
    size = Size(chips=Size().chips if full else chips, samples=samples, steps=steps)
    run = partial(run_network, form=form, workers=workers)
    if turns:
        effects = {name: each for name, each in _effects(noise).items() if name != "every"}
        found = race(size, noise, effects, rounds, run)
    else:
        found = measure(size, noise, rounds, run)
    click.echo(json.dumps(found) if as_json else told(found))


if __name__ == "__main__":
    main()
