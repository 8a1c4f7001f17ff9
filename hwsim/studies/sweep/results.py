"""The results of a sweep: three numbers of every chip at every point, as tables and files."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from hwsim.engines.trace import Floats
from hwsim.studies.sweep.folder import VERSION
from hwsim.studies.sweep.job import Sweep
from hwsim.studies.sweep.parameters import PARAMETERS

COLUMN_TYPES = {"number": pa.float64(), "count": pa.int64(), "word": pa.string()}
"""Type of the column of a parameter, by its kind."""

FORMAT = f"hwsim-sweep {VERSION}"
"""Of the files that hold the table."""


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What a finished sweep found.

    Attributes:
        sweep: what was run.
        engine: on what.
        accuracy: fraction of samples decided as labelled, [point, chip].
        state_agreement: fraction of cell x step that equals the ideal network, [point, chip].
        power: mean supply power, W, [point, chip].
    """

    sweep: Sweep
    engine: str
    accuracy: Floats
    state_agreement: Floats
    power: Floats


def results_table(results: Results) -> pa.Table:
    """One row a chip and point: the point's parameters, the chip, and what it did."""
    sweep = results.sweep
    points, chips = len(sweep.points), sweep.chips
    rows = points * chips
    columns: dict[str, pa.Array] = {"point": pa.array(np.repeat(np.arange(points), chips))}
    for parameter in PARAMETERS.values():
        column = [getattr(point, parameter.field) for point in sweep.points]
        repeated = np.repeat(np.array(column, dtype=object), chips)
        columns[parameter.field] = pa.array(repeated, type=COLUMN_TYPES[parameter.kind])
    columns |= {
        "chip": pa.array(np.tile(np.arange(chips), points)),
        "seed": pa.array(np.full(rows, sweep.seed), type=pa.uint64()),
        "engine": pa.array([results.engine] * rows, type=pa.string()),
        "samples": pa.array(np.full(rows, sweep.samples)),
        "accuracy": pa.array(results.accuracy.ravel()),
        "state_agreement": pa.array(results.state_agreement.ravel()),
        "power_watts": pa.array(results.power.ravel()),
    }
    return pa.table(columns)


def parquet_bytes(table: pa.Table, described_as: str = FORMAT) -> bytes:
    """A table as a Parquet file: the same bytes for the same table.

    Args:
        table: any.
        described_as: format and version, in the metadata of the file.
    """
    buffer = io.BytesIO()
    described = table.replace_schema_metadata({"format": described_as})
    pyarrow.parquet.write_table(described, buffer, compression="zstd")
    return buffer.getvalue()


def csv_bytes(table: pa.Table) -> bytes:
    """A table as CSV with a header; numbers as short as they can be read back exactly."""
    buffer = io.BytesIO()
    buffer.write(f"{','.join(table.column_names)}\n".encode())  # pyarrow would quote the names
    pyarrow.csv.write_csv(table, buffer, pyarrow.csv.WriteOptions(include_header=False))
    return buffer.getvalue()
