"""The tables of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.figures import find_figure
from hwsim.report.numbers import DASH, chosen, interval, quantity, share
from hwsim.report.page.model import Table
from hwsim.studies.chip_verification import ChipVerification
from hwsim.studies.power_check import PowerCheck
from hwsim.studies.reporting.chip_survey import ChipSurvey
from hwsim.studies.reporting.dossier import Dossier
from hwsim.studies.reporting.engine_runs import EngineRuns

KEY_FIGURES: Mapping[str, tuple[str, ...]] = {
    "cmru": ("trip_up", "trip_down", "level", "decision_charge", "energy_transition", "retention"),
    "bmru": ("trip_up", "trip_down", "level", "decision_charge", "energy_transition", "retention"),
    "fq_bmru": ("threshold_high", "threshold_low", "level", "rise_charge", "energy_rise"),
    "mirror": ("gain_source", "gain_sink", "slope_source", "slope_sink"),
    "splitter": ("gain_plus", "gain_minus", "leak_current", "swing"),
    "relu": ("gain", "off_current"),
}
"""What a reader wants to know of a template first."""


def agreement_table(engines: EngineRuns) -> Table:
    """What pairs of engines have in common."""
    return Table(
        "What two engines have in common",
        ("Engines", "Recordings", "Decisions", "Clear decisions", "States", "Output error"),
        tuple(
            (
                f"{tested} and {reference}",
                str(value.equal_decisions.total),
                share(value.decisions, 2),
                share(value.equal_clear_decisions.value, 2),
                share(value.states, 2),
                share(value.output_relative),
            )
            for (tested, reference), value in engines.agreement.items()
        ),
        frozenset({1, 2, 3, 4, 5}),
    )


def survey_table(survey: ChipSurvey) -> Table:
    """Chips by the scale of their mismatch."""
    rows = []
    for point, chips in survey.groups:
        accuracy, good = point.accuracy, point.good
        rows.append(
            (
                f"{point.point.mismatch:g}",
                str(chips),
                share(accuracy.low),
                share(accuracy.median),
                share(accuracy.high),
                share(point.state_agreement.median),
                quantity(point.power.median, "W"),
                "" if good is None else share(good.value),
                "" if good is None else interval(good),
            )
        )
    return Table(
        f"Chips by mismatch; yield counts those of {share(survey.above)} or more",
        (
            "Mismatch",
            "Chips",
            "5th percentile",
            "Median",
            "95th percentile",
            "States as ideal",
            "Power",
            "Yield",
            "95 % interval",
        ),
        tuple(rows),
        frozenset(range(1, 9)),
    )


def verified_chips_table(chips: ChipVerification) -> Table:
    """The same chips on both engines."""
    names = {
        "decisions_equal": "Decisions",
        "clear_decisions_equal": "Clear decisions",
        "states_equal": "States",
        "single_steps_equal": "Single steps",
    }
    rows = []
    for key, found in chips.shares.items():
        estimate, whole = found.over_chips, found.whole
        counted = DASH if whole is None else f"{whole.hits} of {whole.total}"
        between = f"{share(estimate.low, 2)} to {share(estimate.high, 2)}"
        rows.append((names[key], counted, share(estimate.value, 2), between))
    ratio = chips.power_ratio
    between = f"{ratio.low:.3f} to {ratio.high:.3f}"
    rows.append(("Power, behavioural over ngspice", "", f"{ratio.value:.3f}", between))
    return Table(
        f"The same {chips.population.count} chips in ngspice and by their datasheets, "
        f"{len(chips.indices)} recordings each",
        ("Equal", "Counted", "Share", "95 % interval over chips"),
        tuple(rows),
        frozenset({1, 2, 3}),
    )


def power_table(engines: EngineRuns) -> Table:
    """Power by part of the chip, and energy."""
    power = engines.power
    parts = list(next(iter(power.values())).by_part)
    rows = [
        (
            part,
            *(
                cell
                for each in power.values()
                for cell in _part_cells(each.by_part[part], each.total)
            ),
        )
        for part in parts
    ]
    rows.append(
        ("all", *(cell for each in power.values() for cell in _part_cells(each.total, each.total)))
    )
    energies = (
        cell for each in power.values() for cell in (quantity(each.energy_per_inference, "J"), "")
    )
    rows.append(("energy of an inference", *energies))
    head = ("Part", *(title for name in power for title in (name, "Share")))
    return Table(
        "Supply power by part of the chip; clock drivers and input sources are not counted",
        head,
        tuple(rows),
        frozenset(range(1, len(head))),
    )


def _part_cells(watts: float, total: float) -> tuple[str, str]:
    return quantity(watts, "W"), share(watts / total, 0)


def power_check_table(check: PowerCheck) -> Table:
    """Errors of the power model by corner and temperature."""
    rows = []
    for where, part in check.by_conditions().items():
        worst = max(part.by_stage, key=lambda stage: part.by_stage[stage])
        rows.append(
            (
                f"{where.corner}, {where.temperature:g} °C",
                str(len(part.cases)),
                share(part.mean / 100),
                share(part.max / 100),
                f"{share(part.by_stage[worst] / 100)}, {worst}",
            )
        )
    return Table(
        "Energies of the model against ngspice, absolute errors",
        ("Conditions", "Recordings", "Mean", "Largest", "Worst part, mean"),
        tuple(rows),
        frozenset({1, 2, 3, 4}),
    )


def template_tables(dossier: Dossier) -> Iterator[Table]:
    """Key figures of every template that was measured."""
    circuits = dossier.export.circuits
    for kind, sheet in dossier.datasheets.items():
        if sheet is None:
            continue
        at = sheet.conditions
        yield Table(
            f"{sheet.template} ({kind}) on {circuits.technology.name}: {sheet.transistors} "
            f"transistors, {quantity(sheet.area, 'm2')} of gates; {at.corner}, "
            f"{at.temperature:g} °C, {at.supply_voltage:g} V, {chosen(at.unit_current, 'A')}",
            ("Figure", "Nominal", "Spread over chips", "What it is"),
            tuple(_figure_rows(kind, sheet)),
            frozenset({1, 2}),
        )


def _figure_rows(kind: str, sheet: Datasheet) -> Iterator[tuple[str, ...]]:
    for name in KEY_FIGURES.get(kind, ()):
        if name in sheet.nominal:
            figure, tried = find_figure(kind, name), sheet.prediction.get(name)
            spread = (
                "" if tried is None or not tried.mean else share(tried.spread / abs(tried.mean))
            )
            yield name, quantity(sheet.nominal[name], figure.unit), spread, figure.meaning


def rules_table(dossier: Dossier) -> Table:
    """What the design rules found."""
    return Table(
        "Design rules",
        ("Rule", "Result", "What"),
        tuple((each.rule, each.severity, each.message) for each in dossier.findings),
    )


def stages_table(dossier: Dossier) -> Table:
    """The stages of the network."""
    return Table(
        "Stages of the network, in the order of the signal",
        ("Stage", "Kind", "Units", "Template"),
        tuple(
            (
                each.name,
                each.kind,
                str(each.size),
                dossier.export.design.templates.get(each.kind, ""),
            )
            for each in dossier.export.design.stages
        ),
        frozenset({2}),
    )
