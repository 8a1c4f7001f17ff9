"""Engines by name, with a progress bar where one is wanted."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from hwsim.cli.options import Run
from hwsim.cli.output import progress

if TYPE_CHECKING:
    from hwsim.circuits.export import Export
    from hwsim.data.sequences import Sequences
    from hwsim.engines.behavioural import BehaviouralEngine
    from hwsim.engines.elsewhere import Workforce
    from hwsim.engines.engine import Engine
    from hwsim.engines.trace import Trace

EngineName = Literal["ideal", "behavioural", "ngspice"]


@contextlib.contextmanager
def engine_named(name: EngineName, export: Export, run: Run, *, as_json: bool) -> Iterator[Engine]:
    """The engine of that name for an export; ngspice draws its progress while it runs.

    Raises:
        InputError: conditions that the engine or the technology does not know.
    """
    from hwsim.circuits.testbench import Conditions
    from hwsim.engines.ideal import IdealEngine
    from hwsim.engines.ngspice import NgspiceEngine
    from hwsim.foundation.errors import InputError

    conditions = Conditions(run.corner, run.temperature)
    conditions.check(export.circuits.technology)
    if name == "ngspice":
        with fraction_bar("ngspice", as_json=as_json) as show, workforce(run) as found:
            yield NgspiceEngine(
                circuits=export.circuits,
                results=export.results,
                conditions=conditions,
                workers=run.workers,
                timeout_seconds=run.timeout,
                on_progress=show,
                partition=run.partition,
                workforce=found,
            )
        return
    if run.partition != "none":
        raise InputError(f"the {name} engine has no decks to cut", hint="--partition is of ngspice")
    if run.scheduler is not None:
        raise InputError(f"the {name} engine runs here", hint="--scheduler is of ngspice")
    if name == "behavioural":
        yield behavioural_engine(export, run)
        return
    if conditions != Conditions():
        raise InputError(
            "the ideal engine knows no corner and no temperature",
            hint="they run with --engine behavioural or ngspice",
        )
    yield IdealEngine()


@contextlib.contextmanager
def workforce(run: Run) -> Iterator[Workforce | None]:
    """Who runs the recordings of ngspice: the workers of a scheduler, or None for this machine.

    Raises:
        InputError: Dask is not installed, or no scheduler with workers answers.
    """
    from hwsim.studies.sweep.executors import cluster

    if run.scheduler is None:
        yield None
    else:
        with cluster(run.scheduler) as found:
            yield found


def behavioural_engine(export: Export, run: Run) -> BehaviouralEngine:
    """The nominal chip of an export under the conditions of a run.

    Raises:
        InputError: conditions that were not measured, or a template without a datasheet.
    """
    from hwsim.circuits.testbench import Conditions
    from hwsim.engines.behavioural import BehaviouralEngine
    from hwsim.engines.chip_model import chip_model

    conditions = Conditions(run.corner, run.temperature)
    return BehaviouralEngine(chip_model(export.design, export.circuits, conditions=conditions))


def run_samples(
    name: EngineName, export: Export, samples: int | None, run: Run, *, as_json: bool
) -> tuple[tuple[int, ...], Sequences, Trace]:
    """Run recordings spread evenly over the data: their indices, themselves, and the trace.

    Without a number of samples it is one recording in ngspice, which takes long, and all of them
    elsewhere.

    Raises:
        InputError: data, conditions or a number of samples that cannot be had.
        SimulatorError: ngspice failed.
    """
    from hwsim.studies.samples import evenly_spaced, judging_sequences

    everything = judging_sequences(export.design, run.data)
    count = samples or (1 if name == "ngspice" else len(everything))
    indices = evenly_spaced(everything, count)
    sequences = everything.take(list(indices))
    with engine_named(name, export, run, as_json=as_json) as engine:
        return indices, sequences, engine.run(export.design, sequences)


@contextlib.contextmanager
def fraction_bar(what: str, *, as_json: bool) -> Iterator[Callable[[float], None]]:
    """A progress bar that is told the finished fraction."""
    with progress(what, 1.0, as_json=as_json) as advance:
        shown = 0.0

        def show(fraction: float) -> None:
            nonlocal shown
            advance(fraction - shown)
            shown = fraction

        yield show
