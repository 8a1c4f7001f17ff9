"""Gathers what is known of an export, without a transistor-level simulation."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from hwsim.characterization.store import find_datasheet
from hwsim.chips.datasheets import UNMEASURED
from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.export import Export
from hwsim.circuits.limits import design_limits
from hwsim.data.sequences import Sequences
from hwsim.design.rules import check_design
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.foundation.errors import InputError
from hwsim.studies.chip_comparison import compare_chip
from hwsim.studies.chip_verification import ChipVerification
from hwsim.studies.power_check import PowerCheck
from hwsim.studies.power_check_store import read_check
from hwsim.studies.reporting.absent import Absent, Commands
from hwsim.studies.reporting.chip_survey import ChipSurvey, Draw, survey_chips
from hwsim.studies.reporting.dossier import Dossier, Scope
from hwsim.studies.reporting.engine_runs import EngineRuns, run_engines
from hwsim.studies.reporting.kept import KeptChips, KeptResults, KeptTrace
from hwsim.studies.reporting.provenance import Provenance
from hwsim.studies.samples import judging_sequences
from hwsim.studies.template_swap import Census, Swap, census

SAMPLES = 8
"""Recordings that a report asks for in ngspice where there are none."""

CHIPS = 20
"""Drawn chips that a report asks for in ngspice where there are none."""

Progress = Callable[[float], None]


def _unwatched(_fraction: float) -> None:
    """Progress that nobody looks at."""


def gather(export: Export, scope: Scope, on_progress: Progress = _unwatched) -> Dossier:
    """Gather everything that is known or cheap to compute; ngspice is never run.

    Args:
        export: the network.
        scope: what to report.
        on_progress: called with the finished fraction of the chips.

    Raises:
        InputError: data or conditions that cannot be used.
    """
    scope.conditions.check(export.circuits.technology)
    sequences = judging_sequences(export.design, scope.data)
    return _Gathering(export, scope, sequences).dossier(on_progress)


class _Gathering:
    """Parts of a dossier one after the other, and what is missing on the way."""

    def __init__(self, export: Export, scope: Scope, sequences: Sequences) -> None:
        self._export, self._scope, self._sequences = export, scope, sequences
        self._commands = Commands(export.folder, scope.data, scope.conditions)
        self._absent: list[Absent] = []

    def dossier(self, on_progress: Progress) -> Dossier:
        """Everything."""
        export, design = self._export, self._export.design
        datasheets = self._datasheets()
        engine = self._behavioural()
        results = self._results()
        kept = self._as_drawn(results)
        engines = run_engines(design, self._sequences, engine, kept)
        survey = self._survey(engines, on_progress) if engine is not None else None
        kept_chips = results.chips(self._scope.draw.seed) if results is not None else None
        chips = self._chips(kept_chips) if engine is not None and results is not None else None
        return Dossier(
            export=export,
            scope=self._scope,
            sequences=self._sequences,
            engines=engines,
            survey=survey,
            chips=chips,
            power_check=self._power_check(),
            census=_census(export),
            findings=check_design(design, design_limits(export.circuits.technology)),
            datasheets=datasheets,
            absent=tuple(self._absent),
            provenance=Provenance.of(export, self._sequences, datasheets),
        )

    def _lacks(self, topic: str, what: str, why: str, command: str | None) -> None:
        self._absent.append(Absent(topic, what, why, command))

    def _datasheets(self) -> dict[str, Datasheet | None]:
        """Datasheet of every template that can have one."""
        circuits, found = self._export.circuits, {}
        for kind, template in circuits.templates.items():
            if kind in UNMEASURED:
                continue
            found[kind] = find_datasheet(template, circuits.technology)
            if found[kind] is None:
                words = template.name, "--technology", circuits.technology.name
                self._lacks(
                    "templates",
                    f"There is no datasheet of {template.name}",
                    f"it was not measured on {circuits.technology.name} as it is now",
                    shlex.join(["hwsim", "template", "characterize", *words]),
                )
        return found

    def _behavioural(self) -> BehaviouralEngine | None:
        """The chip without mismatch; none while a template has no datasheet."""
        export = self._export
        try:
            model = chip_model(export.design, export.circuits, conditions=self._scope.conditions)
        except InputError as error:
            what = "The behavioural engine, drawn chips and the power model were not run"
            self._lacks("chips", what, error.what, None)
            return None
        return BehaviouralEngine(model)

    def _results(self) -> KeptResults | None:
        try:
            return KeptResults(self._export, self._sequences, self._scope.conditions)
        except InputError as error:
            what = "Results of ngspice could not be looked for"
            self._lacks("ngspice", what, str(error), None)
            return None

    def _as_drawn(self, results: KeptResults | None) -> KeptTrace | None:
        kept = results.as_drawn() if results is not None else None
        if results is not None and kept is None:
            self._lacks(
                "ngspice",
                "The circuit was not run in ngspice",
                self._no_results(),
                self._commands.of("verify", "--samples", min(SAMPLES, len(self._sequences))),
            )
        return kept

    def _no_results(self) -> str:
        """Why nothing was found, in view of what else lies there."""
        export = self._export
        others = sum(1 for _ in export.results.glob("*.npz"))
        at = self._scope.conditions
        where = f"at {at.corner}, {at.temperature:g} °C"
        if not others:
            return f"there is no finished recording {where}"
        return (
            f"none of the {others} finished simulations in {export.results.name}/ is of this "
            f"design on this data {where} with this version of ngspice"
        )

    def _power_check(self) -> PowerCheck | None:
        try:
            known = read_check(self._export)
            check, reason = known.check, known.reason
        except InputError as error:
            check, reason = None, str(error)
        if check is None:
            self._lacks(
                "power",
                "The power model was not held against ngspice over corners and temperatures",
                reason,
                Commands(self._export.folder, self._scope.data).of("power", "--check"),
            )
        return check

    def _survey(self, engines: EngineRuns, on_progress: Progress) -> ChipSurvey:
        return survey_chips(
            self._export,
            self._scope.data,
            self._scope.draw,
            self._scope.conditions,
            engines.runs["behavioural"].accuracy.value,
            on_progress,
        )

    def _chips(self, kept: KeptChips | None) -> ChipVerification | None:
        """The chips that ngspice has, on both engines."""
        if kept is None:
            seed = self._scope.draw.seed
            words = ["--chips", CHIPS, "--samples", min(SAMPLES, len(self._sequences))]
            words += [] if seed == Draw().seed else ["--seed", seed]
            self._lacks(
                "chips",
                "Chips with mismatch were not run in ngspice",
                f"there is no finished chip of seed {seed}",
                self._commands.of("verify", *words),
            )
            return None
        export, design = self._export, self._export.design
        some = self._sequences.take(list(kept.indices))
        model = chip_model(design, export.circuits, kept.population, self._scope.conditions)
        engines = [
            BehaviouralEngine(model, kept.population, chip) for chip in range(kept.population.count)
        ]
        return ChipVerification(
            population=kept.population,
            indices=kept.indices,
            chips=tuple(
                compare_chip(design, some, number, engine, engine.run(design, some), measured)
                for number, engine, measured in zip(
                    kept.population.indices, engines, kept.traces, strict=True
                )
            ),
            trips={},
            unmeasured=0,
            noise=(),
            noise_scale=0.0,
            seconds={},
        )


def _census(export: Export) -> Census:
    """Of the whole chip; any of its templates stands for the one that a swap would be of."""
    template = export.circuits.templates["mirror"]
    return census(Swap(template, export.design, export.circuits, datasheets={}))
