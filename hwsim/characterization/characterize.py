"""A template on a technology, measured into its datasheet: all of it, or what a network needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import hwsim
from hwsim.characterization.bench import Bench, bench_of
from hwsim.characterization.cache import MeasurementCache, cache_folder
from hwsim.characterization.devices import draw_cells, open_to_mismatch
from hwsim.characterization.experiment import Findings
from hwsim.characterization.grid import NOMINAL
from hwsim.characterization.identity import Identity, identify
from hwsim.characterization.laboratory import Laboratory, Progress, Tally
from hwsim.characterization.sensitivity import predictions
from hwsim.characterization.store import find_datasheet, keep_datasheet
from hwsim.characterization.survey import Survey
from hwsim.circuits.datasheet import Datasheet, Device, Provenance, Scope, Sensitivity
from hwsim.circuits.figures import FIGURES
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.foundation.files import content_hash
from hwsim.spice import WorkerPool

DRAWS = 100
"""Cells on which the sensitivities are tried."""

SEED = 2026
"""Of those cells, so that a datasheet is the same whoever measures it."""

RUNS = 10
"""Of those cells, how many are run through a whole sequence. Transistors that only switch have no
effect on trip points and levels; that they still switch is seen here."""

DECK_SECONDS = 60.0
"""What one deck may take; one that oscillates ends here."""

OnTally = Callable[[Tally], None]


def characterize(
    template: Template,
    technology: Technology,
    *,
    workers: int | None = None,
    timeout_seconds: float = 1800.0,
    on_progress: Progress | None = None,
    on_tally: OnTally | None = None,
    use_cache: bool = True,
) -> Datasheet:
    """Measure a template, or find the datasheet of an equal one.

    Args:
        template: the circuit.
        technology: what it is made of.
        workers: ngspice processes; None for one a core.
        timeout_seconds: for all of it.
        on_progress: called with finished measurements and those of this part.
        on_tally: called at the end with what was run and what was known; zeros for all of it.
        use_cache: take and leave measurements and datasheets in the user's cache.

    Returns:
        The datasheet; a figure that the circuit does not have is absent with a reason.

    Raises:
        InputError: a template or technology that cannot be read or simulated.
        NgspiceMissing: there is no ngspice library.
        SimulatorError: the time is up.
    """
    bench = bench_of(template, technology)
    identity = identify(bench)
    known = find_datasheet(template, technology) if use_cache else None
    if known is not None and known.provenance.content == identity.content:
        _report(on_tally, Tally())
        return known
    with _survey(bench, workers, timeout_seconds, on_progress, use_cache=use_cache) as survey:
        datasheet = _full(survey, identity)
        _report(on_tally, survey.laboratory.tally)
    if use_cache:
        keep_datasheet(datasheet)
    return datasheet


def characterize_for_network(
    template: Template,
    technology: Technology,
    *,
    workers: int | None = None,
    timeout_seconds: float = 600.0,
    on_progress: Progress | None = None,
    on_tally: OnTally | None = None,
    use_cache: bool = True,
) -> Datasheet:
    """Measure of a template what a network at nominal conditions follows from.

    Nominal figures but retention and cells with mismatch, and the sensitivities: seconds.

    Args:
        template: the circuit.
        technology: what it is made of.
        workers: and the following, as of `characterize`.
        timeout_seconds: for all of it.
        on_progress: with finished measurements and those of this part.
        on_tally: with what was run and what was known.
        use_cache: of measurements and of the full datasheet.

    Returns:
        The full datasheet where there is one; else one of ``provenance.scope`` ``network`` with a
        content hash of its own, without grid and predictions, which is kept nowhere.

    Raises:
        InputError, NgspiceMissing, SimulatorError: as `characterize`.
    """
    bench = bench_of(template, technology)
    identity = identify(bench)
    known = find_datasheet(template, technology) if use_cache else None
    if known is not None:
        _report(on_tally, Tally())
        return known
    with _survey(bench, workers, timeout_seconds, on_progress, use_cache=use_cache) as survey:
        every = survey.devices()
        nominal = survey.nominal()
        devices = _open(bench, every)
        found = survey.sensitivities(nominal, list(devices))
        _report(on_tally, survey.laboratory.tally)
    return _sheet(bench, identity, "network", nominal, every, found)


@contextmanager
def _survey(
    bench: Bench,
    workers: int | None,
    timeout_seconds: float,
    on_progress: Progress | None,
    *,
    use_cache: bool,
) -> Iterator[Survey]:
    deadline = time.monotonic() + timeout_seconds
    cache = MeasurementCache(cache_folder() if use_cache else None)
    with (
        WorkerPool(workers, DECK_SECONDS) as pool,
        Laboratory(bench, pool, cache, deadline) as laboratory,
    ):
        yield Survey(bench, laboratory, on_progress)


def _full(survey: Survey, identity: Identity) -> Datasheet:
    """Run everything."""
    bench = survey.bench
    every = survey.devices()
    devices = _open(bench, every)
    draws = draw_cells(devices, bench.technology, DRAWS, SEED)
    nominal = survey.nominal()
    nominal = survey.beyond(nominal) | nominal
    if "function" in nominal.figures:
        nominal = nominal | survey.function_drawn(every, draws[:RUNS])
    found = survey.sensitivities(nominal, list(devices))
    sheet = _sheet(bench, identity, "full", nominal, every, found)
    tried = predictions(sheet, draws, survey.cells(nominal, draws))
    return sheet.model_copy(update={"prediction": tried, "grid": survey.grid(nominal)})


def _open(bench: Bench, every: Mapping[str, Device]) -> dict[str, Device]:
    """The transistors that deviate from chip to chip."""
    return {path: every[path] for path in open_to_mismatch(bench.template, list(every))}


def _sheet(
    bench: Bench,
    identity: Identity,
    scope: Scope,
    nominal: Findings,
    every: Mapping[str, Device],
    found: dict[str, dict[str, Sensitivity]],
) -> Datasheet:
    name = bench.template.kind
    return Datasheet(
        template=bench.template.name,
        kind=name,
        technology=bench.technology.name,
        settings=dict(bench.settings),
        conditions=NOMINAL.conditions,
        nominal=_in_order(name, nominal.figures),
        absent=dict(nominal.absent),
        devices=_open(bench, every),
        sensitivities=found,
        area=sum(each.width * each.length * each.units for each in every.values()),
        transistors=len(every),
        curves=dict(nominal.curves),
        provenance=_provenance(bench, identity, scope),
    )


def _provenance(bench: Bench, identity: Identity, scope: Scope) -> Provenance:
    content = identity.content
    if scope != "full":
        content = content_hash(content.encode(), scope.encode())
    arguments = f"{bench.template.name} --technology {bench.technology.name}"
    commands: dict[Scope, str] = {
        "full": f"hwsim template characterize {arguments}",
        "network": f"characterize_for_network: {arguments}",
    }
    return Provenance(
        content=content,
        template=identity.template,
        technology=identity.technology,
        models=identity.models,
        testbench=identity.testbench,
        ngspice=identity.ngspice,
        hwsim=hwsim.__version__,
        command=commands[scope],
        scope=scope,
    )


def _in_order(kind: str, figures: Mapping[str, float]) -> dict[str, float]:
    """Figures in the order of the table, steps by their number."""
    known = list(FIGURES[kind])

    def place(name: str) -> tuple[int, int]:
        family, _, number = name.rpartition("_")
        if name in known:
            return known.index(name), 0
        return known.index(family), int(number)

    return {name: figures[name] for name in sorted(figures, key=place)}


def _report(on_tally: OnTally | None, tally: Tally) -> None:
    if on_tally is not None:
        on_tally(tally)
