"""How fast cells train, as ratios measured in one run.

    python benchmarks/training.py [--device cuda] [--json]

Steps of a training (forward, backward, gradient norm, Adam) of one block on random sequences, and
forwards and backwards through its cell alone. First the saturating CMRU against loops from step to
step: the whole cell one step after the other, and its recurrence alone, with everything that can
stand beside it in parallel. Then every cell against the minGRU, with equal units and with about as
many parameters.

One thread, as `hwsim train` has it; everything is timed in turns, so that ratios mean something on
a machine that does other things. On a CPU, times are those of the processor; on CUDA, of the clock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import click
import torch
from torch import Tensor, nn

from hwsim.cells.compiled_torch import scan_compiler
from hwsim.cells.kinds import KINDS, CellKind
from hwsim.cells.saturating_cmru_torch import SaturatingCmru
from hwsim.cells.surrogate_torch import ternary_steps
from hwsim.checkpoints.size import matched_units, parameter_count
from hwsim.training.network import Network
from hwsim.training.recipe import Recipe

CHANNELS, CLASSES, HALF_RANGE = 8, 10, 7
REFERENCE: CellKind = "mingru"
OURS: CellKind = "saturating_cmru"

Step = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Job:
    """What is trained on: `batch` sequences of `length` steps, by networks of `units`."""

    batch: int
    length: int
    units: int
    device: str


class LoopedCell(SaturatingCmru):
    """The saturating CMRU as its definition reads: one step after the other."""

    def forward(self, inputs: Tensor) -> Tensor:
        """States, [N, T, units]."""
        alpha, beta = self.alpha(), self.beta()
        level, states = torch.zeros_like(inputs[:, 0]), []
        for u in inputs.unbind(dim=1):
            step = ternary_steps(self.candidates(u), beta)
            level = (level + step).clamp(-self.half_range, self.half_range)
            states.append(alpha * level)
        return torch.stack(states, dim=1)


class LoopedRecurrence(SaturatingCmru):
    """Only the levels one step after the other."""

    def forward(self, inputs: Tensor) -> Tensor:
        """States, [N, T, units]."""
        steps = ternary_steps(self.candidates(inputs), self.beta())
        level, levels = torch.zeros_like(steps[:, 0]), []
        for step in steps.unbind(dim=1):
            level = (level + step).clamp(-self.half_range, self.half_range)
            levels.append(level)
        states: Tensor = self.alpha() * torch.stack(levels, dim=1)
        return states


LOOPS = {"whole cell": LoopedCell, "recurrence": LoopedRecurrence}


def network_of(kind: CellKind, job: Job) -> Network:
    """A network of one block, its baselines' memory as long as the sequences."""
    traits = KINDS[kind]
    return Network(
        Recipe(
            cell=kind,
            units=job.units,
            levels_half=HALF_RANGE if traits.has_levels else None,
            memory=float(job.length) if traits.is_baseline else None,
        ),
        CHANNELS,
        CLASSES,
    )


def looped(job: Job, loop: type[SaturatingCmru]) -> Network:
    """The network of the saturating CMRU, its cell a loop."""
    network = network_of(OURS, job)
    cell = loop(job.units, alpha=0.25, beta=0.5, half_range=HALF_RANGE)
    network.get_submodule("blocks.0").cell = cell
    return network


def training_step(network: Network, job: Job) -> Step:
    """A step of the optimiser on a batch of noise."""
    network.to(job.device)
    inputs = torch.randn(job.batch, job.length, CHANNELS, device=job.device)
    mask = torch.ones(job.batch, job.length, dtype=torch.bool, device=job.device)
    labels = torch.randint(CLASSES, (job.batch,), device=job.device)
    optimiser = torch.optim.Adam(network.parameters(), fused=True)

    def step() -> None:
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(network(inputs, mask), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()

    return step


def cell_step(network: Network, job: Job) -> Step:
    """Forwards and backwards through its cell alone, on inputs that pass gradients on."""
    (cell,) = network.to(job.device).cells()
    inputs = torch.rand(job.batch, job.length, job.units, device=job.device).requires_grad_()
    weights = torch.randn(job.batch, job.length, job.units, device=job.device)

    def step() -> None:
        cell.zero_grad()
        inputs.grad = None
        torch.autograd.backward(cell(inputs), weights)

    return step


def in_turns(works: dict[str, Step], device: str, rounds: int) -> dict[str, float]:
    """Least milliseconds of each work; the first round, which compiles, does not count."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds + 1):
        for name, work in works.items():
            begun = _now(device)
            work()
            taken[name].append(1e3 * (_now(device) - begun))
    return {name: min(times[1:]) for name, times in taken.items()}


def _now(device: str) -> float:
    if device == "cpu":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def against_loops(job: Job, rounds: int) -> dict[str, Any]:
    """The saturating CMRU and its loops."""
    networks = {"scan": network_of(OURS, job)}
    networks |= {name: looped(job, loop) for name, loop in LOOPS.items()}
    found: dict[str, Any] = {"length": job.length, "batch": job.batch}
    for part, step in {"training": training_step, "cell": cell_step}.items():
        works = {name: step(network, job) for name, network in networks.items()}
        taken = in_turns(works, job.device, rounds)
        ratios = {name: taken[name] / taken["scan"] for name in LOOPS}
        found[part] = {"ms": taken, "over_scan": ratios}
    return found


def against_baselines(job: Job, rounds: int, *, matched: bool) -> dict[str, Any]:
    """Every cell, with equal units or with about the parameters of ours."""
    sizes: dict[CellKind, int] = dict.fromkeys(KINDS, job.units)
    if matched:
        wanted = parameter_count(OURS, CHANNELS, job.units, 1, CLASSES)
        sizes = {kind: matched_units(kind, wanted, CHANNELS, 1, CLASSES) for kind in KINDS}
    works: dict[str, Step] = {}
    for kind, units in sizes.items():
        one = replace(job, units=units)
        works[kind] = training_step(network_of(kind, one), one)
    taken = in_turns(works, job.device, rounds)
    return {
        "length": job.length,
        "matched": matched,
        "units": sizes,
        "ms": taken,
        "over_mingru": {kind: each / taken[REFERENCE] for kind, each in taken.items()},
    }


def told(found: dict[str, Any]) -> str:
    """Findings as a page of text."""
    lines = [
        f"{found['device']}, recurrences {found['recurrences']}, batch {found['batch']}, "
        f"{found['units']} units; ms a step of the optimiser",
    ]
    for one in found["loops"]:
        lines.append(f"{OURS}, {one['length']} steps, batch {one['batch']}:")
        for part in ("training", "cell"):
            ms, ratios = one[part]["ms"], one[part]["over_scan"]
            loops = ", ".join(
                f"loop over the {name} {ms[name]:.1f} ms, {ratio:.1f} times"
                for name, ratio in ratios.items()
            )
            lines.append(f"  {part:9s} scan {ms['scan']:.1f} ms; {loops}")
    for one in found["cells"]:
        alike = "as many parameters" if one["matched"] else "equal units"
        lines.append(f"{one['length']} steps, {alike}:")
        for kind, taken in one["ms"].items():
            ratio = one["over_mingru"][kind]
            lines.append(
                f"  {kind:16s}{one['units'][kind]:4d} units{taken:9.2f} ms"
                f"{ratio:7.2f} of {REFERENCE}"
            )
    return "\n".join(lines)


@click.command()
@click.option("--device", default="cpu", show_default=True, help="cpu, cuda or cuda:N")
@click.option("--units", type=click.IntRange(min=1), default=32, show_default=True)
@click.option("--batch", type=click.IntRange(min=1), default=64, show_default=True)
@click.option(
    "--length",
    "lengths",
    type=click.IntRange(min=1),
    multiple=True,
    default=(64, 300, 1000),
    show_default=True,
    help="steps of a sequence; may be repeated",
)
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def main(
    device: str, units: int, batch: int, lengths: tuple[int, ...], rounds: int, as_json: bool
) -> None:
    """Time steps of training and print the ratios."""
    if torch.device(device).type == "cuda" and not torch.cuda.is_available():
        raise click.UsageError("torch finds no CUDA device here; leave out --device")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    job = Job(batch, max(lengths), units, device)
    found = {
        "device": device,
        "recurrences": "compiled" if device == "cpu" and scan_compiler() else "of torch",
        "batch": batch,
        "units": units,
        "loops": [
            against_loops(replace(job, batch=size), rounds) for size in sorted({1, 8, batch})
        ],
        "cells": [
            against_baselines(replace(job, length=length), rounds, matched=matched)
            for length in lengths
            for matched in (False, True)
        ],
    }
    click.echo(json.dumps(found) if as_json else told(found))


if __name__ == "__main__":
    main()
