"""How fast the behavioural engine runs many chips, as ratios measured in one run.

    python benchmarks/chips.py [--json]

The standard job (1000 chips, 500 samples, 64 steps, one block of 16 ladders of 15 levels, 8 inputs,
mismatch) against the same arithmetic done naively, chip by chip in NumPy float32, with noise from
step to step and without; against the matrix product of as many multiplications; its peak memory in
a process of its own; and how its time grows with chips, samples and steps. The ratio to ngspice is
that of `benchmarks/engines.py`.

Everything is timed in turns, so that ratios mean something on a machine that does other things.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

import click
import numpy as np
from standard_job import Decisions, Job, Size, draw_job, run_job, run_naively

from hwsim.engines.kernels import Form

Run = Callable[..., Decisions]
"""`run_job` with its form and its workers: called with a job and the rms of its noise."""

AXES = ("chips", "samples", "steps")
FRACTIONS = (0.25, 0.5, 0.75, 1.0)
"""Of the size of the job, for fits of how its time grows."""


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def take_turns(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each work in each round; the works take turns."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(seconds(work))
    return taken


def peak_memory(size: Size, noise: float, run: Run) -> float:
    """GiB at most of a process that computes the job and nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run_and_weigh, size, noise, run).result()


def _run_and_weigh(size: Size, noise: float, run: Run) -> float:
    run(draw_job(size), noise)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 2**30


def matrix_product(multiplications: int) -> Callable[[], object]:
    """A square product of about as many multiplications, in float32."""
    side = round(multiplications ** (1 / 3))
    left, right = np.ones((2, side, side), dtype=np.float32)
    return lambda: left @ right


def growth(
    size: Size, axis: str, rounds: int, run: Callable[[Job], object]
) -> dict[str, list[float] | float]:
    """How the time grows along an axis of the job: a line and a power law through the best times.

    Returns:
        ``sizes`` and their ``seconds``; ``exponent`` of the power law; ``r_squared`` of the line
        and its ``offset`` at size 0 as part of the time of the largest size.
    """
    sizes = [round(getattr(size, axis) * fraction) for fraction in FRACTIONS]
    jobs = [draw_job(size.with_sizes(**{axis: each})) for each in sizes]
    works = {str(job.size): partial(run, job) for job in jobs}
    best = np.array([min(taken) for taken in take_turns(works, rounds).values()])
    slope, offset = np.polyfit(sizes, best, 1)
    residual = best - (slope * np.array(sizes) + offset)
    return {
        "sizes": [float(each) for each in sizes],
        "seconds": best.tolist(),
        "exponent": float(np.polyfit(np.log(sizes), np.log(best), 1)[0]),
        "r_squared": float(1 - (residual**2).sum() / ((best - best.mean()) ** 2).sum()),
        "offset": float(offset / best[-1]),
    }


def measure(size: Size, noise: float, rounds: int, run: Run) -> dict[str, Any]:
    """Everything this benchmark knows, in one object that JSON can hold."""
    # First, because a process begins with the peak of the one that started it.
    memory = peak_memory(size, noise, run)
    job = draw_job(size)
    few = draw_job(size.with_sizes(chips=2))
    run(few, 0.0)
    run(few, noise)
    taken = take_turns(
        {
            "naive": partial(run_naively, job),
            "plain": partial(run, job, 0.0),
            "noisy": partial(run, job, noise),
            "product": matrix_product(size.multiplications),
        },
        rounds,
    )
    best = {name: min(each) for name, each in taken.items()}
    return {
        "size": {name: getattr(size, name) for name in AXES},
        "noise": noise,
        "seconds": taken,
        "naive_over_plain": best["naive"] / best["plain"],
        "naive_over_noisy": best["naive"] / best["noisy"],
        "plain_over_product": best["plain"] / best["product"],
        "same_decisions": float((run(job, 0.0) == run_naively(job)).mean()),
        "peak_memory_gib": memory,
        "growth": {axis: growth(size, axis, rounds, partial(run, noise=noise)) for axis in AXES},
    }


def told(found: dict[str, Any]) -> str:
    """Findings as a page of text."""
    size, best = found["size"], {name: min(each) for name, each in found["seconds"].items()}
    lines = [
        f"{size['chips']} chips, {size['samples']} samples, {size['steps']} steps",
        f"naive, float32    {best['naive']:7.2f} s",
        f"engine            {best['plain']:7.2f} s  {found['naive_over_plain']:.1f} times faster",
        f"engine with noise {best['noisy']:7.2f} s  {found['naive_over_noisy']:.1f} times faster",
        f"matrix product    {best['product']:7.2f} s  of as many multiplications: the engine takes "
        f"{found['plain_over_product']:.1f} times as long",
        f"same decisions    {found['same_decisions']:.4%} of the naive ones, in float32",
        f"peak memory       {found['peak_memory_gib']:7.2f} GiB",
    ]
    for axis, fit in found["growth"].items():
        lines.append(
            f"time over {axis:8s} as its power {fit['exponent']:.2f}; "
            f"R2 {fit['r_squared']:.4f} of a line that starts at {fit['offset']:.0%}"
        )
    return "\n".join(lines)


@click.command()
@click.option("--chips", type=click.IntRange(min=4), default=1000, show_default=True)
@click.option("--samples", type=click.IntRange(min=4), default=500, show_default=True)
@click.option("--steps", type=click.IntRange(min=4), default=64, show_default=True)
@click.option(
    "--noise",
    type=click.FloatRange(min=0),
    default=0.01,
    show_default=True,
    help="rms of the step noise, unit currents",
)
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--workers", type=click.IntRange(min=1), help="threads; one a core by default")
@click.option("--form", type=click.Choice(["fastest", "arrays", "compiled"]), default="fastest")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def main(
    chips: int,
    samples: int,
    steps: int,
    noise: float,
    rounds: int,
    workers: int | None,
    form: Form,
    as_json: bool,
) -> None:
    """Time the standard job in all ways and print the ratios."""
    size = Size(chips=chips, samples=samples, steps=steps)
    found = measure(size, noise, rounds, partial(run_job, form=form, workers=workers))
    click.echo(json.dumps(found) if as_json else told(found))


if __name__ == "__main__":
    main()
