"""What the figures of a report follow from, and the commands that make them again."""

from __future__ import annotations

from collections.abc import Iterator

from hwsim.report.page.model import Table
from hwsim.studies.reporting.absent import Commands
from hwsim.studies.reporting.chip_survey import ChipSurvey
from hwsim.studies.reporting.dossier import Dossier
from hwsim.studies.reporting.kept import sample_counts


def provenance_table(dossier: Dossier) -> Table:
    """Versions, seeds and hashes."""
    found, design = dossier.provenance, dossier.export.design
    draw = dossier.scope.draw
    rows = [
        ("versions", ", ".join(f"{name} {each}" for name, each in found.versions.items())),
        ("compiled by", f"hwsim {found.compiled_by}, {design.provenance.bits} bits a weight"),
        ("task", design.provenance.task),
        ("production of the chips", f"seed {draw.seed}"),
        ("checkpoint", found.checkpoint),
        ("design", found.design),
        ("data", found.data),
    ]
    rows += [(f"datasheet of {name}", each) for name, each in found.datasheets.items()]
    return Table(
        "What the figures follow from; hashes are SHA-256",
        ("What", "Value"),
        tuple(rows),
        is_code=True,
    )


def commands_table(dossier: Dossier) -> Table:
    """How to make each part again."""
    rows = tuple(_commands(dossier))
    return Table("Commands that make the figures again", ("Part", "Command"), rows, is_code=True)


def _commands(dossier: Dossier) -> Iterator[tuple[str, str]]:
    scope, sequences, folder = dossier.scope, dossier.sequences, dossier.export.folder
    here = Commands(folder, scope.data, scope.conditions)
    anywhere = Commands(folder, scope.data)
    ngspice = dossier.engines.runs.get("ngspice")
    for samples in sample_counts(sequences, ngspice.indices) if ngspice is not None else ():
        yield "engines", here.of("verify", "--samples", samples)
    if dossier.chips is not None:
        population = dossier.chips.population
        chips = "--chips", population.count, "--seed", population.seed
        for samples in sample_counts(sequences, dossier.chips.indices):
            yield "chips in ngspice", here.of("verify", *chips, "--samples", samples)
    if dossier.survey is not None:
        yield "chips", anywhere.of("sweep", *_sweep_words(dossier.survey))
    if dossier.engines.power:
        yield "power", here.of("power")
    if dossier.power_check is not None:
        samples = len({case.sample for case in dossier.power_check.cases})
        yield "check of power", anywhere.of("power", "--check", "--samples", samples)


def _sweep_words(survey: ChipSurvey) -> Iterator[str]:
    """The chips with the technology's mismatch as a sweep of their own."""
    sweep = survey.results.sweep
    point = sweep.points[0]
    yield from ("--out", "SWEEP", "--chips", str(sweep.chips), "--seed", str(sweep.seed))
    for each in ("mismatch=1", f"corner={point.corner}", f"temperature={point.temperature:g}"):
        yield from ("--vary", each)
    yield from ("--above", f"{survey.above:.6g}")
