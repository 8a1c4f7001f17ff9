"""A verification of drawn chips as tables for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.table import Table

from hwsim.report.verification_tables import STEP_ERROR_COLUMNS, step_error_cells
from hwsim.studies.accuracy import Proportion
from hwsim.studies.chip_statistics import Estimate
from hwsim.studies.chip_verification import WORST, ChipVerification

SHOWN = {
    "decisions_equal": "decisions",
    "clear_decisions_equal": "clear decisions",
    "states_equal": "states",
    "single_steps_equal": "single steps",
}


def chip_tables(verification: ChipVerification) -> Iterator[Table | str]:
    """What is equal, where it is not, trip points, accuracy, noise, and every chip."""
    yield _equal(verification)
    yield from _figures(verification)
    if verification.step_errors:
        yield _step_errors(verification)
    if verification.noise:
        yield _noise(verification)
    yield _chips(verification)
    for violation in verification.violations:
        yield f"STRUCTURE: {violation}"


def _equal(verification: ChipVerification) -> Table:
    title = (
        f"ngspice against behavioural: {verification.population.count} chips of "
        f"{len(verification.indices)} recordings"
    )
    table = Table("equal", "of", "share", "95 % Wilson", "95 % over chips", title=title)
    for name, share in verification.shares.items():
        whole = share.whole
        total, found = ("0", "-") if whole is None else (str(whole.total), f"{whole.value:.2%}")
        table.add_row(SHOWN[name], total, found, _wilson(whole), _interval(share.over_chips, "%"))
    return table


def _figures(verification: ChipVerification) -> Iterator[str]:
    error, power = verification.output_error, verification.power_ratio
    worst = verification.worst_power
    yield f"output error {error.value:.1%} (over chips {_interval(error, '%')})"
    yield (
        f"supply power, behavioural over ngspice: {power.value:.3f} "
        f"(over chips {_interval(power)}), worst {worst.power_ratio:.3f} of chip {worst.number}"
    )
    for side, found in verification.trips.items():
        yield (
            f"{side} trip points, datasheets against transistors: r = {_figure(found.value)} "
            f"({_figure(found.low)} to {_figure(found.high)}) over {found.pairs} cells; "
            f"they deviate by {found.spread:.1%} rms, and from each other by {found.difference:.1%}"
        )
    if verification.unmeasured:
        yield f"{verification.unmeasured} trip points could not be measured"
    test = verification.accuracy_test
    verdict = "told apart" if test.told_apart else "not told apart"
    yield (
        f"accuracies of the chips: {verdict} at 5 % "
        f"(Kolmogorov-Smirnov, distance {test.distance:.3f}, p = {test.probability:.3g})"
    )


def _step_errors(verification: ChipVerification) -> Table:
    errors = verification.step_errors
    title = f"{len(errors)} step errors, the {min(WORST, len(errors))} farthest from a threshold"
    table = Table("chip", *STEP_ERROR_COLUMNS, title=title)
    for number, error in errors[:WORST]:
        table.add_row(str(number), *step_error_cells(error, verification.indices))
    return table


def _noise(verification: ChipVerification) -> Table:
    title = f"noise from step to step, {verification.noise_scale:g} times the datasheets'"
    table = Table("cells", "figure", "value", "95 % over chips", title=title)
    for each in verification.noise:
        same = each.same_states.over_chips
        table.add_row(each.stage, "exact states", f"{same.value:.2%}", _interval(same, "%"))
        for name, found in (
            ("rms suppression", each.suppression),
            ("margin, median, rms of noise", each.margin),
            ("margin, 5th percentile", each.low_margin),
        ):
            table.add_row("", name, f"{found.value:.3g}", _interval(found))
    return table


def _chips(verification: ChipVerification) -> Table:
    table = Table(
        "chip",
        "accuracy",
        "in ngspice",
        "decisions",
        "states",
        "steps",
        "output error",
        "power ratio",
        title="every chip",
    )
    for chip in verification.chips:
        table.add_row(
            str(chip.number),
            f"{chip.behavioural.value:.1%}",
            f"{chip.ngspice.value:.1%}",
            f"{chip.agreement.decisions:.1%}",
            f"{chip.agreement.states:.2%}",
            f"{chip.single_steps.agreement:.2%}",
            f"{chip.agreement.output_relative:.1%}",
            f"{chip.power_ratio:.3f}",
        )
    return table


def _wilson(share: Proportion | None) -> str:
    return "-" if share is None else f"{share.low:.2%} to {share.high:.2%}"


def _interval(estimate: Estimate, unit: str = "") -> str:
    if math.isnan(estimate.low):
        return "-"
    if unit == "%":
        return f"{estimate.low:.2%} to {estimate.high:.2%}"
    return f"{estimate.low:.3g} to {estimate.high:.3g}"


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
