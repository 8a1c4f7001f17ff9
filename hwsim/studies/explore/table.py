"""An exploration as a table: one row a point, run or not."""

from __future__ import annotations

import pyarrow as pa

from hwsim.studies.explore.exploration import Exploration, Figures
from hwsim.studies.sweep.parameters import PARAMETERS
from hwsim.studies.sweep.results import COLUMN_TYPES

FORMAT = "hwsim-exploration 1"
"""Of the files that hold the table."""

PARQUET = "results.parquet"
CSV = "results.csv"

_FIGURES = {
    "accuracy_median": ("accuracy", "median"),
    "accuracy_p5": ("accuracy", "low"),
    "accuracy_p95": ("accuracy", "high"),
    "state_agreement_median": ("state_agreement", "median"),
    "power_watts": ("power", "median"),
    "energy_joules": ("energy", "median"),
}
"""Column -> what it holds of the figures of a point."""


def exploration_table(found: Exploration) -> pa.Table:
    """Every point: where it is, why it was not run, and its figures in both stages.

    Figures of a stage in which a point did not run are null.
    """
    columns: dict[str, pa.Array] = {"point": pa.array([each.index for each in found.candidates])}
    for name in found.choices:
        parameter = PARAMETERS[name]
        values = [getattr(each.point, parameter.field) for each in found.candidates]
        columns[parameter.field] = pa.array(values, type=COLUMN_TYPES[parameter.kind])
    switching = [each.switching for each in found.candidates]
    columns["decision_seconds"] = pa.array([each.time for each in switching])
    columns["window_seconds"] = pa.array([each.window for each in switching])
    refusals = [each.refusal for each in found.candidates]
    columns["refusal"] = pa.array(refusals, type=pa.string())
    for prefix, stage in (("screening_", found.screening), ("", found.finals)):
        figures = [stage.figures.get(each.index) for each in found.candidates]
        for column, (figure, field) in _FIGURES.items():
            columns[f"{prefix}{column}"] = _floats(figures, figure, field)
    for merit, column in (("median", "front_median"), ("low", "front_p5")):
        front = set(found.front(merit))
        columns[column] = pa.array([each.index in front for each in found.candidates])
    return pa.table(columns)


def _floats(figures: list[Figures | None], figure: str, field: str) -> pa.Array:
    values = [
        None if each is None else float(getattr(getattr(each, figure), field)) for each in figures
    ]
    return pa.array(values, type=pa.float64())
