"""``hwsim verify``: do the engines agree, on the circuit as drawn and on chips with mismatch?"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from hwsim.cli.options import (
    FolderType,
    Run,
    partition_option,
    run_of_export,
    scheduler_option,
    seed_option,
)
from hwsim.cli.output import emit, json_option

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.circuits.export import Export
    from hwsim.studies.chip_verification import ChipVerification
    from hwsim.studies.verification import Verification


@dataclass(frozen=True, slots=True)
class Draw:
    """Which chips the user wants to look at.

    Attributes:
        chips: how many.
        seed: of the production.
        mismatch: factor on the technology's deviations.
        noise: factor on the datasheets' noise from step to step.
    """

    chips: int
    seed: int
    mismatch: float
    noise: float


_DRAW = (
    click.option(
        "--chips",
        type=click.IntRange(min=1),
        default=None,
        help="Compare drawn chips, each on every recording, instead of the circuit as drawn.",
    ),
    seed_option,
    click.option(
        "--mismatch",
        type=float,
        default=1.0,
        show_default=True,
        metavar="SCALE",
        help="Factor on the technology's mismatch.",
    ),
    click.option(
        "--noise",
        type=float,
        default=1.0,
        show_default=True,
        metavar="SCALE",
        help="Factor on the datasheets' noise, for the figures of noise of the chips; 0: none.",
    ),
)


def draw_options(command: Callable[..., None]) -> Callable[..., None]:
    """Every option about drawn chips, as one `Draw` named ``draw``; None without ``--chips``."""

    @functools.wraps(command)
    def collected(
        *args: object,
        chips: int | None,
        seed: int,
        mismatch: float,
        noise: float,
        **others: object,
    ) -> None:
        context = click.get_current_context()
        for name in ("seed", "mismatch", "noise"):
            given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
            if chips is None and given:
                raise click.UsageError(f"--{name} is of drawn chips: say how many with --chips")
        draw = None if chips is None else Draw(chips, seed, mismatch, noise)
        command(*args, draw=draw, **others)

    found: Callable[..., None] = collected
    for option in reversed(_DRAW):
        found = option(found)
    return found


@click.command("verify")
@click.argument("folder", metavar="DIR", type=FolderType)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=8,
    show_default=True,
    help="Recordings at transistor level.",
)
@draw_options
@partition_option
@scheduler_option
@run_of_export
@json_option
@click.pass_context
def verify_command(
    context: click.Context,
    folder: Path,
    samples: int,
    draw: Draw | None,
    run: Run,
    as_json: bool,
) -> None:
    """Compare the three engines on real recordings.

    With --chips: the same drawn chips in the behavioural engine and in ngspice, and what noise does
    to them.
    """
    from hwsim.circuits.export import load_export

    export = load_export(folder, run.pdk_root)
    if draw is None:
        violations = _as_drawn(export, samples, run, as_json=as_json)
    else:
        violations = _drawn_chips(export, samples, draw, run, as_json=as_json)
    if violations:
        context.exit(1)


def _as_drawn(export: Export, samples: int, run: Run, *, as_json: bool) -> bool:
    """Compare the engines on the circuit as drawn; whether its structure is violated."""
    from hwsim.cli.simulation import behavioural_engine, engine_named
    from hwsim.studies.samples import judging_sequences
    from hwsim.studies.verification import verify

    sequences = judging_sequences(export.design, run.data)
    with engine_named("ngspice", export, run, as_json=as_json) as engine:
        chip = behavioural_engine(export, run)
        verification = verify(export.design, sequences, samples, engine, chip)
    emit(
        _subject(export, run) | verification.record(),
        as_json=as_json,
        show=lambda console: show_verification(console, verification),
    )
    return bool(verification.traces["ngspice"].violations)


def _drawn_chips(export: Export, samples: int, draw: Draw, run: Run, *, as_json: bool) -> bool:
    """Compare chips; whether the structure of one is violated."""
    from hwsim.chips.population import Population
    from hwsim.circuits.testbench import Conditions
    from hwsim.cli.simulation import fraction_bar, workforce
    from hwsim.engines.chip_model import chip_model
    from hwsim.engines.effects import Effects
    from hwsim.engines.ngspice import NgspiceEngine
    from hwsim.studies.chip_verification import verify_chips
    from hwsim.studies.samples import judging_sequences

    population = Population(draw.seed, draw.chips, mismatch_scale=draw.mismatch)
    effects = Effects(step_noise=draw.noise)
    conditions = Conditions(run.corner, run.temperature)
    sequences = judging_sequences(export.design, run.data)
    model = chip_model(export.design, export.circuits, population, conditions, effects)
    with fraction_bar("ngspice", as_json=as_json) as show, workforce(run) as found:
        engine = NgspiceEngine(
            circuits=export.circuits,
            results=export.results,
            conditions=conditions,
            workers=run.workers,
            timeout_seconds=run.timeout,
            on_progress=show,
            population=population,
            partition=run.partition,
            workforce=found,
        )
        verification = verify_chips(export.design, sequences, samples, model, engine)
    emit(
        _subject(export, run) | verification.record(),
        as_json=as_json,
        show=lambda console: show_chips(console, verification),
    )
    return bool(verification.violations)


def _subject(export: Export, run: Run) -> dict[str, object]:
    """What was verified, and how, for JSON."""
    design = export.design
    return {"name": design.name, "technology": design.technology, "partition": run.partition}


def show_verification(console: Console, verification: Verification) -> None:
    """Print the figures of a verification as tables."""
    from hwsim.report.verification_tables import verification_tables

    for part in verification_tables(verification):
        console.print(part)


def show_chips(console: Console, verification: ChipVerification) -> None:
    """Print the figures of drawn chips as tables."""
    from hwsim.report.chip_tables import chip_tables

    for part in chip_tables(verification):
        console.print(part)
