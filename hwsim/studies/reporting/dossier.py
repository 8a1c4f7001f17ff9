"""Everything that a report of an export tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.export import Export
from hwsim.circuits.testbench import Conditions
from hwsim.data.sequences import Sequences
from hwsim.design.rules import Finding
from hwsim.studies.chip_verification import ChipVerification
from hwsim.studies.power_check import PowerCheck
from hwsim.studies.reporting.absent import Absent
from hwsim.studies.reporting.chip_survey import ChipSurvey, Draw
from hwsim.studies.reporting.engine_runs import EngineRuns
from hwsim.studies.reporting.provenance import Provenance
from hwsim.studies.template_swap import Census


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about.

    Attributes:
        data: a task or a ``.npz``; None for the task the network was trained on.
        conditions: corner and temperature.
        draw: chips with mismatch.
    """

    data: str | None = None
    conditions: Conditions = field(default_factory=Conditions)
    draw: Draw = field(default_factory=Draw)


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """Everything that a report tells.

    Attributes:
        export: the network.
        scope: what was asked for.
        sequences: that it is judged on.
        engines: the circuit as drawn.
        survey: chips on the behavioural engine; None without datasheets.
        chips: the same chips on both engines; None where ngspice has none.
        power_check: of the power model against ngspice; None where there is none.
        census: transistors and gate area.
        findings: of the design rules.
        datasheets: of every template that has one by its nature, None where nobody measured it.
        absent: what was not run.
        provenance: what the figures follow from.
    """

    export: Export
    scope: Scope
    sequences: Sequences
    engines: EngineRuns
    survey: ChipSurvey | None
    chips: ChipVerification | None
    power_check: PowerCheck | None
    census: Census
    findings: tuple[Finding, ...]
    datasheets: Mapping[str, Datasheet | None]
    absent: tuple[Absent, ...]
    provenance: Provenance

    def record(self) -> dict[str, object]:
        """For JSON."""
        design = self.export.design
        return {
            "name": design.name,
            "technology": design.technology,
            "task": design.provenance.task,
            "classes": list(design.readout.classes),
            "operating": design.operating.model_dump(),
            "stages": {stage.name: [stage.kind, stage.size] for stage in design.stages},
            "transistors": self.census.chip_transistors,
            "gate_area_m2": self.census.chip_area,
            **self.engines.record(),
            "chips": None if self.survey is None else self.survey.record(),
            "chips_in_ngspice": None if self.chips is None else self.chips.record(),
            "power_check": None if self.power_check is None else self.power_check.record(),
            "rules": [
                {
                    "rule": each.rule,
                    "severity": each.severity,
                    "message": each.message,
                    "value": each.value,
                    "limit": each.limit,
                }
                for each in self.findings
            ],
            "datasheets": {
                kind: None if sheet is None else sheet.nominal
                for kind, sheet in self.datasheets.items()
            },
            "not_run": [each.record() for each in self.absent],
            "provenance": self.provenance.record(),
        }
