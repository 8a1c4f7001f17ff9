"""Engines by name, with a progress bar where one is wanted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from hwsim.cli.output import progress

if TYPE_CHECKING:
    from hwsim.circuits.export import Export
    from hwsim.circuits.testbench import Conditions
    from hwsim.engines.engine import Engine
    from hwsim.engines.ngspice import NgspiceEngine

EngineName = Literal["ideal", "behavioural", "ngspice"]


@contextlib.contextmanager
def ngspice_engine(
    export: Export,
    conditions: Conditions,
    *,
    workers: int | None,
    timeout: float,
    as_json: bool,
) -> Iterator[NgspiceEngine]:
    """The transistor-level engine of an export, drawing its progress while it runs."""
    from hwsim.engines.ngspice import NgspiceEngine

    with progress("ngspice", 1.0, as_json=as_json) as advance:
        shown = 0.0

        def show(fraction: float) -> None:
            nonlocal shown
            advance(fraction - shown)
            shown = fraction

        yield NgspiceEngine(
            circuits=export.circuits,
            results=export.results,
            conditions=conditions,
            workers=workers,
            timeout_seconds=timeout,
            on_progress=show,
        )


@contextlib.contextmanager
def engine_named(
    name: EngineName,
    export: Export,
    conditions: Conditions,
    *,
    workers: int | None,
    timeout: float,
    as_json: bool,
) -> Iterator[Engine]:
    """Any engine by its name.

    Raises:
        InputError: conditions that the engine or the technology does not know.
    """
    from hwsim.circuits.testbench import Conditions
    from hwsim.foundation.errors import InputError

    conditions.check(export.circuits.technology)
    if name != "ngspice" and conditions != Conditions():
        raise InputError(
            f"the {name} engine runs the nominal chip at tt and 27 C",
            hint="corners and temperatures run with --engine ngspice",
        )
    from hwsim.engines.behavioural import BehaviouralEngine
    from hwsim.engines.ideal import IdealEngine

    if name == "ideal":
        yield IdealEngine()
    elif name == "behavioural":
        yield BehaviouralEngine(export.circuits)
    else:
        with ngspice_engine(
            export, conditions, workers=workers, timeout=timeout, as_json=as_json
        ) as engine:
            yield engine
