"""A verification as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from hwsim.foundation.quantities import format_quantity
from hwsim.studies.agreement import StepError
from hwsim.studies.verification import Verification

STEP_ERROR_COLUMNS = (
    "recording",
    "step",
    "cell",
    "expected",
    "found",
    "candidate",
    "in ngspice",
    "to threshold",
)
"""Of a table of `step_error_cells`."""


def verification_tables(verification: Verification) -> Iterator[Table | str]:
    """Accuracy, agreement, step errors and power, in the order in which one asks."""
    yield _accuracy(verification)
    yield _agreement(verification)
    steps = verification.single_steps
    yield (
        f"single steps, each from the measured state before it: {steps.agreement:.2%}; "
        f"candidates differ by {steps.candidate_rms:.1%} of a threshold rms"
    )
    if steps.errors:
        yield _step_errors(verification)
    for violation in verification.traces["ngspice"].violations:
        yield f"STRUCTURE: {violation}"
    for attempt in verification.traces["ngspice"].attempts:
        yield f"RETRIED: {attempt}"
    yield _power(verification)


def _accuracy(verification: Verification) -> Table:
    table = Table("engine", "recordings", "accuracy", "95 % interval", title="accuracy")
    for name, value in verification.accuracy.items():
        interval = f"{value.low:.1%} to {value.high:.1%}"
        table.add_row(name, str(value.total), f"{value.value:.2%}", interval)
    return table


def _agreement(verification: Verification) -> Table:
    table = Table("engines", "decisions", "states", "output error", title="agreement")
    for pair, value in verification.agreement.items():
        table.add_row(
            pair.replace("_", " "),
            f"{value.decisions:.2%}",
            f"{value.states:.2%}",
            f"{value.output_relative:.1%}",
        )
    return table


def _step_errors(verification: Verification) -> Table:
    table = Table(*STEP_ERROR_COLUMNS, title="step errors")
    for error in verification.single_steps.errors:
        table.add_row(*step_error_cells(error, verification.indices))
    return table


def step_error_cells(error: StepError, indices: Sequence[int]) -> tuple[str, ...]:
    """A step error as the cells of a row under `STEP_ERROR_COLUMNS`.

    Args:
        error: the step.
        indices: recordings of the data set that were compared.
    """
    return (
        str(indices[error.sequence]),
        str(error.step),
        f"{error.stage}[{error.unit}]",
        str(error.expected),
        str(error.found),
        format_quantity(error.candidate, "A"),
        format_quantity(error.measured_candidate, "A"),
        f"{error.distance:.2%}",
    )


def _power(verification: Verification) -> Table:
    table = Table("part", "behavioural", "ngspice", title="supply power")
    estimate, measured = verification.power["behavioural"], verification.power["ngspice"]
    for part, watts in measured.by_part.items():
        table.add_row(
            part, format_quantity(estimate.by_part[part], "W"), format_quantity(watts, "W")
        )
    table.add_row("all", format_quantity(estimate.total, "W"), format_quantity(measured.total, "W"))
    energy = [format_quantity(p.energy_per_inference, "J") for p in (estimate, measured)]
    table.add_row("an inference", *energy)
    return table
