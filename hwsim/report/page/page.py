"""Puts a report together: the verdict, and its sections in the order in which one asks."""

from __future__ import annotations

from collections.abc import Iterator

from hwsim import __version__
from hwsim.report.figure_style import on_one_line
from hwsim.report.numbers import chosen, deviation, quantity, share
from hwsim.report.page import pictures, tables, verdict
from hwsim.report.page.model import Page, Section
from hwsim.report.page.provenance_tables import commands_table, provenance_table
from hwsim.studies.power_check import MEAN_LIMIT, STAGE_LIMIT
from hwsim.studies.reporting.absent import Absent
from hwsim.studies.reporting.dossier import Dossier

_LONGEST_NAME = 80


def report_page(dossier: Dossier) -> Page:
    """The page of a dossier."""
    design, at = dossier.export.design, dossier.scope.conditions
    cells = ", ".join(f"{stage.size} {stage.kind} cells" for stage in design.cells)
    return Page(
        title=on_one_line(design.name, _LONGEST_NAME),
        subtitle=(
            f"{cells} on {design.technology}, trained on "
            f"{on_one_line(design.provenance.task, _LONGEST_NAME)}; "
            f"{chosen(design.operating.supply_voltage, 'V')}, "
            f"{chosen(design.operating.unit_current, 'A')} for 1.0, steps of "
            f"{chosen(design.operating.step, 's')}; {at.corner}, {at.temperature:g} °C"
        ),
        headline=verdict.headline(dossier),
        lead=verdict.lead(dossier),
        accuracies=verdict.accuracies(dossier),
        keys=verdict.keys(dossier),
        absent=dossier.absent,
        sections=tuple(_sections(dossier)),
        made_by=f"hwsim {__version__}",
    )


def _sections(dossier: Dossier) -> Iterator[Section]:
    engines, check = dossier.engines, dossier.power_check
    yield Section("inference", "One inference", pictures=(pictures.recording_picture(dossier),))
    yield Section(
        "agreement",
        "Agreement",
        text=tuple(_steps(dossier)),
        pictures=(pictures.agreement_picture(dossier),),
        tables=(tables.agreement_table(engines),),
        absent=_lacking(dossier, "ngspice"),
    )
    yield _chips(dossier)
    yield Section(
        "power",
        "Power and energy",
        text=tuple(_power_words(dossier)),
        pictures=tuple(pictures.power_pictures(dossier)),
        tables=(
            *((tables.power_table(engines),) if engines.power else ()),
            *((tables.power_check_table(check),) if check is not None else ()),
        ),
        absent=_lacking(dossier, "power"),
    )
    yield Section(
        "templates",
        "Templates",
        text=("What each circuit does by itself, from its datasheet.",),
        tables=tuple(tables.template_tables(dossier)),
        absent=_lacking(dossier, "templates"),
    )
    yield Section(
        "rules", "Design rules", tables=(tables.stages_table(dossier), tables.rules_table(dossier))
    )
    yield Section(
        "provenance",
        "Provenance",
        tables=(provenance_table(dossier), commands_table(dossier)),
    )


def _chips(dossier: Dossier) -> Section:
    survey, chips = dossier.survey, dossier.chips
    return Section(
        "chips",
        "Chips with mismatch",
        pictures=() if survey is None else tuple(pictures.chip_pictures(survey)),
        tables=(
            *(() if survey is None else (tables.survey_table(survey),)),
            *(() if chips is None else (tables.verified_chips_table(chips),)),
        ),
        absent=_lacking(dossier, "chips"),
    )


def _lacking(dossier: Dossier, topic: str) -> tuple[Absent, ...]:
    return tuple(each for each in dossier.absent if each.topic == topic)


def _steps(dossier: Dossier) -> Iterator[str]:
    steps = dossier.engines.single_steps
    if steps is not None:
        yield (
            f"Each step judged from the state that ngspice had before it: "
            f"{steps.following.hits} of {steps.judged} steps follow ({share(steps.agreement, 2)}); "
            f"candidates differ by {share(steps.candidate_rms)} of a threshold, rms."
        )
    ngspice = dossier.engines.runs.get("ngspice")
    if ngspice is not None and ngspice.trace.violations:
        yield f"States that no ladder can have: {'; '.join(ngspice.trace.violations)}."


def _power_words(dossier: Dossier) -> Iterator[str]:
    error = dossier.engines.power_error
    if error is not None:
        yield (
            f"Over {len(dossier.engines.common)} recordings the estimate of the behavioural "
            f"engine is {deviation(error)} off what ngspice integrates."
        )
    check = dossier.power_check
    if check is not None:
        worst = max(check.by_stage.values()) / 100
        within = "within" if check.passed else "beyond"
        yield (
            f"Over {len(check.cases)} recordings at corners and temperatures its energies differ "
            f"from those of ngspice by {share(check.mean / 100)} on average and by "
            f"{share(check.max / 100)} at most; of a part of the chip by {share(worst)} on "
            f"average. That is {within} the limits of {MEAN_LIMIT:g} % and {STAGE_LIMIT:g} %."
        )
    estimate = dossier.engines.power.get("behavioural")
    if estimate is not None and estimate.clock is not None:
        yield (
            f"Clock drivers, which lie outside, take {quantity(estimate.clock, 'W')} more by the "
            "datasheets of what they drive."
        )
